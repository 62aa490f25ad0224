import { createSecretBox, openDatabase, type Database } from '@tenon/db'
import { migrate } from '@tenon/db/migrate'
import { createTestDatabase } from '@tenon/db/test-database'
import { runStart, type Plan, type RunState } from '@tenon/runbook'
import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually, startEngine, type Engine } from '../test/engine.ts'
import { testNodes, type Trace } from '../test/nodes.ts'
import { answer, plan, runOf } from '../test/plans.ts'
import { repairRuns, type RepairDeps } from './repair-runs.ts'
import { createRunStarter } from './run-starter.ts'
import { createRunStore } from './run-store.ts'

const trace: Trace = { ran: [], aborted: [], approvers: new Map() }
let engine: Engine
let db: Database
let deps: RepairDeps
let runbookId: string
let drop: () => Promise<void>
/** Whether the worker can write to the database. */
let reachable = true

beforeAll(async () => {
  const database = await createTestDatabase()
  await migrate(database.url)
  db = openDatabase(database.url, { secretBox: createSecretBox(randomBytes(32).toString('base64')) })
  const store = createRunStore(db)
  const taskQueue = `repair-${randomUUID()}`
  engine = await startEngine(testNodes(trace), {
    taskQueue,
    runs: {
      ...store,
      project: async (projection) => {
        if (reachable) await store.project(projection)
      },
    },
  })
  deps = {
    db,
    client: engine.client,
    starter: createRunStarter({ client: engine.client, taskQueue, db }),
    // Also a row of this very millisecond is old enough here.
    settleAfter: -1,
    onError: (what, error) => {
      throw new Error(what, { cause: error })
    },
  }
  const source = 'tenon: 1\nname: test\ntitle: Test\nnodes: {}\n'
  runbookId = (await db.runbooks.create({ name: 'test', title: 'Test', source, by: 'ana@example.com' })).id
  drop = async () => {
    await db.close()
    await database.drop()
  }
})
afterAll(async () => {
  await engine.stop()
  await drop()
})

/** A row as an accepted trigger leaves it. */
async function row(made: Plan, more: { version?: number | null; concurrencyKey?: string; baseRunId?: string } = {}) {
  const run = runOf(made)
  const { params, asOf, trigger } = run.context
  await db.runs.create({
    id: run.runId,
    runbookId,
    version: 1,
    plan: made,
    params,
    asOf,
    trigger: trigger.kind,
    requestedBy: trigger.by,
    ...more,
  })
  return run
}

const quick = plan([answer('a')], [])
const hang = plan([{ id: 'a', type: 'test.hang', effect: 'read' }], [])
const stateOf = (runId: string) => engine.client.workflow.getHandle(runId).result() as Promise<RunState>

describe('a run that was accepted and never began', () => {
  test('is begun, once, however often it is looked for', async () => {
    const run = await row(quick)
    const [first, second] = await Promise.all([repairRuns(deps), repairRuns(deps)])
    expect([...first.begun, ...second.begun]).toContain(run.runId)
    expect(await stateOf(run.runId)).toMatchObject({ status: 'succeeded' })
    await eventually(async () => (await db.runs.summary(run.runId))?.status === 'succeeded')
    expect(trace.ran.filter((step) => step === `${run.runId}/a`)).toHaveLength(1)
    expect((await repairRuns(deps)).begun).not.toContain(run.runId)
  })

  test('passes the gate of its concurrency key', async () => {
    const made = plan([answer('a')], [], { concurrency: { key: { kind: 'literal', value: 'k' }, policy: 'queue' } })
    const run = await row(made, { concurrencyKey: randomUUID() })
    await repairRuns(deps)
    await eventually(async () => (await db.runs.summary(run.runId))?.status === 'succeeded')
    const { raw } = await engine.client.workflow.getHandle(run.runId).describe()
    expect(raw.workflowExecutionInfo?.parentExecution?.workflowId).toMatch(/^gate-/)
  })

  test('of a draft, or from a step on, fails: its row does not say all that was asked for', async () => {
    const runs = [await row(quick, { version: null }), await row(quick, { baseRunId: randomUUID() })]
    await repairRuns(deps)
    for (const { runId } of runs) {
      expect(await db.runs.get(runId)).toMatchObject({ status: 'failed', error: { code: 'workflow-missing' } })
      expect(trace.ran).not.toContain(`${runId}/a`)
    }
  })
})

describe('a run that the database lost sight of', () => {
  test('ended while the database was away: its row is corrected, with its steps', async () => {
    const run = await row(quick)
    reachable = false
    await engine.start(run)
    await stateOf(run.runId)
    reachable = true
    expect(await db.runs.summary(run.runId)).toMatchObject({ status: 'running' })
    expect((await repairRuns(deps)).repaired).toContain(run.runId)
    expect(await db.runs.summary(run.runId)).toMatchObject({ status: 'succeeded' })
    expect(await db.runs.steps(run.runId)).toMatchObject([{ stepId: 'a', status: 'done', outcome: 'done' }])
  })

  test('was terminated: it failed, and its steps are cancelled', async () => {
    const run = await row(hang)
    const handle = await engine.start(run)
    await eventually(() => trace.ran.includes(`${run.runId}/a`))
    await engine.client.workflow.getHandle(handle.workflowId).terminate('test')
    await repairRuns(deps)
    expect(await db.runs.get(run.runId)).toMatchObject({ status: 'failed', error: { code: 'workflow-ended' } })
    expect(await db.runs.steps(run.runId)).toMatchObject([{ stepId: 'a', status: 'cancelled' }])
  })

  test('goes on: nothing is done to it', async () => {
    const run = await row(hang)
    await engine.start(run)
    await eventually(() => trace.ran.includes(`${run.runId}/a`))
    const { begun, repaired } = await repairRuns(deps)
    expect([...begun, ...repaired]).not.toContain(run.runId)
    await engine.client.workflow.getHandle(run.runId).cancel()
    await stateOf(run.runId)
  })
})

test('a long plan travels by its hash and is read from the database', async () => {
  const many = Array.from({ length: 250 }, (_, index) => answer(`s${index}`, { waitMs: 0, pad: 'x'.repeat(600) }))
  const made = plan(
    many.map((one) => ({ ...one, mute: 'done' })),
    [],
  )
  const run = await row(made)
  const start = runStart(run)
  expect(start).toMatchObject({ planRef: made.hash })
  expect(start.plan).toBeUndefined()
  await deps.starter.start(run, null)
  expect(await stateOf(run.runId)).toMatchObject({ status: 'succeeded' })
}, 60_000)
