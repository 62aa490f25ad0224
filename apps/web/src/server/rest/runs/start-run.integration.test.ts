/** The REST API on a real database: what callers get, and what is left behind when it goes wrong. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { ApiError, temporalUnreachable } from '../../errors.ts'
import { startRestServer, type RestServer } from '../../test/rest-server.ts'
import { openServer, publicUrl, runbookSource, type ServerWorld } from '../../test/server-world.ts'

let world: ServerWorld
let rest: RestServer
let token: string
let ownerId: string

beforeAll(async () => {
  world = await openServer()
  rest = await startRestServer(world.services)
  const owner = await world.db.users.create({ name: 'Ada', email: 'ada@example.com', role: 'admin' })
  ownerId = owner.id
  token = await newToken('operator')
  const editor = await world.as('editor')
  await editor.runbooks.create({ source: runbookSource('draft-only') })
  await editor.runbooks.create({ source: runbookSource('drop') })
  await editor.runbooks.publish({ name: 'drop', revision: 1 })
})
afterAll(async () => {
  await rest.close()
  await world.close()
})
afterEach(() => {
  world.engine.down = null
})

async function newToken(role: 'viewer' | 'operator', expiresAt: Date | null = null): Promise<string> {
  return (await world.db.tokens.create({ name: 'ci', role, userId: ownerId, expiresAt })).token
}

interface Call {
  name?: string
  query?: string
  headers?: Record<string, string>
  body?: string | ReadableStream
}

const start = ({ name = 'drop', query = '', headers = {}, body }: Call = {}) =>
  rest.call('POST', `/api/v1/runbooks/${name}/runs${query}`, { token, headers, body })

const runs = () => world.db.runs.list({ limit: 200 })

describe('who may', () => {
  test('no token, a wrong, a revoked and an expired one get 401 with the scheme', async () => {
    const revoked = await world.db.tokens.create({ name: 'old', role: 'operator', userId: ownerId, expiresAt: null })
    await world.db.tokens.revoke(revoked.row.id)
    const expired = await newToken('operator', new Date(Date.now() - 1000))
    for (const authorization of ['', 'Bearer ', 'Bearer nonsense', `Basic ${token}`, `Bearer ${token} x`]) {
      expect((await start({ headers: { authorization } })).status, authorization).toBe(401)
    }
    for (const gone of [revoked.token, expired]) {
      const refused = await start({ headers: { authorization: `Bearer ${gone}` } })
      expect(refused.status).toBe(401)
      expect(refused.headers.get('www-authenticate')).toMatch(/^Bearer /)
    }
  })

  test('a viewer gets 403, and nothing was started', async () => {
    const before = (await runs()).length
    const refused = await start({ headers: { authorization: `Bearer ${await newToken('viewer')}` } })
    expect([refused.status, refused.body.code]).toEqual([403, 'role-too-low'])
    expect(await runs()).toHaveLength(before)
  })
})

describe('bad input says what is wrong and leaves nothing behind', () => {
  const stream = () =>
    new ReadableStream<Uint8Array>({
      start(controller) {
        for (let n = 0; n < 17; n += 1) controller.enqueue(new Uint8Array(65_536).fill(32))
        controller.close()
      },
    })

  test.each<[string, Call, number, string, RegExp]>([
    ['malformed JSON', { body: '{"params":' }, 400, 'bad-json', /not JSON/],
    ['an unknown field', { body: '{"parms":{}}' }, 400, 'bad-input', /parms/],
    ['an unknown parameter', { body: '{"params":{"chian":"x"}}' }, 400, 'bad-params', /chian/],
    ['a parameter of another type', { body: '{"params":{"chain":7}}' }, 400, 'bad-params', /chain/],
    ['a body that says it is too large', { body: '"'.padEnd(1_048_577) }, 413, 'body-too-large', /1024 KiB/],
    ['a body that is found to be too large', { body: stream() }, 413, 'body-too-large', /1024 KiB/],
    ['a clock in the future', { body: '{"asOf":"2999-01-01T00:00:00Z"}' }, 400, 'as-of-in-future', /2999/],
    ['a clock before all clocks', { body: '{"asOf":"0001-01-01T00:00:00Z"}' }, 400, 'bad-input', /asOf/],
    ['a clock without a zone', { body: '{"asOf":"2026-01-01T00:00:00"}' }, 400, 'bad-input', /asOf/],
    ['a wait that is too long', { query: '?wait=61s' }, 400, 'bad-input', /wait: .*60 s/],
    ['a wait that is none', { query: '?wait=soon' }, 400, 'bad-input', /wait: /],
    ['a key with a space', { headers: { 'idempotency-key': 'a b' } }, 400, 'bad-idempotency-key', /printable/],
    ['an unknown runbook', { name: 'nothing' }, 404, 'unknown-runbook', /nothing/],
    ['a runbook without a version', { name: 'draft-only' }, 409, 'not-published', /draft-only/],
    ['a name that no database keeps', { name: '\0' }, 400, 'bad-input', /NUL/],
    ['a name that is no escape sequence', { name: '%' }, 404, 'unknown-runbook', /%/],
  ])('%s', async (_, call, status, code, message) => {
    const before = (await runs()).length
    const refused = await start(call)
    expect([refused.status, refused.body.code]).toEqual([status, code])
    expect(refused.body.detail).toMatch(message)
    expect(refused.body.fix).not.toBe('')
    expect(await runs()).toHaveLength(before)
  })

  test('a misspelt parameter gets the nearest name', async () => {
    expect((await start({ body: '{"params":{"chian":"x"}}' })).body.fix).toContain('chain')
  })
})

describe('Idempotency-Key', () => {
  const once = (key: string, params = '{}') =>
    start({ headers: { 'idempotency-key': key }, body: `{"params":${params}}` })

  test('the same request gives the same run, also after a new version that would refuse it', async () => {
    const first = await once('k1', '{"chain":"a"}')
    const editor = await world.as('editor')
    const changed = runbookSource('drop').replace('chain: {', 'other: {')
    await editor.runbooks.saveDraft({ name: 'drop', baseRevision: 1, source: changed })
    await editor.runbooks.publish({ name: 'drop', revision: 2 })
    expect((await once('k1', '{"chain":"a"}')).body.id).toBe(first.body.id)
    await editor.runbooks.rollback({ name: 'drop', version: 1 })
  })

  test('another request with the key is refused', async () => {
    await once('k2')
    const refused = await once('k2', '{"chain":"b"}')
    expect([refused.status, refused.body.code]).toEqual([409, 'idempotency-key-reused'])
  })

  test('the key of one token is not that of another', async () => {
    const mine = await once('k3')
    const other = await start({
      headers: { 'idempotency-key': 'k3', authorization: `Bearer ${await newToken('operator')}` },
      body: '{"params":{}}',
    })
    expect(other.body.id).not.toBe(mine.body.id)
  })

  test('many at once make one run', async () => {
    const before = (await runs()).length
    const all = await Promise.all(Array.from({ length: 8 }, () => once('k4')))
    expect(new Set(all.map(({ body }) => body.id)).size).toBe(1)
    expect(await runs()).toHaveLength(before + 1)
  })

  test('a repeat starts what could not be started, with the plan, parameters and clock of the first time', async () => {
    world.engine.down = new ApiError(temporalUnreachable)
    expect((await once('k5', '{"chain":"a"}')).status).toBe(503)
    world.engine.down = null
    const again = await once('k5', '{"chain":"a"}')
    expect([again.status, again.body.status]).toEqual([202, 'running'])
    const run = await world.db.runs.get(again.body.id ?? '')
    const started = world.engine.started.filter(({ context }) => context.runId === again.body.id)
    expect(started).toHaveLength(1)
    expect(started[0]).toMatchObject({
      plan: run?.plan,
      context: {
        params: { chain: 'a' },
        asOf: Date.parse(run?.asOf ?? ''),
        trigger: { kind: 'api', by: 'token:ci of ada@example.com' },
      },
    })
  })
})

test('Temporal is away: 503, and the run is on record as failed, with the reason', async () => {
  world.engine.down = new ApiError(temporalUnreachable)
  const refused = await start()
  expect([refused.status, refused.body.code]).toEqual([503, 'temporal-unreachable'])
  const [newest] = await runs()
  const run = await world.db.runs.get(newest?.id ?? '')
  expect(run).toMatchObject({ status: 'failed', error: { code: 'temporal-unreachable', retryable: true } })
})

describe('wait', () => {
  const now = () => ({ startedAt: Date.now(), steps: [], approvals: [], error: null })

  /** Does what the worker would do, as soon as the run is there. */
  async function whenStarted(act: (runId: string) => Promise<void>): Promise<void> {
    const before = world.engine.started.length
    while (world.engine.started.length === before) await new Promise((resolve) => setTimeout(resolve, 10))
    await act(world.engine.started.at(-1)?.context.runId ?? '')
  }

  test('200 when it ended', async () => {
    const acted = whenStarted((runId) =>
      world.db.runs.project({ runId, revision: 1, status: 'succeeded', endedAt: Date.now(), ...now() }),
    )
    const done = await start({ query: '?wait=30s' })
    await acted
    expect([done.status, done.body.status]).toEqual([200, 'succeeded'])
  })

  test('202 with the question when it waits for people', async () => {
    const acted = whenStarted((runId) =>
      world.db.approvals.request({
        runId,
        stepId: 'approve',
        question: 'Switch?',
        plans: [],
        allowRequester: false,
        needed: 1,
        approvers: [],
        form: {},
        requestedAt: Date.now(),
        expiresAt: Date.now() + 60_000,
      }),
    )
    const waiting = await start({ query: '?wait=30s' })
    await acted
    expect(waiting.status).toBe(202)
    expect(waiting.body['waitingFor']).toEqual([
      { stepId: 'approve', question: 'Switch?', url: `${publicUrl}/approvals/${waiting.body.id}/approve` },
    ])
  })

  test('202 with the run and its address when the time is over', async () => {
    const late = await start({ query: '?wait=1' })
    expect([late.status, late.body.status]).toEqual([202, 'running'])
    expect(late.headers.get('location')).toBe(`/api/v1/runs/${late.body.id}`)
    expect(late.body['url']).toBe(`${publicUrl}/runs/${late.body.id}`)
  })

  test('a repeated request for a run that has ended gets 200 at once', async () => {
    const headers = { 'idempotency-key': 'ended' }
    const { body } = await start({ headers })
    const runId = body.id ?? ''
    await world.db.runs.project({ runId, revision: 1, status: 'succeeded', endedAt: Date.now(), ...now() })
    expect((await start({ headers })).status).toBe(200)
  })
})
