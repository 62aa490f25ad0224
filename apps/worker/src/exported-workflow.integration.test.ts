/** An exported project on a real Temporal server, built by the SDK's own bundler as its worker.ts does: it runs without the product. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { catalogue } from '@tenon/activities'
import { compileRunbook, type CallableRunbook, type Plan, type StepResult } from '@tenon/runbook'
import { exportTemporal, type Exported } from '@tenon/runbook/export'
import { ApplicationFailure } from '@temporalio/activity'
import { Client, Connection, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client'
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../test/engine.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'tenon-export-'))
const taskQueue = `export-${Date.now()}`

/** What the user would connect. */
const calls: { name: string; input: unknown; call?: { approvedHash?: string } }[] = []
let lossFailures = 0
const quality = { completeness: 1, freshnessSeconds: 5, notes: [] }
const activities = {
  async judgeChainLoss(input: unknown): Promise<StepResult> {
    calls.push({ name: 'judgeChainLoss', input })
    if (lossFailures-- > 0) throw ApplicationFailure.create({ message: 'away', type: 'source-unreachable' })
    const parts = [{ id: 'p', title: 'Payment', entity: 'payment', change: -12, verdict: 'abnormal', reason: '' }]
    const localised = { zone: 'A', hosts: ['pay-a-1'], version: null, healthyZone: 'B' }
    const figures = { expected: 120, actual: 108, deviation: -0.1, lostPerMinute: 12 }
    return {
      outcome: 'found',
      output: {
        chain: 'card-payment',
        chainTitle: 'Card payment',
        step: 'p',
        entity: 'payment',
        switchEntity: 'payment',
        since: '2026-01-31T09:30:00.000Z',
        parts,
        localised,
        owner: null,
        ...figures,
      },
      summary: 'payment lost 10 points',
      verdict: { value: 'abnormal', confidence: 0.9, reasons: ['Payment fell'], quality },
      hypotheses: [
        { kind: 'zone', key: 'zone:A', cause: 'zone A fails', likelihood: 0.8, supports: ['all in A'], against: [] },
      ],
    }
  },
  async actNotify(input: unknown): Promise<StepResult> {
    calls.push({ name: 'actNotify', input })
    return { outcome: 'sent', output: {}, summary: 'sent' }
  },
  async actRateLimit(input: unknown, call: { approvedHash?: string }): Promise<StepResult> {
    calls.push({ name: 'actRateLimit', input, call })
    return { outcome: 'done', output: {}, summary: 'limited' }
  },
  async planActions(actions: { step: string; title: string }[]) {
    return actions.map(({ step, title }) => ({ step, hash: 'sha256:plan', title, detail: '' }))
  },
  async askPeople(question: unknown) {
    calls.push({ name: 'askPeople', input: question })
  },
  async revertActions(run: unknown) {
    calls.push({ name: 'revertActions', input: run })
  },
}

let client: Client
let worker: Worker
let running: Promise<void>

const below = `tenon: 1
name: below
title: Below
params: { limit: { type: number } }
nodes:
  check: { type: steer.branch, with: { condition: '\${params.limit > 1.0}' } }
  fail: { type: steer.stop, with: { as: failed, reason: Too low } }
edges: [{ from: check, on: "no", to: fail }]
`
const above = `tenon: 1
name: above
title: Above
params: { limit: { type: number } }
nodes:
  run: { type: steer.run-runbook, with: { runbook: below, params: { limit: '\${params.limit}' } } }
  after: { type: steer.branch, with: { condition: '\${steps.run.output.status == "succeeded"}' } }
edges: [{ from: run, on: done, to: after }]
`

function planOf(source: string, runbooks: CallableRunbook[] = []): Plan {
  const compiled = compileRunbook(source, { ...catalogue, runbooks })
  if (!compiled.ok) throw new Error(compiled.problems.map(({ message }) => message).join('\n'))
  return compiled.plan
}

function writeProject(name: string, exported: Exported): void {
  if (!exported.ok) throw new Error('The runbook cannot be exported.')
  for (const [path, text] of Object.entries(exported.files)) {
    mkdirSync(dirname(join(folder, name, path)), { recursive: true })
    writeFileSync(join(folder, name, path), text)
  }
}

let workflowBundle: { code: string }
beforeAll(async () => {
  const yaml = readFileSync(join(root, 'packages/runbook/test/export/every-construct.yaml'), 'utf8')
  writeProject('every', exportTemporal(planOf(yaml), catalogue))
  const child = planOf(below)
  const version = { version: 3, planHash: child.hash, params: child.params }
  const parent = planOf(above, [{ name: 'below', title: 'Below', versions: [version] }])
  writeProject('above', exportTemporal(parent, catalogue, { children: { [child.hash]: child } }))
  const workflowsPath = join(folder, 'workflows.ts')
  writeFileSync(workflowsPath, "export * from './every/src/workflows.ts'\nexport * from './above/src/workflows.ts'\n")
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  workflowBundle = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') })
  const address = process.env['TEST_TEMPORAL_ADDRESS']
  client = new Client({ connection: await Connection.connect({ address }) })
  worker = await Worker.create({
    connection: await NativeConnection.connect({ address }),
    taskQueue,
    workflowBundle,
    activities,
  })
  running = worker.run()
}, 120_000)
afterAll(async () => {
  worker?.shutdown()
  await running
  await client?.connection.close()
  rmSync(folder, { recursive: true, force: true })
})

