/** Backtests and tests over the REST API, on a real database; the cases themselves are the worker's. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ApiError, temporalUnreachable } from '../../errors.ts'
import { startRestServer, type RestServer } from '../../test/rest-server.ts'
import { openServer, runbookSource, type ServerWorld } from '../../test/server-world.ts'

let world: ServerWorld
let server: RestServer
let token: string
let viewer: string

beforeAll(async () => {
  world = await openServer()
  server = await startRestServer(world.services)
  const { id: userId } = await world.db.users.create({ name: 'Ada', email: 'ada@example.com', role: 'admin' })
  token = (await world.db.tokens.create({ name: 'ci', role: 'editor', userId, expiresAt: null })).token
  viewer = (await world.db.tokens.create({ name: 'eyes', role: 'viewer', userId, expiresAt: null })).token
  await makeLive('drop')
})
afterAll(async () => {
  await server?.close()
  await world?.close()
})

async function makeLive(name: string, more = ''): Promise<void> {
  const editor = await world.as('editor')
  await editor.runbooks.create({ source: runbookSource(name, more) })
  await editor.runbooks.publish({ name, revision: 1 })
}

const day = ['2026-03-01T00:00:00.000Z', '2026-03-01T02:00:00.000Z'] as const
const start = (body: object, of = token) => server.call('POST', '/api/v1/backtests', { token: of, body })

describe('start', () => {
  test('a range is one case for each moment, of the live version', async () => {
    const made = await start({
      runbook: 'drop',
      cases: { from: day[0], to: day[1], every: '1h', params: { chain: 'x' } },
    })
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({
      runbook: 'drop',
      version: 1,
      status: 'running',
      requestedBy: 'token:ci of ada@example.com',
    })
    expect(made.body.cases.map(({ at, params, status }: Record<string, unknown>) => [at, params, status])).toEqual(
      ['00', '01', '02'].map((hour) => [`2026-03-01T${hour}:00:00.000Z`, { chain: 'x' }, 'pending']),
    )
    expect(world.engine.backtests).toContain(made.body.id)
    expect(made.headers.get('location')).toBe(`/api/v1/backtests/${made.body.id}`)
  })

  test('labelled moments of the draft', async () => {
    const cases = [{ at: day[0], label: 'abnormal' }, { at: day[1] }]
    const { body } = await start({ runbook: 'drop', draft: true, cases })
    expect(body.version).toBeNull()
    expect(body.cases.map(({ label }: { label: unknown }) => label)).toEqual(['abnormal', null])
  })

  test('the last alerts that made or joined a run, with what they brought', async () => {
    const { services } = world
    const payload = { alerts: [{ id: 'a' }] }
    const accepted = await services.db.inbound.accept({
      kind: 'webhook',
      source: 'drop/alerts',
      runbookName: 'drop',
      environment: 'production',
      dedupKey: 'a',
      payload,
      bytes: 10,
    })
    const run = await server.call('POST', '/api/v1/runbooks/drop/runs', { token, body: { params: { chain: 'y' } } })
    await services.db.inbound.decide(accepted.id, { disposition: 'ran', reason: 'It ran.', runId: run.body.id })
    const { body } = await start({ runbook: 'drop', cases: { alerts: 5 } })
    expect(body.cases).toHaveLength(1)
    expect(body.cases[0].params).toEqual({ chain: 'y' })
    const stored = await services.db.backtests.get(body.id)
    expect(stored?.cases[0]?.params).toEqual({ chain: 'y', $payload: payload })
  })

  test.each([
    ['a moment to come', { cases: [{ at: '2999-01-01T00:00:00Z' }] }, 422, 'bad-cases'],
    ['a parameter that is not there', { cases: [{ at: day[0], params: { chian: 'x' } }] }, 422, 'bad-cases'],
    ['too many', { cases: { from: '2020-01-01T00:00:00Z', to: day[1], every: '1m' } }, 422, 'bad-cases'],
    ['no moments', { cases: [] }, 400, 'bad-input'],
    ['no such runbook', { runbook: 'nothing', cases: [{ at: day[0] }] }, 404, 'unknown-runbook'],
    ['no such version', { version: 9, cases: [{ at: day[0] }] }, 404, 'unknown-version'],
  ] as const)('%s is refused', async (_, body, status, code) => {
    const refused = await start({ runbook: 'drop', ...body })
    expect([refused.status, refused.body.code]).toEqual([status, code])
  })

  test('a viewer may look, not start', async () => {
    expect((await start({ runbook: 'drop', cases: [{ at: day[0] }] }, viewer)).status).toBe(403)
    expect((await server.call('GET', '/api/v1/backtests?runbook=drop', { token: viewer })).status).toBe(200)
  })

  test('Temporal is away: it is on record as failed', async () => {
    world.engine.down = new ApiError(temporalUnreachable)
    const refused = await start({ runbook: 'drop', cases: [{ at: day[0] }] })
    world.engine.down = null
    expect(refused.status).toBe(503)
    const [newest] = (await server.call('GET', '/api/v1/backtests?runbook=drop', { token })).body.items
    expect(newest).toMatchObject({ status: 'failed', error: { code: 'temporal-unreachable' } })
  })
})

test('cancel ends it once; labels change the figures', async () => {
  const { body } = await start({ runbook: 'drop', cases: [{ at: day[0] }, { at: day[1], label: 'normal' }] })
  await finish(body.id, ['abnormal', 'normal'])
  const operator = await world.as('operator')
  await operator.backtests.label({ id: body.id, position: 0, label: 'normal' })
  const cancelled = await server.call('POST', `/api/v1/backtests/${body.id}/cancel`, { token })
  expect(cancelled.body).toMatchObject({ status: 'cancelled', summary: { ended: 2, labelled: 2, accuracy: 0.5 } })
  const again = await server.call('POST', `/api/v1/backtests/${body.id}/cancel`, { token })
  expect(again.body.endedAt).toBe(cancelled.body.endedAt)
  expect((await server.call('GET', '/api/v1/backtests/nothing', { token })).body.code).toBe('unknown-backtest')
})

async function finish(id: string, verdicts: ('normal' | 'abnormal')[]): Promise<void> {
  for (const [position, verdict] of verdicts.entries()) {
    const rest = {
      conclusion: null,
      runStatus: 'succeeded' as const,
      actions: [],
      outcomes: {},
      error: null,
      durationMs: 5,
    }
    await world.db.backtests.finishCase(id, position, { status: 'done', verdict, ...rest })
  }
}

describe('a version that must not get worse', () => {
  const required = 'backtest: { required: true }\n'
  const labelled = [
    { at: day[0], label: 'abnormal' },
    { at: day[1], label: 'normal' },
  ]

  async function backtest(verdicts: ('normal' | 'abnormal')[], draft: boolean): Promise<void> {
    const { body } = await start({ runbook: 'guarded', draft, cases: labelled })
    await finish(body.id, verdicts)
    await world.db.backtests.end(body.id, { status: 'done', error: null })
  }

  test('is refused without a backtest, and when it is worse; published when it is not', async () => {
    const editor = await world.as('editor')
    const first = runbookSource('guarded', required)
    await editor.runbooks.create({ source: first })
    const publish = async (environment = 'production') => {
      const { revision } = await world.db.runbooks.draft('guarded')
      return server.call('POST', '/api/v1/runbooks/guarded/publish', { token, body: { revision, environment } })
    }
    expect((await publish()).body.code).toBe('backtest-missing')
    await backtest(['abnormal', 'normal'], true)
    expect((await publish()).status).toBe(200)

    const changed = first.replace('judge.conclude }', 'judge.conclude, timeout: 9m }')
    expect(changed).not.toBe(first)
    await editor.runbooks.saveDraft({ name: 'guarded', baseRevision: 1, source: changed })
    expect((await publish()).body.code).toBe('backtest-missing')
    await backtest(['normal', 'normal'], true)
    const worse = await publish()
    expect([worse.status, worse.body.code]).toEqual([409, 'backtest-worse'])
    expect(worse.body.detail).toContain('50 % of 2 cases right, 100 % in the live version')
    const applied = await server.call('POST', '/api/v1/apply', {
      token,
      body: { files: [{ path: 'g.yaml', source: changed }] },
    })
    expect(applied.body.code).toBe('backtest-worse')
    await backtest(['abnormal', 'normal'], true)
    expect((await publish()).status).toBe(200)

    // Where nothing is live yet there is nothing to be worse than; production has something to lose.
    const worst = changed.replace('timeout: 9m', 'timeout: 8m')
    await editor.runbooks.saveDraft({ name: 'guarded', baseRevision: 2, source: worst })
    await backtest(['normal', 'normal'], true)
    expect((await publish('staging')).body).toMatchObject({ version: 3 })
    const live = (version: number) =>
      server.call('POST', '/api/v1/runbooks/guarded/rollback', { token, body: { version } })
    expect((await live(3)).body.code).toBe('backtest-worse')
    expect((await live(1)).status).toBe(200)
  })
})

describe('a run as a test', () => {
  test('of a run that has ended; it is added to the draft, comments and all', async () => {
    const started = await server.call('POST', '/api/v1/runbooks/drop/runs', { token, body: {} })
    const going = await server.call('GET', `/api/v1/runs/${started.body.id}/test`, { token: viewer })
    expect([going.status, going.body.code]).toEqual([409, 'run-not-testable'])
    const ended = Date.now()
    const result = { outcome: 'inconclusive', output: {}, summary: 'Nothing was seen.' }
    await world.db.runs.project({
      runId: started.body.id,
      revision: 1,
      status: 'succeeded',
      startedAt: ended - 10,
      endedAt: ended,
      error: null,
      approvals: [],
      steps: [
        {
          stepId: 'conclude',
          type: 'judge.conclude',
          title: 'Conclude',
          state: { status: 'done', attempt: 1, startedAt: ended - 10, endedAt: ended, input: {}, result },
        },
      ],
    })
    const { status, body } = await server.call('GET', `/api/v1/runs/${started.body.id}/test`, { token: viewer })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      params: { chain: 'card-payment' },
      expect: { outcomes: { conclude: 'inconclusive' } },
    })

    const editor = await world.as('editor')
    const { name } = await editor.tests.addRun({ id: started.body.id })
    const again = await editor.tests.addRun({ id: started.body.id })
    expect(again.name).toBe(`${name}_2`)
    const { source } = await world.db.runbooks.draft('drop')
    expect(source.startsWith(runbookSource('drop').trimEnd())).toBe(true)
    const results = await editor.tests.run({ source })
    expect(results.map((one) => [one.name, one.passed])).toEqual([
      [name, true],
      [`${name}_2`, true],
    ])
  })

  test('an unknown run', async () => {
    expect((await server.call('GET', '/api/v1/runs/nothing/test', { token })).status).toBe(404)
  })
})
