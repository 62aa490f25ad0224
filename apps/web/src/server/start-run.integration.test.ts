/** The one path on which runs start, on a real database. */
import { randomUUID } from 'node:crypto'
import type { RunTrigger } from '@tenon/runbook'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { cancelRun } from './cancel-run.ts'
import { ApiError, problemOf, temporalUnreachable } from './errors.ts'
import { startRun, type RunRequest, type Started } from './start-run.ts'
import { openServer, publishRunbook, type ServerWorld } from './test/server-world.ts'

let world: ServerWorld
const trigger: RunTrigger = { kind: 'api', by: 'token:ci' }
const result = { outcome: 'reported', output: {}, summary: 'taken as it was' }

beforeAll(async () => {
  world = await openServer()
  await publishRunbook(world, { name: 'plain', more: 'priority: high\n' })
  await publishRunbook(world, { name: 'joined', more: 'concurrency: { key: "${params.chain}", policy: join }\n' })
  await publishRunbook(world, { name: 'dropped', more: 'concurrency: { policy: drop }\n' })
  await publishRunbook(world, {
    name: 'keyed',
    more: 'concurrency: { key: "${trigger.payload.group}", policy: queue }\n',
  })
  await publishRunbook(world, { name: 'express', more: 'express: true\n' })
})
afterAll(() => world.close())
afterEach(() => {
  world.engine.down = null
  world.engine.entered = null
})

const start = (request: Partial<RunRequest> & { name: string }): Promise<Started> =>
  startRun(world.services, { params: {}, trigger, ...request })
const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'done',
    (error) => problemOf(error).code,
  )
const once = () => ({ actor: 'token:1', key: randomUUID(), request: 'r' })

test('the row and the run say the same', async () => {
  const payload = { alert: 'x' }
  const started = await start({ name: 'plain', trigger: { kind: 'webhook', by: 'webhook:plain/a', payload } })
  expect(started).toMatchObject({ disposition: 'ran', created: true })
  const input = world.engine.started.at(-1)
  expect(input).toMatchObject({
    plan: { priority: 'high' },
    context: { runId: started.runId, environment: 'production', trigger: { payload } },
  })
  expect(await world.db.runs.get(started.runId)).toMatchObject({
    trigger: 'webhook',
    payload,
    environment: 'production',
    concurrencyKey: null,
    status: 'running',
  })
})

test('an environment without a live version has none to run', async () => {
  expect(await codeOf(start({ name: 'plain', environment: 'staging' }))).toBe('not-published')
})

describe('equal concurrency keys', () => {
  test('a run that joins is none of its own, and its request means the other from then on', async () => {
    const first = await start({ name: 'joined' })
    const keys: string[] = []
    world.engine.entered = (_, key) => {
      keys.push(key)
      return { disposition: 'joined', runId: first.runId }
    }
    const request = once()
    const second = await start({ name: 'joined', once: request })
    expect(second).toEqual({ disposition: 'joined', runId: first.runId, created: false })
    expect(keys).toEqual(['card-payment'])
    expect(await world.db.runs.list({ name: 'joined' })).toHaveLength(1)
    expect(await start({ name: 'joined', once: request })).toMatchObject({ runId: first.runId, created: false })
  })

  test('a run that is dropped leaves no row; one that waits keeps its own', async () => {
    const first = await start({ name: 'dropped' })
    world.engine.entered = () => ({ disposition: 'dropped', runId: first.runId })
    expect(await start({ name: 'dropped' })).toMatchObject({ disposition: 'dropped', runId: first.runId })
    expect(await world.db.runs.list({ name: 'dropped' })).toHaveLength(1)
    world.engine.entered = ({ context }) => ({ disposition: 'queued', runId: context.runId })
    const waiting = await start({ name: 'keyed', trigger: { ...trigger, payload: { group: 'g' } } })
    expect(waiting).toMatchObject({ disposition: 'queued', created: true })
    expect(await world.db.runs.get(waiting.runId)).toMatchObject({ concurrencyKey: 'g' })
  })

  test('trials of a draft pass by', async () => {
    world.engine.entered = () => expect.fail('It asked the gate.')
    const editor = await world.as('editor')
    const { draft } = await editor.runbooks.get({ name: 'joined' })
    expect(await start({ name: 'joined', draftRevision: draft.revision })).toMatchObject({ disposition: 'ran' })
    const presets = { conclude: { result, origin: 'reused' as const } }
    expect(await start({ name: 'joined', presets })).toMatchObject({ disposition: 'ran' })
  })

  test('a key that cannot be worked out starts nothing', async () => {
    const before = (await world.db.runs.list({ name: 'keyed' })).length
    expect(await codeOf(start({ name: 'keyed' }))).toBe('concurrency-key')
    expect(await world.db.runs.list({ name: 'keyed' })).toHaveLength(before)
  })

  test('a run that waits is cancelled at its gate', async () => {
    const waiting = {
      id: 'r1',
      status: 'queued' as const,
      runbook: { name: 'keyed', title: '' },
      environment: 'production',
    }
    await cancelRun(world.services, { ...waiting, concurrencyKey: 'g' }, { by: 'ada', reason: 'no' })
    expect(world.engine.cancelled.at(-1)).toBe('r1')
  })
})