let count = 0
function start(params: object = {}, workflow = 'everyConstruct'): Promise<WorkflowHandle> {
  count += 1
  const args = [{ params, trigger: { kind: 'button', by: 'ana' } }]
  return client.workflow.start(workflow, { taskQueue, workflowId: `${taskQueue}-${count}`, args })
}

interface State {
  status: string
  steps: Record<string, { status: string; outcome: string; output: unknown }>
  report: { verdict: { value: string }; conclusion: string }
}
const stateOf = (run: WorkflowHandle): Promise<State> => run.query<State>('runState')

test('a run to its verdict: retries, loops, an event, an approval and the approved write', async () => {
  calls.length = 0
  lossFailures = 1
  const run = await start()
  await eventually(async () => (await stateOf(run)).steps['deployed']?.status === 'waiting')
  const event = (version: string) => ({ event: { name: 'deployed', id: version, payload: { version } } })
  await run.executeUpdate('deliverEvent', { args: [event('v1')] })
  expect((await stateOf(run)).steps['deployed']?.status).toBe('waiting')
  await run.executeUpdate('deliverEvent', { args: [event('v2')] })
  await eventually(async () => (await stateOf(run)).steps['ask']?.status === 'waiting')
  const decide = (by: string, hashes: string[]) =>
    run.executeUpdate('decideApproval', {
      args: [{ step: 'ask', decision: 'approved', by, hashes, form: { rate: 7 } }],
    })
  await expect(decide('ana', ['sha256:plan'])).rejects.toMatchObject({ cause: { type: 'requester-may-not-approve' } })
  await expect(decide('bo', ['sha256:other'])).rejects.toMatchObject({ cause: { type: 'plan-changed' } })
  await decide('bo', ['sha256:plan'])
  const state: State = await run.result()
  expect(state.status).toBe('succeeded')
  expect(state.steps['zones']?.output).toMatchObject({
    results: [
      { item: 'A', status: 'done', value: 'yes A' },
      { item: 'B', status: 'done', value: 'no B' },
    ],
  })
  expect(state.steps['again']).toMatchObject({ outcome: 'met', output: { rounds: 2, value: 'done' } })
  expect(state.steps['broken']).toMatchObject({ status: 'skipped' })
  expect(state.report).toMatchObject({
    verdict: { value: 'abnormal' },
    conclusion: 'Card payments fell 10.0 % because zone A fails; it began at 09:30 UTC.',
  })
  expect(calls.filter(({ name }) => name !== 'askPeople')).toMatchObject([
    { name: 'judgeChainLoss', input: { chain: 'card-payment' } },
    { name: 'judgeChainLoss' },
    { name: 'actNotify', input: { title: 'Zone A (0)' } },
    {
      name: 'actRateLimit',
      input: { entity: 'payment', requestsPerSecond: 50 },
      call: { approvedHash: 'sha256:plan' },
    },
  ])
})

test('an error edge, and a stop that fails the run', async () => {
  lossFailures = 2
  const run = await start()
  await expect(run.result()).rejects.toMatchObject({ cause: { type: 'stopped' } })
  expect(await stateOf(run)).toMatchObject({
    status: 'failed',
    steps: { loss: { status: 'failed' }, broken: { outcome: 'stopped' } },
  })
})

test("a cancel puts back what was written, whether it is the run's own or Temporal's", async () => {
  for (const cancel of [
    (run: WorkflowHandle) => run.executeUpdate('cancelRun', { args: [{ by: 'bo', reason: 'enough' }] }),
    (run: WorkflowHandle) => run.cancel(),
  ]) {
    calls.length = 0
    lossFailures = 0
    const run = await start()
    await eventually(async () => (await stateOf(run)).steps['zone_tell#0']?.status === 'done')
    await cancel(run)
    await expect(run.result()).rejects.toBeInstanceOf(WorkflowFailedError)
    expect((await stateOf(run)).status).toBe('cancelled')
    expect(calls.at(-1)).toMatchObject({ name: 'revertActions', input: { actions: [{ step: 'zone_tell#0' }] } })
  }
})

test('a runbook that runs another: its end is the outcome, its failure the failure of the step', async () => {
  const state: State = await (await start({ limit: 2 }, 'above')).result()
  expect(state.steps).toMatchObject({
    run: { outcome: 'done', output: { status: 'succeeded' } },
    after: { outcome: 'yes' },
  })
  const failing = await start({ limit: 0 }, 'above')
  await expect(failing.result()).rejects.toMatchObject({ cause: { type: 'child-failed' } })
  expect((await stateOf(failing)).steps).toMatchObject({ run: { status: 'failed' }, after: { status: 'skipped' } })
})

test('histories of these runs replay', async () => {
  for (let one = 1; one <= count; one += 1) {
    const workflowId = `${taskQueue}-${one}`
    const history = await client.workflow.getHandle(workflowId).fetchHistory()
    await expect(Worker.runReplayHistory({ workflowBundle }, history, workflowId)).resolves.toBeUndefined()
  }
})

test('wrong parameters fail the workflow at once and name what is wrong', async () => {
  const run = await start({ limit: 'many' })
  await expect(run.result()).rejects.toMatchObject({
    cause: { type: 'bad-params', message: 'The parameter "limit" is not a number.' },
  })
})
