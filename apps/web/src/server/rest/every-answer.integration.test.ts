/** Every operation of people's daily work is called once on a real database, through the client; the server holds each answer against its schema. */
import { newLimit } from '@tenon/actions/test-action'
import { createTenonClient, eachItem, TenonError, type TenonClient } from '@tenon/client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startRestServer, type RestServer } from '../test/rest-server.ts'
import { openServer, runbookSource, type ServerWorld } from '../test/server-world.ts'
import { operationGroups } from './operations.ts'

let world: ServerWorld
let rest: RestServer
let tenon: TenonClient
let token: string

beforeAll(async () => {
  world = await openServer()
  rest = await startRestServer(world.services)
  const { id } = await world.db.users.create({ name: 'Ada', email: 'ada@example.com', role: 'admin' })
  token = (await world.db.tokens.create({ name: 'ci', role: 'admin', userId: id, expiresAt: null })).token
  tenon = createTenonClient({ url: rest.url, token, fetch: rest.fetch })
})
afterAll(async () => {
  await rest?.close()
  await world?.close()
})

const problem = async (call: Promise<unknown>): Promise<TenonError> => {
  const error = await call.then(
    () => null,
    (cause: unknown) => cause,
  )
  if (!(error instanceof TenonError)) throw new Error('It was not refused.')
  return error
}

test('a runbook is created, saved, checked, published, rolled back and deleted', async () => {
  const created = await tenon.createRunbook({ body: { source: runbookSource('drop') } })
  expect(created).toMatchObject({ name: 'drop', draft: { revision: 1 }, live: [], problems: [], paramsSchema: null })
  expect(await problem(tenon.createRunbook({ body: { source: runbookSource('drop') } }))).toMatchObject({
    status: 409,
    code: 'name-taken',
  })

  const second = runbookSource('drop', 'description: second\n')
  const saved = await tenon.saveRunbook({ name: 'drop', ifMatch: '"1"', body: { source: second } })
  expect(saved.draft).toMatchObject({ revision: 2, source: second })
  const stale = await problem(tenon.saveRunbook({ name: 'drop', body: { source: 'tenon: 1', baseRevision: 1 } }))
  expect(stale).toMatchObject({ status: 409, code: 'draft-conflict', data: { revision: 2, source: second } })
  const blind = await problem(tenon.saveRunbook({ name: 'drop', body: { source: second } }))
  expect(blind).toMatchObject({ status: 409, code: 'base-revision-missing' })
  expect(blind.fix).toContain('"2"')
  expect(await problem(tenon.saveRunbook({ name: 'other', body: { source: second } }))).toMatchObject({
    code: 'name-changed',
  })
  expect((await tenon.getRunbook({ name: 'drop' })).draft.source).toBe(second)

  expect(await tenon.validateRunbook({ name: 'drop' })).toMatchObject({ ok: true, express: { ok: true } })
  const broken = runbookSource('drop').replace('judge.conclude', 'judge.conclud')
  const checked = await tenon.validateRunbook({ name: 'drop', body: { source: broken } })
  expect(checked).toMatchObject({ ok: false, planHash: null, problems: [{ code: 'node-type-unknown' }] })
  expect(checked.problems[0]?.fix).toContain('judge.conclude')

  expect(await tenon.publishRunbook({ name: 'drop', body: { revision: 2, note: 'first' } })).toMatchObject({
    version: 1,
  })
  const third = runbookSource('drop').replace('default: card-payment', 'default: cash')
  await tenon.saveRunbook({ name: 'drop', ifMatch: '2', body: { source: third } })
  await tenon.publishRunbook({ name: 'drop', body: { revision: 3 } })
  expect(await tenon.rollbackRunbook({ name: 'drop', body: { version: 1 } })).toMatchObject({ version: 1 })
  expect(await tenon.getRunbook({ name: 'drop' })).toMatchObject({
    live: [{ environment: 'production', version: 1 }],
    paramsSchema: { properties: { chain: {} } },
  })
  expect((await tenon.listVersions({ name: 'drop' })).items.map(({ number }) => number)).toEqual([2, 1])
  expect(await tenon.getVersion({ name: 'drop', version: 1 })).toMatchObject({ source: second, note: 'first' })
  expect(await tenon.diffVersions({ name: 'drop', from: 1, to: 2 })).toMatchObject({ from: 1, to: 2 })
  expect((await tenon.listEnvironments({})).items).toContain('production')

  await tenon.createRunbook({ body: { source: runbookSource('gone') } })
  await tenon.deleteRunbook({ name: 'gone' })
  expect(await problem(tenon.getRunbook({ name: 'gone' }))).toMatchObject({ status: 404, code: 'unknown-runbook' })
})