describe('tools', () => {
  test('presets and pins are taken, a request goes before a pin', async () => {
    const editor = await world.as('editor')
    const { draft } = await editor.runbooks.get({ name: 'plain' })
    await world.db.pins.set({ name: 'plain', stepId: 'conclude', result, by: 'ada' })
    await start({ name: 'plain', draftRevision: draft.revision })
    expect(world.engine.started.at(-1)?.context.presets).toEqual({ conclude: { result, origin: 'pinned' } })
    const presets = { conclude: { result, origin: 'reused' as const } }
    await start({ name: 'plain', draftRevision: draft.revision, presets })
    expect(world.engine.started.at(-1)?.context.presets).toEqual(presets)
    await start({ name: 'plain', draftRevision: draft.revision, only: ['conclude'] })
    expect(world.engine.started.at(-1)?.context).toMatchObject({ only: ['conclude'] })
    expect(world.engine.started.at(-1)?.context.presets).toBeUndefined()
    await start({ name: 'plain' })
    expect(world.engine.started.at(-1)?.context.presets).toBeUndefined()
  })

  test.each([{ only: ['nothing'] }, { presets: { nothing: { result, origin: 'reused' as const } } }])(
    'an unknown step is refused: %o',
    async (tools) => expect(await codeOf(start({ name: 'plain', ...tools }))).toBe('unknown-step'),
  )
})

describe('express', () => {
  test('has ended and is on record when it answers, without Temporal', async () => {
    world.engine.down = new ApiError(temporalUnreachable)
    const payload = { a: 1 }
    const started = await start({ name: 'express', trigger: { kind: 'api', by: 'token:ci', payload } })
    expect(started).toMatchObject({ disposition: 'ran', created: true, ended: { status: expect.any(String) } })
    const run = await world.db.runs.get(started.runId)
    expect(run).toMatchObject({ express: true, version: 1, payload, status: started.ended?.status })
    expect(run?.endedAt).not.toBeNull()
    expect(await world.db.runs.steps(started.runId)).toHaveLength(1)
  })

  test('the same request at the same time is one run', async () => {
    const request = once()
    const all = await Promise.all(Array.from({ length: 8 }, () => start({ name: 'express', once: request })))
    expect(new Set(all.map(({ runId }) => runId)).size).toBe(1)
    expect(all.filter(({ created }) => created)).toHaveLength(1)
    expect(await world.db.runs.summary(all[0]?.runId ?? '')).not.toBeNull()
  })

  test('one that was lost with its process is carried out when it is asked for again', async () => {
    const request = once()
    const lost = randomUUID()
    await world.db.runs.claim(request, lost)
    expect(await start({ name: 'express', once: request })).toMatchObject({ runId: lost, created: false })
    expect(await world.db.runs.get(lost)).toMatchObject({ express: true })
    expect(await start({ name: 'express', once: request })).toMatchObject({ runId: lost, created: false })
  })
})

test('Temporal is away: the run is on record as failed, and the same request starts it when it is back', async () => {
  world.engine.down = new ApiError(temporalUnreachable)
  const request = once()
  expect(await codeOf(start({ name: 'plain', once: request }))).toBe('temporal-unreachable')
  const [failed] = await world.db.runs.list({ name: 'plain', limit: 1 })
  expect(failed).toMatchObject({ status: 'failed' })
  world.engine.down = null
  expect(await start({ name: 'plain', once: request })).toMatchObject({ runId: failed?.id, created: false })
  expect(await world.db.runs.get(failed?.id ?? '')).toMatchObject({ status: 'running', error: null })
})
