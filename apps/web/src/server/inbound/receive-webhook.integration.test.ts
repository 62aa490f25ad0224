/** Webhooks on a real database: every event gets a disposition, and none runs twice. */
import { createHmac, randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { ApiError, temporalUnreachable } from '../errors.ts'
import { startRestServer, type RestServer } from '../test/rest-server.ts'
import { openServer, publishRunbook, type ServerWorld } from '../test/server-world.ts'
import { startDispatcher } from './dispatcher.ts'

const secret = 'a secret of the tests, long enough'
let world: ServerWorld
let rest: RestServer

const triggers = `
triggers:
  any: { kind: webhook, format: generic, secret: test-hook, when: '!has(event.skip)', params: { chain: '\${event.chain}' } }
  fixed: { kind: webhook, format: generic, secret: test-hook }
  keyed: { kind: webhook, format: generic, secret: test-hook, key: event.order }
  alerts: { kind: webhook, format: alertmanager, secret: test-hook, params: { chain: '\${event.labels.chain}' } }
  pushes: { kind: webhook, format: github, secret: test-hook }
  cloud: { kind: webhook, format: cloudevents, secret: test-hook }
  nosecret: { kind: webhook, format: generic, secret: missing }
  nightly: { kind: schedule, cron: 0 3 * * * }
`

beforeAll(async () => {
  world = await openServer()
  rest = await startRestServer(world.services)
  await world.db.connections.save({ name: 'test-hook', kind: 'hook', url: '', secret })
  await publishRunbook(world, { name: 'drop', more: triggers })
})
afterAll(async () => {
  await rest.close()
  await world.close()
})
afterEach(() => {
  world.engine.down = null
})

const hmac = (text: string): string => createHmac('sha256', secret).update(text).digest('hex')

function signed(body: string, seconds = Math.floor(Date.now() / 1000)): Record<string, string> {
  return { 'x-tenon-timestamp': String(seconds), 'x-tenon-signature': `v1=${hmac(`${seconds}.${body}`)}` }
}

const post = (trigger: string, body: string, headers: Record<string, string> = signed(body)) =>
  rest.call('POST', `/api/v1/hooks/drop/${trigger}`, { body, headers })

const runsOf = async (ids: string[]) => (await Promise.all(ids.map((id) => world.db.runs.get(id)))).filter(Boolean)
const startedWith = (id: string) => world.engine.started.filter(({ context }) => context.runId === id)

describe('one event', () => {
  test('runs once with its parameters and payload; sent again, signed anew, it is the same event', async () => {
    const body = JSON.stringify({ id: randomUUID(), chain: 'card-payment', more: [1] })
    const first = await post('any', body)
    expect(first).toMatchObject({ status: 202, body: { events: [{ disposition: 'ran' }] } })
    const { runId } = first.body.events[0]
    expect(await world.db.runs.get(runId)).toMatchObject({
      trigger: 'webhook',
      requestedBy: 'webhook:drop/any',
      params: { chain: 'card-payment' },
      payload: JSON.parse(body),
      environment: 'production',
    })
    const again = await post('any', body, signed(body, Math.floor(Date.now() / 1000) - 60))
    expect(again).toMatchObject({ status: 200, body: { events: [{ disposition: 'deduplicated', runId }] } })
    expect(startedWith(runId)).toHaveLength(1)
  })

  test('without an id of its own the signature tells it apart', async () => {
    const headers = signed('{}')
    expect((await post('fixed', '{}', headers)).body.events[0].disposition).toBe('ran')
    expect((await post('fixed', '{}', headers)).body.events[0].disposition).toBe('deduplicated')
    expect((await post('fixed', '{}', signed('{}', Number(headers['x-tenon-timestamp']) - 1))).status).toBe(202)
  })

  test('an id in a header may change, the signature does not: a replay', async () => {
    const body = '{"replayed":true}'
    const headers = signed(body)
    expect((await post('fixed', body, { ...headers, 'x-tenon-delivery': 'one' })).body.events[0].disposition).toBe(
      'ran',
    )
    expect((await post('fixed', body, { ...headers, 'x-tenon-delivery': 'two' })).body.events[0]).toMatchObject({
      disposition: 'deduplicated',
      reason: expect.stringContaining('signature'),
    })
    const anew = signed(body, Number(headers['x-tenon-timestamp']) - 5)
    const third = await post('fixed', body, { ...anew, 'x-tenon-delivery': 'one' })
    expect(third.body.events[0].disposition).toBe('deduplicated')
  })

  test('a key of the trigger', async () => {
    const order = randomUUID()
    expect((await post('keyed', JSON.stringify({ order, n: 1 }))).status).toBe(202)
    expect((await post('keyed', JSON.stringify({ order, n: 2 }))).body.events[0].disposition).toBe('deduplicated')
    expect(await post('keyed', '{"n":3}')).toMatchObject({
      status: 422,
      body: { events: [{ disposition: 'rejected' }] },
    })
  })

  test('filtered and rejected events say why, and start nothing', async () => {
    const before = world.engine.started.length
    const filtered = await post('any', '{"skip":1,"chain":"card-payment"}')
    expect(filtered).toMatchObject({ status: 200, body: { events: [{ disposition: 'filtered', runId: null }] } })
    const lacking = await post('any', '{"other":1}')
    expect(lacking.body.events[0]).toMatchObject({ disposition: 'rejected', reason: expect.stringContaining('chain') })
    const wrong = await post('any', '{"chain":7}')
    expect(wrong).toMatchObject({ status: 422, body: { events: [{ disposition: 'rejected' }] } })
    expect(wrong.body.events[0].reason).toMatch(/"chain"/)
    expect(world.engine.started).toHaveLength(before)
  })
})

describe('formats', () => {
  test('Alertmanager with a bearer token: an event an alert', async () => {
    const alert = (fingerprint: string, chain: string) => ({
      status: 'firing',
      labels: { alertname: 'A', chain },
      startsAt: '2026-11-01T10:00:00Z',
      fingerprint,
    })
    const body = JSON.stringify({
      version: '4',
      groupKey: 'g',
      status: 'firing',
      alerts: [alert('1', 'a'), alert('2', 'b')],
    })
    const headers = { authorization: `Bearer ${secret}` }
    const spaced = await post('alerts', body, headers)
    // A bearer token is one word: this secret is no fit for Alertmanager.
    expect(spaced.status).toBe(401)
    const ran = await post('alerts', body)
    expect(ran.body.events.map(({ disposition }: { disposition: string }) => disposition)).toEqual(['ran', 'ran'])
    const found = await runsOf(ran.body.events.map(({ runId }: { runId: string }) => runId))
    expect(found.map((run) => run?.params['chain'])).toEqual(['a', 'b'])
  })

  test('GitHub: its own signature, its delivery, and its ping', async () => {
    const body = JSON.stringify({ ref: 'main', at: randomUUID() })
    const headers = (delivery: string, event = 'push') => ({
      'content-type': 'application/json',
      'x-github-event': event,
      'x-github-delivery': delivery,
      'x-hub-signature-256': `sha256=${hmac(body)}`,
    })
    expect((await post('pushes', body, headers('d1'))).body.events[0].disposition).toBe('ran')
    expect((await post('pushes', body, headers('d1'))).body.events[0].disposition).toBe('deduplicated')
    expect((await post('pushes', body, headers('d2'))).body.events[0].disposition).toBe('deduplicated')
    const ping = JSON.stringify({ zen: randomUUID() })
    const pinged = await post('pushes', ping, {
      ...headers('d3', 'ping'),
      'x-hub-signature-256': `sha256=${hmac(ping)}`,
    })
    expect(pinged.body.events[0]).toMatchObject({ disposition: 'filtered', reason: expect.stringContaining('listens') })
  })

  test('a batch of CloudEvents', async () => {
    const event = (id: string) => ({ specversion: '1.0', id, source: '/ci', type: 't' })
    const body = JSON.stringify([event('1'), event('2'), event('1')])
    const sent = await post('cloud', body, { ...signed(body), 'content-type': 'application/cloudevents-batch+json' })
    const dispositions = sent.body.events.map(({ disposition }: { disposition: string }) => disposition)
    expect(dispositions.toSorted()).toEqual(['deduplicated', 'ran', 'ran'])
  })
})

describe('refused, with the reason', () => {
  test.each<[string, () => Promise<{ status: number; body: { code: string } }>, number, string]>([
    ['unsigned', () => post('any', '{}', {}), 401, 'signature-missing'],
    ['forged', () => post('any', '{"a":1}', signed('{"a":2}')), 401, 'signature-wrong'],
    ['old', () => post('any', '{}', signed('{}', Math.floor(Date.now() / 1000) - 301)), 401, 'timestamp-bad'],
    [
      'from the future',
      () => post('any', '{}', signed('{}', Math.floor(Date.now() / 1000) + 320)),
      401,
      'timestamp-bad',
    ],
    ['no JSON', () => post('any', '{'), 400, 'bad-json'],
    ['too deep', () => post('any', `{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`), 400, 'nested-too-deep'],
    ['too large', () => post('any', JSON.stringify({ a: 'x'.repeat(256 * 1024) })), 413, 'body-too-large'],
    ['unknown trigger', () => post('nothing', '{}'), 404, 'unknown-trigger'],
    ['a schedule', () => post('nightly', '{}'), 404, 'unknown-trigger'],
    ['no such secret', () => post('nosecret', '{}'), 503, 'hook-secret-missing'],
  ])('%s', async (_what, call, status, code) => {
    const before = world.engine.started.length
    expect(await call()).toMatchObject({ status, body: { code } })
    expect(world.engine.started).toHaveLength(before)
  })

  test('they are on record, without their bodies', async () => {
    await post('any', '{"forged":true}', signed('{}'))
    const [row] = await world.db.inbound.list({ disposition: 'rejected', runbook: 'drop', limit: 1 })
    expect(row).toMatchObject({ source: 'drop/any', payload: null, reason: expect.stringContaining('signature') })
  })

  test('another environment has triggers of its own', async () => {
    const headers = signed('{}')
    const sent = await rest.call('POST', '/api/v1/hooks/drop/any?environment=staging', { body: '{}', headers })
    expect(sent).toMatchObject({ status: 404, body: { code: 'unknown-trigger' } })
  })
})

test('50 webhooks, each sent five times at once: 50 runs', async () => {
  const before = world.engine.started.length
  const bodies = Array.from({ length: 50 }, () => JSON.stringify({ id: randomUUID(), chain: 'card-payment' }))
  const answers = await Promise.all(
    bodies.flatMap((body) =>
      Array.from({ length: 5 }, (_, nth) => post('any', body, signed(body, Math.floor(Date.now() / 1000) - nth))),
    ),
  )
  const dispositions = answers.map(({ body }) => body.events[0].disposition)
  expect(dispositions.filter((one) => one === 'ran')).toHaveLength(50)
  expect(dispositions.filter((one) => one === 'deduplicated')).toHaveLength(200)
  const started = world.engine.started.slice(before)
  expect(new Set(started.map(({ context }) => context.runId)).size).toBe(50)
  expect(started).toHaveLength(50)
})

test('Temporal is away: the event is on record, and runs once when it is back', async () => {
  world.engine.down = new ApiError(temporalUnreachable)
  const body = JSON.stringify({ id: randomUUID(), chain: 'card-payment' })
  const sent = await post('any', body)
  expect(sent).toMatchObject({ status: 202, body: { events: [{ disposition: 'accepted' }] } })
  const { id } = sent.body.events[0]
  const dispatcher = startDispatcher(world.services)
  try {
    world.engine.down = null
    await dispatcher.sweep(0)
    await dispatcher.sweep(0)
    expect(await world.db.inbound.get(id)).toMatchObject({ disposition: 'ran', runId: id })
    expect(startedWith(id)).toHaveLength(1)
    expect(await world.db.runs.get(id)).toMatchObject({ status: 'running', error: null })
  } finally {
    dispatcher.stop()
  }
})

test('a crash after the record: the sweep decides it', async () => {
  const { id } = await world.db.inbound.accept({
    kind: 'webhook',
    source: 'drop/any',
    runbookName: 'drop',
    environment: 'production',
    dedupKey: randomUUID(),
    payload: { chain: 'card-payment' },
    bytes: 10,
  })
  const gone = await world.db.inbound.accept({
    kind: 'webhook',
    source: 'drop/removed',
    runbookName: 'drop',
    environment: 'production',
    dedupKey: randomUUID(),
    payload: {},
    bytes: 10,
  })
  const dispatcher = startDispatcher(world.services)
  try {
    await dispatcher.sweep(0)
    expect(await world.db.inbound.get(id)).toMatchObject({ disposition: 'ran', runId: id })
    expect(await world.db.inbound.get(gone.id)).toMatchObject({
      disposition: 'rejected',
      reason: expect.stringContaining('gone'),
    })
  } finally {
    dispatcher.stop()
  }
})

test('a paused trigger filters and says who paused it and why', async () => {
  const operator = await world.as('operator')
  const name = { runbook: 'drop', environment: 'production', trigger: 'fixed' }
  await operator.triggers.pause({ ...name, reason: 'load test' })
  const paused = await post('fixed', '{"paused":1}')
  expect(paused).toMatchObject({ status: 200, body: { events: [{ disposition: 'filtered' }] } })
  expect(paused.body.events[0].reason).toMatch(/operator.*load test/)
  await operator.triggers.resume(name)
  expect((await post('fixed', '{"paused":2}')).status).toBe(202)
})