test('a document may be sent as the YAML that it is', async () => {
  const headers = { 'content-type': 'application/yaml' }
  const options = { token, headers, body: runbookSource('as-yaml') }
  expect(await rest.call('PUT', '/api/v1/runbooks/as-yaml', options)).toMatchObject({ status: 201 })
})

test('runs are started, listed page by page, read, compared, run again from a step, and cancelled', async () => {
  const ids: string[] = []
  for (const chain of ['a', 'b', 'c']) {
    ids.push((await tenon.startRun({ name: 'drop', body: { params: { chain } } })).id)
  }
  const listed = []
  for await (const run of eachItem((cursor) => tenon.listRuns({ runbook: 'drop', limit: 2, cursor })))
    listed.push(run.id)
  expect(listed).toEqual(ids.toReversed())
  expect((await tenon.listRuns({ status: 'succeeded' })).items).toEqual([])

  const [first = '', second = ''] = ids
  expect(await problem(tenon.rerunRun({ id: first, body: { from: 'conclude' } }))).toMatchObject({
    code: 'run-going-on',
  })
  for (const [runId, outcome] of [
    [first, 'normal'],
    [second, 'abnormal'],
  ] as const) {
    const at = Date.now()
    await world.db.runs.project({
      runId,
      revision: 1,
      status: 'succeeded',
      startedAt: at,
      endedAt: at,
      error: null,
      approvals: [],
      steps: [
        {
          stepId: 'conclude',
          type: 'judge.conclude',
          title: 'Conclude',
          state: {
            status: 'done',
            attempt: 1,
            startedAt: at,
            endedAt: at,
            input: {},
            result: { outcome, output: { said: outcome }, summary: outcome },
          },
        },
      ],
    })
  }
  expect(await tenon.getRun({ id: first })).toMatchObject({ status: 'succeeded', params: { chain: 'a' } })
  expect((await tenon.listSteps({ id: first })).items).toMatchObject([{ stepId: 'conclude', outcome: 'normal' }])
  expect(await tenon.compareRuns({ id: first, with: second })).toMatchObject({
    same: false,
    params: [{ path: ['chain'], left: 'a', right: 'b' }],
    steps: [{ changed: ['outcome', 'output'], output: [{ path: ['said'], left: 'normal', right: 'abnormal' }] }],
  })
  const log = await tenon.listRunEvents({ id: first })
  expect(log.items.map(({ kind }) => kind)).toEqual(['run-started', 'step-started', 'step-done', 'run-ended'])
  expect(log.next).toBeNull()

  const report = await tenon.getRunReport({ id: second })
  expect(report).toMatchObject({ content: { run: { id: second }, steps: [{ stepId: 'conclude' }] } })
  expect(await tenon.getRunReport({ id: second, format: 'markdown' })).toContain('## Steps')
  expect(
    Buffer.from((await tenon.getRunReport({ id: second, format: 'pdf' })) as Uint8Array)
      .subarray(0, 5)
      .toString(),
  ).toBe('%PDF-')
  const frozen = await tenon.freezeReport({ body: { runId: second, expiresInDays: 1 } })
  expect(frozen.link).toContain(`/reports/${frozen.id}`)
  expect(await tenon.getFrozenReport({ id: frozen.id })).toMatchObject({
    link: frozen.link,
    content: { run: { id: second } },
  })
  await tenon.deleteFrozenReport({ id: frozen.id })
  expect(await problem(tenon.getFrozenReport({ id: frozen.id }))).toMatchObject({ status: 404, code: 'unknown-report' })
  expect(await problem(tenon.getRunReport({ id: 'none' }))).toMatchObject({ status: 404, code: 'unknown-run' })

  const again = await tenon.rerunRun({ id: first, body: { from: 'conclude' } })
  expect(again).toMatchObject({ baseRunId: first, params: { chain: 'a' }, version: 1 })
  expect(await problem(tenon.rerunRun({ id: first, body: { from: 'nothing' } }))).toMatchObject({
    code: 'unknown-step',
  })
  expect(await problem(tenon.rerunRun({ id: first, body: {} }))).toMatchObject({ status: 400, code: 'bad-input' })

  expect(await problem(tenon.cancelRun({ id: first, body: { reason: 'late' } }))).toMatchObject({ code: 'run-ended' })
  expect(await tenon.cancelRun({ id: again.id, body: { reason: 'enough' } })).toMatchObject({ status: 'running' })
  expect(world.engine.cancelled).toEqual([again.id])
})

