/** Triggers as people see and stop them, by the pages' procedures and by the REST API. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { ApiError, problemOf, temporalUnreachable } from './errors.ts'
import { syncAllSchedules } from './schedules.ts'
import { startRestServer, type RestServer } from './test/rest-server.ts'
import { openServer, publishRunbook, type ServerWorld } from './test/server-world.ts'

let world: ServerWorld
let rest: RestServer
let token: string
const hourly = { runbook: 'clock', environment: 'production', trigger: 'hourly' }
const id = 'runbook-clock.production.hourly'

beforeAll(async () => {
  world = await openServer()
  rest = await startRestServer(world.services)
  const owner = await world.db.users.create({ name: 'Ada', email: 'ada@example.com', role: 'admin' })
  token = (await world.db.tokens.create({ name: 'ci', role: 'operator', userId: owner.id, expiresAt: null })).token
  await publishRunbook(world, {
    name: 'clock',
    more: `
triggers:
  hourly: { kind: schedule, cron: 0 * * * *, timeZone: Europe/Berlin, overlap: queue-one }
  hook: { kind: webhook, format: github, secret: s, when: event.name == "push" }
  named: { kind: event, event: deployed }
`,
  })
})
afterAll(async () => {
  await rest.close()
  await world.close()
})
afterEach(() => {
  world.engine.down = null
})

const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'done',
    (error) => problemOf(error).code,
  )
const listed = async () =>
  (await (await world.as('viewer')).triggers.list({ runbook: 'clock' })).map(({ name }) => name)

test('publishing makes the schedule, and lists every trigger with what it is', async () => {
  expect(world.engine.schedules.get(id)).toMatchObject({ paused: false, schedule: { cron: '0 * * * *' } })
  const viewer = await world.as('viewer')
  const [schedule, hook, event] = await viewer.triggers.list({})
  expect(schedule).toMatchObject({
    name: 'hourly',
    summary: '0 * * * * in Europe/Berlin',
    lastRun: null,
    address: null,
  })
  expect(hook).toMatchObject({
    address: 'http://127.0.0.1:3000/api/v1/hooks/clock/hook',
    summary: 'github, when event.name == "push"',
  })
  expect(event).toMatchObject({ kind: 'event', summary: 'deployed' })
  expect(await listed()).toEqual(['hourly', 'hook', 'named'])
})

test('Temporal is away: the next times are worked out, and it is said', async () => {
  world.engine.down = new ApiError(temporalUnreachable)
  const [schedule] = await (await world.as('viewer')).triggers.list({ kind: 'schedule' })
  expect(schedule?.next).toHaveLength(5)
  expect(schedule?.notice).toMatch(/Temporal/)
})

describe('pause', () => {
  test('with a reason that everybody sees; a publish does not end it', async () => {
    const operator = await world.as('operator')
    await operator.triggers.pause({ ...hourly, reason: 'load test' })
    expect(world.engine.schedules.get(id)).toMatchObject({ paused: true, note: expect.stringContaining('load test') })
    const [schedule] = await operator.triggers.list({ kind: 'schedule' })
    expect(schedule).toMatchObject({ paused: true, pausedReason: 'load test', next: [] })
    expect(schedule?.pausedBy).toMatch(/^operator/)
    const editor = await world.as('editor')
    const { draft } = await editor.runbooks.get({ name: 'clock' })
    const source = `${draft.source}\n# changed\n`
    const { revision } = await editor.runbooks.saveDraft({ name: 'clock', baseRevision: draft.revision, source })
    await editor.runbooks.publish({ name: 'clock', revision })
    expect(world.engine.schedules.get(id)?.paused).toBe(true)
    await operator.triggers.resume(hourly)
    expect(world.engine.schedules.get(id)?.paused).toBe(false)
  })

  test('Temporal is away: it is saved, said, and repaired', async () => {
    const operator = await world.as('operator')
    world.engine.down = new ApiError(temporalUnreachable)
    const { warning } = await operator.triggers.pause({ ...hourly, reason: 'away' })
    expect(warning).toMatch(/Temporal/)
    world.engine.down = null
    await syncAllSchedules(world.services, (what, error) => expect.fail(`${what}: ${String(error)}`))
    expect(world.engine.schedules.get(id)?.paused).toBe(true)
    await operator.triggers.resume(hourly)
  })

  test('by the API', async () => {
    const base = '/api/v1/triggers/clock/hourly'
    expect(await rest.call('POST', `${base}/pause`, { token, body: { reason: 'api' } })).toMatchObject({ status: 200 })
    const list = await rest.call('GET', '/api/v1/triggers?kind=schedule', { token })
    expect(list.body.items).toMatchObject([
      { name: 'hourly', paused: true, pausedBy: 'token:ci of ada@example.com', pausedReason: 'api' },
    ])
    expect(await rest.call('POST', `${base}/resume`, { token })).toMatchObject({ status: 200 })
    expect(await rest.call('POST', `${base}/pause`, { token, body: {} })).toMatchObject({ status: 400 })
    const unknown = await rest.call('POST', '/api/v1/triggers/clock/none/resume', { token })
    expect(unknown).toMatchObject({ status: 404, body: { code: 'unknown-trigger' } })
  })
})

describe('backfill', () => {
  const to = new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000 - 1_800_000)
  const span = { from: new Date(to.getTime() - 3 * 3_600_000).toISOString(), to: to.toISOString() }

  test('says how many runs it makes, and makes them', async () => {
    const operator = await world.as('operator')
    expect((await operator.triggers.backfillTimes({ ...hourly, ...span })).times).toHaveLength(3)
    expect(await operator.triggers.backfill({ ...hourly, ...span })).toEqual({ firings: 3 })
    expect(world.engine.backfilled.at(-1)).toMatchObject({ id, to: to.getTime() })
    const answer = await rest.call('POST', '/api/v1/triggers/clock/hourly/backfill', { token, body: span })
    expect(answer).toMatchObject({ status: 202, body: { firings: 3 } })
  })

  test.each([
    ['too much', { ...span, from: new Date(to.getTime() - 30 * 86_400_000).toISOString() }, 'too-many-firings'],
    ['nothing', { ...span, from: new Date(to.getTime() - 60_000).toISOString() }, 'no-firing'],
    ['backwards', { from: span.to, to: span.from }, 'bad-span'],
    ['the future', { ...span, to: new Date(Date.now() + 3_600_000).toISOString() }, 'bad-span'],
  ])('%s is refused', async (_what, asked, code) => {
    const operator = await world.as('operator')
    expect(await codeOf(operator.triggers.backfill({ ...hourly, ...asked }))).toBe(code)
  })

  test('what is paused does not run', async () => {
    const operator = await world.as('operator')
    await operator.triggers.pause({ ...hourly, reason: 'quiet' })
    expect(await codeOf(operator.triggers.backfill({ ...hourly, ...span }))).toBe('trigger-paused')
    await operator.triggers.resume(hourly)
  })

  test('a webhook has no times', async () => {
    const operator = await world.as('operator')
    expect(await codeOf(operator.triggers.backfill({ ...hourly, trigger: 'hook', ...span }))).toBe('not-a-schedule')
  })
})

test('what came in: pages, filters, and a payload when it is asked for', async () => {
  const accept = (n: number) =>
    world.db.inbound.accept({
      kind: 'webhook',
      source: 'clock/hook',
      runbookName: 'clock',
      environment: 'production',
      dedupKey: String(n),
      payload: { n },
      bytes: 9,
    })
  for (let n = 0; n < 5; n += 1) {
    const { id: event } = await accept(n)
    await world.db.inbound.decide(event, { disposition: n === 0 ? 'rejected' : 'filtered', reason: 'r', runId: null })
  }
  const viewer = await world.as('viewer')
  expect(await viewer.triggers.inbound({ disposition: 'rejected' })).toHaveLength(1)
  expect(await viewer.triggers.inbound({ runbook: 'none' })).toEqual([])
  const first = await rest.call('GET', '/api/v1/inbound?runbook=clock&limit=3', { token })
  const second = await rest.call('GET', `/api/v1/inbound?runbook=clock&limit=3&cursor=${first.body.next}`, { token })
  const seen = [...first.body.items, ...second.body.items]
  expect(new Set(seen.map(({ id: one }) => one)).size).toBe(5)
  expect(seen[0]).not.toHaveProperty('payload')
  // Of which it is known only by its key: those of one millisecond come in any order.
  const payload = { n: Number(seen[0].dedupKey) }
  expect(await viewer.triggers.inboundEvent({ id: seen[0].id })).toMatchObject({ payload })
  expect((await rest.call('GET', `/api/v1/inbound/${seen[0].id}`, { token })).body.payload).toEqual(payload)
  expect(await codeOf(viewer.triggers.inboundEvent({ id: 'nothing' }))).toBe('unknown-event')
})

test('unpublished from a document, a trigger is gone, and its schedule with it', async () => {
  const editor = await world.as('editor')
  const { draft } = await editor.runbooks.get({ name: 'clock' })
  const source = draft.source.replace(/^ {2}hourly:.*$/m, '')
  const { revision } = await editor.runbooks.saveDraft({ name: 'clock', baseRevision: draft.revision, source })
  await editor.runbooks.publish({ name: 'clock', revision })
  expect(await listed()).toEqual(['hook', 'named'])
  await syncAllSchedules(world.services, () => undefined)
  expect([...world.engine.schedules.keys()]).toEqual([])
})
