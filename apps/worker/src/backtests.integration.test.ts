/** Backtests on real Temporal and PostgreSQL: right cases, nothing written, and none run twice when workers come and go. */
import { Client, Connection } from '@temporalio/client'
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker'
import { openDatabase, type Database } from '@tenon/db'
import { migrate } from '@tenon/db/migrate'
import { createTestDatabase, type TestDatabase } from '@tenon/db/test-database'
import { type Plan, workflowNames } from '@tenon/runbook'
import { packCase } from '@tenon/runbook/backtest'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Cel, plan } from '../test/plans.ts'
import { testNodes, type Trace } from '../test/nodes.ts'
import { createBacktestStore } from './backtest-store.ts'
import { createBacktestActivities } from './backtests.ts'
import { buildBundle } from './bundle.ts'
import { workerOptions } from './worker-options.ts'

Runtime.install({ logger: new DefaultLogger('ERROR') })

let database: TestDatabase
let db: Database
let connection: Connection
let native: NativeConnection
let code: string
const taskQueue = `test-${randomUUID()}`
const trace: Trace = { ran: [], aborted: [], approvers: new Map() }

beforeAll(async () => {
  const address = process.env['TEST_TEMPORAL_ADDRESS']
  if (!address) throw new Error('TEST_TEMPORAL_ADDRESS is not set: run with -c packages/quality/vitest.config.ts')
  code = await buildBundle(new DefaultLogger('WARN'))
  database = await createTestDatabase()
  await migrate(database.url)
  db = openDatabase(database.url)
  connection = await Connection.connect({ address })
  native = await NativeConnection.connect({ address })
  await db.runbooks.create({ name: 'test', title: 'Test', source: '', by: 'ana@example.com' })
})
afterAll(async () => {
  await native?.close()
  await connection?.close()
  await db?.close()
  await database?.drop()
})
beforeEach(() => trace.ran.splice(0))

/** Judges what its parameter says, then would write. */
const judges: Plan = plan(
  [
    { id: 'look', type: 'test.judge', effect: 'read', input: { verdict: new Cel('params.say') } },
    {
      id: 'act',
      type: 'test.write',
      effect: 'write',
      input: { value: new Cel('trigger.payload == null ? "-" : trigger.payload.id') },
    },
  ],
  ['look -done-> act'],
  { params: { say: { type: 'string' } } },
)

async function startWorker(): Promise<{ stop(): Promise<void> }> {
  const nodes = testNodes(trace)
  const worker = await Worker.create({
    ...workerOptions({ connection: native, namespace: 'default', taskQueue }),
    workflowBundle: { code },
    activities: createBacktestActivities({
      store: createBacktestStore(db),
      registry: { find: (type, version) => nodes.find((node) => node.type === type && node.version === version) },
      contextFor: async ({ context, stepId, asOf }) => {
        trace.ran.push(`${context.runId} ${stepId} ${asOf} ${context.mode}`)
        return { runId: context.runId, stepId, asOf } as never
      },
    }),
  })
  const running = worker.run()
  return {
    async stop() {
      worker.shutdown()
      await running
    },
  }
}

type Case = Parameters<Database['backtests']['create']>[0]['cases'][number]
const case1 = (say: string, label: Case['label'] = null, asOf = 1_000_000): Case => ({ asOf, params: { say }, label })

const create = (cases: Case[], made = judges): Promise<string> =>
  db.backtests.create({ name: 'test', version: null, plan: made, title: 't', requestedBy: 'ana@example.com', cases })

const start = (id: string) =>
  new Client({ connection }).workflow.start(workflowNames.runBacktest, {
    taskQueue,
    workflowId: `backtest-${id}`,
    args: [{ backtestId: id }],
  })

test('each case reads with its own clock, and writes are only planned', async () => {
  const cases = [
    case1('normal', 'normal', 1_000_000),
    { ...case1('abnormal', 'normal', 2_000_000), params: packCase({ say: 'abnormal' }, { id: 'alert-1' }) },
    { asOf: 3_000_000, params: { sai: 'x' }, label: null },
  ]
  const id = await create(cases)
  const worker = await startWorker()
  await (await start(id)).result()
  await worker.stop()
  const done = await db.backtests.get(id)
  expect(done).toMatchObject({ status: 'done', error: null })
  expect(done?.cases).toMatchObject([
    { status: 'done', verdict: 'normal', runStatus: 'succeeded', outcomes: { look: 'done', act: 'done' } },
    { status: 'done', verdict: 'abnormal', actions: [{ step: 'act', input: { value: 'alert-1' } }] },
    { status: 'failed', verdict: null, error: { code: 'bad-params', message: 'There is no parameter "sai".' } },
  ])
  expect(trace.ran).toEqual([`backtest-${id}-0 look 1000000 rehearsal`, `backtest-${id}-1 look 2000000 rehearsal`])
})

test('it goes on with the next worker where the last one was, and runs no case twice', async () => {
  const id = await create(Array.from({ length: 25 }, () => case1('normal')))
  const first = await startWorker()
  const handle = await start(id)
  while (trace.ran.length < 5) await new Promise((resolve) => setTimeout(resolve, 5))
  await first.stop()
  const second = await startWorker()
  await handle.result()
  await second.stop()
  const done = await db.backtests.get(id)
  expect(done?.status).toBe('done')
  expect(done?.cases.every(({ status }) => status === 'done')).toBe(true)
  // The case that was under way when the worker went may have been read again; none that was on record.
  expect(new Set(trace.ran).size).toBe(25)
  expect(trace.ran.length).toBeLessThanOrEqual(26)
})

test('ended by a person, also while no worker is there: nothing more is run', async () => {
  const id = await create([case1('normal'), case1('normal')])
  const handle = await start(id)
  await db.backtests.end(id, { status: 'cancelled', error: null })
  const worker = await startWorker()
  await handle.result()
  await worker.stop()
  expect(await db.backtests.get(id)).toMatchObject({
    status: 'cancelled',
    cases: [{ status: 'pending' }, { status: 'pending' }],
  })
  expect(trace.ran).toEqual([])
})

test('a run that fails is a failed case with its reason', async () => {
  const away = plan(
    [{ id: 'look', type: 'test.flaky', effect: 'read', input: { failures: 9 }, retry: { attempts: 2 } }],
    [],
  )
  const id = await create([{ asOf: 1, params: {}, label: 'normal' }], away)
  const worker = await startWorker()
  await (await start(id)).result()
  await worker.stop()
  expect((await db.backtests.get(id))?.cases[0]).toMatchObject({
    status: 'failed',
    runStatus: 'failed',
    error: { code: 'source-unreachable' },
  })
})