test('a log is followed: the next part comes when something happened', async () => {
  const { id } = await tenon.startRun({ name: 'drop' })
  const first = await tenon.listRunEvents({ id })
  expect(first.items).toHaveLength(1)
  const following = tenon.listRunEvents({ id, cursor: first.next ?? '', wait: '30s' })
  await world.db.runs.fail(id, { code: 'x', message: 'It broke.', retryable: false })
  const more = await following
  expect(more.items.map(({ kind }) => kind)).toEqual(['run-ended'])
  expect(more.next).toBeNull()
})

test('approvals are listed and decided', async () => {
  const { id: runId } = await tenon.startRun({ name: 'drop' })
  await world.db.approvals.request({
    runId,
    stepId: 'approve',
    question: 'Switch?',
    plans: [],
    // The same token wrote the runbook.
    allowRequester: true,
    needed: 1,
    approvers: [],
    form: {},
    requestedAt: Date.now(),
    expiresAt: Date.now() + 60_000,
  })
  expect((await tenon.listApprovals({ status: 'waiting' })).items).toMatchObject([{ runId, question: 'Switch?' }])
  const decided = tenon.decideApproval({ runId, stepId: 'approve', body: { decision: 'approved', hashes: [] } })
  await world.db.runs.project({
    runId,
    revision: 1,
    status: 'running',
    startedAt: Date.now(),
    endedAt: null,
    error: null,
    steps: [],
    approvals: [
      { stepId: 'approve', status: 'approved', by: 'token:ci of ada@example.com', comment: null, at: Date.now() },
    ],
  })
  expect(await decided).toMatchObject({ status: 'approved', decidedBy: 'token:ci of ada@example.com' })
  const nobody = tenon.decideApproval({ runId, stepId: 'other', body: { decision: 'approved', hashes: [] } })
  expect(await problem(nobody)).toMatchObject({ status: 404, code: 'unknown-approval' })
})

test('calendars are made, listed and removed', async () => {
  const body = {
    reason: 'The sale of then',
    timeZone: 'Europe/Berlin',
    closed: [{ kind: 'dates' as const, from: '2020-12-24T18:00', to: '2020-12-27T00:00' }],
  }
  expect(await tenon.putCalendar({ name: 'sale', body })).toMatchObject({ name: 'sale', ...body })
  expect((await tenon.listCalendars({})).items).toMatchObject([{ name: 'sale', closedNow: false, lifted: false }])
  expect(await tenon.deleteCalendar({ name: 'sale' })).toEqual({ name: 'sale' })
  expect(await problem(tenon.deleteCalendar({ name: 'sale' }))).toMatchObject({ status: 404, code: 'unknown-calendar' })
})

test('actions are listed and put back, and writes are stopped and resumed', async () => {
  const claimed = await world.db.actions.claim(planned, { kind: 'plan', actor: 'system', detail: {} }, noRules)
  const { id } = claimed.action
  expect((await tenon.listActions({})).items).toMatchObject([
    { id, title: 'Limit payment', plan: { hash: 'sha256:p' } },
  ])
  expect((await tenon.listActions({ state: 'in-effect' })).items).toEqual([])
  expect(await tenon.getAction({ id })).toMatchObject({ id, events: [{ kind: 'plan' }] })
  expect(await tenon.revertAction({ id })).toMatchObject({ id })
  const unknown = tenon.getAction({ id: crypto.randomUUID() })
  expect(await problem(unknown)).toMatchObject({ status: 404, code: 'unknown-action' })

  expect(await tenon.stopWrites({ body: { reason: 'storm' } })).toMatchObject({ stopped: { reason: 'storm' } })
  expect(await tenon.getWrites({})).toMatchObject({ stopped: { by: 'token:ci of ada@example.com' } })
  expect(await tenon.resumeWrites({})).toEqual({ stopped: null, stops: [] })
})

test('limits on actions are set, and trust is granted one level at a time', async () => {
  const policy = await tenon.getActionPolicy({})
  expect(policy).toMatchObject({ capacity: { minimumServers: 2 }, autonomy: { usual: 'approve' } })
  const tighter = { ...policy, flap: { count: 2, seconds: 600 } }
  expect(await tenon.putActionPolicy({ body: tighter })).toMatchObject({ flap: { count: 2 } })
  expect(await tenon.putActionPolicy({ body: policy })).toEqual(policy)
  const of = { runbook: 'drop', kind: 'traffic-switch' } as const
  const early = tenon.putAutonomy({ ...of, body: { level: 'automatic', reason: 'Nights' } })
  expect(await problem(early)).toMatchObject({ status: 409, code: 'autonomy-refused' })
  expect(await tenon.putAutonomy({ ...of, body: { level: 'suggest', reason: 'New' } })).toEqual({
    ...of,
    level: 'suggest',
  })
  expect((await tenon.listAutonomy({})).items).toContainEqual(expect.objectContaining({ ...of, level: 'suggest' }))
})

test('changes, node types, connections, health and the documents are read', async () => {
  await tenon.postChange({
    body: { id: 'C1', kind: 'deploy', title: 'v2', startedAt: new Date().toISOString(), scope: {} },
  })
  expect((await tenon.listChanges({})).items).toMatchObject([{ id: 'C1' }])
  expect((await tenon.listNodeTypes({})).items.length).toBeGreaterThan(10)
  await world.db.connections.save({ name: 'metrics', kind: 'prometheus', url: 'http://127.0.0.1:1', secret: 's3cret' })
  expect((await tenon.listConnections({})).items).toEqual([{ name: 'metrics', kind: 'prometheus' }])
  expect(await tenon.getHealth({})).toEqual({ ok: true })
  expect(await tenon.getReadiness({})).toMatchObject({ ok: true })
  expect((await tenon.listRunbooks({ limit: 1 })).next).not.toBeNull()
  expect(await tenon.getOpenApi({})).toMatchObject({ openapi: '3.1.1' })
  expect(await tenon.getDocs({})).toContain('<!doctype html>')
})

test('what has no fitting runbook is told, and a diagnosis of what nobody knows is refused', async () => {
  expect((await tenon.getCoverage({})).alertDays).toBeGreaterThan(0)
  const nowhere = tenon.startDiagnosis({ body: { subject: { kind: 'chain', id: 'nowhere' } } })
  expect(await problem(nowhere)).toMatchObject({ status: 404, code: 'unknown-chain' })
})

test('the pages and runbooks that others made are theirs to test; of these every operation was answered', () => {
  const {
    Triggers: _triggers,
    Backtests: _backtests,
    Data: _data,
    Model: _model,
    Views: _views,
    Alerts: _alerts,
    ...groups
  } = operationGroups
  const breakers = ['startBreaker', 'listBreakers', 'getBreaker', 'endBreaker', 'pushBreakerSample']
  const elsewhere = ['apply', 'pushSample', 'getRunAsTest', 'startDiagnosis', ...breakers]
  const here = Object.values(groups).flatMap((group) => group.map(({ id }) => id))
  expect(here.filter((id) => !rest.answered.has(id) && !elsewhere.includes(id))).toEqual([])
})

const noRules = { recentSeconds: 0, refuse: () => null }
const planned = newLimit()
