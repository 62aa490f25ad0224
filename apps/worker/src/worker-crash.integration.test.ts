/** `kill -9` of the worker in mid-run loses nothing and does nothing twice: real processes, real Temporal, PostgreSQL and edge. */
import { Client, Connection } from '@temporalio/client'
import { createSecretBox, openDatabase, type Database } from '@tenon/db'
import { createPayloadCodec } from '@tenon/db/payload-codec'
import { migrate } from '@tenon/db/migrate'
import { createTestDatabase } from '@tenon/db/test-database'
import { workflowNames, type RunState } from '@tenon/runbook'
import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeBundle } from './bundle.ts'
import { eventually } from '../test/engine.ts'
import { startGatedEdge, type GatedEdge, type Moment } from '../test/gated-edge.ts'
import { plan, runOf } from '../test/plans.ts'
import { startWorkerProcess, type WorkerProcess } from '../test/worker-process.ts'

const address = process.env['TEST_TEMPORAL_ADDRESS'] ?? ''
const zoneA = ['pay-a-1', 'pay-a-2', 'pay-a-3']
const leaseSeconds = 60
let connection: Connection

beforeAll(async () => {
  await writeBundle()
  connection = await Connection.connect({ address })
})
afterAll(() => connection?.close())

/** Its own database, edge, task queue and worker. */
interface World {
  db: Database
  client: Client
  edge: GatedEdge
  taskQueue: string
  startWorker(): Promise<WorkerProcess>
  close(): Promise<void>
}

async function openWorld(): Promise<World> {
  const database = await createTestDatabase()
  await migrate(database.url)
  const key = randomBytes(32).toString('base64')
  const db = openDatabase(database.url, { secretBox: createSecretBox(key) })
  const edge = await startGatedEdge()
  await db.connections.save({ name: 'shop-edge', kind: 'http-edge', url: edge.address })
  await mayActAlone(db)
  const taskQueue = `crash-${randomUUID()}`
  const workers: WorkerProcess[] = []
  return {
    db,
    client: new Client({ connection, dataConverter: { payloadCodecs: [createPayloadCodec(key)] } }),
    edge,
    taskQueue,
    async startWorker() {
      const worker = await startWorkerProcess({
        DATABASE_URL: database.url,
        TEMPORAL_ADDRESS: address,
        TENON_TASK_QUEUE: taskQueue,
        TENON_ENCRYPTION_KEY: key,
        LOG_LEVEL: 'warn',
      })
      workers.push(worker)
      return worker
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.kill()))
      await edge.close()
      await db.close()
      await database.drop()
    },
  }
}

const switchAndTell = plan(
  [
    {
      id: 'switch',
      type: 'act.traffic-switch',
      effect: 'write',
      outcomes: ['done', 'refused', 'not-done', 'unknown'],
      timeoutSeconds: 60,
      input: { entity: 'payment', fromZone: 'A', toZone: 'B', lease: `${leaseSeconds}s` },
    },
    {
      id: 'tell',
      type: 'act.notify',
      effect: 'write',
      outcomes: ['sent'],
      input: { title: 'Switched', body: 'Payment traffic left zone A.', severity: 'info' },
    },
  ],
  ['switch -done-> tell'],
)

/** The run asks nobody. */
async function mayActAlone({ actionRules }: Database): Promise<void> {
  const policy = await actionRules.policy()
  await actionRules.setPolicy({ ...policy, autonomy: { ...policy.autonomy, supervisedSuccesses: 0 } }, 'ana')
  const refusal = await actionRules.grant({
    runbook: 'test',
    kind: 'traffic-switch',
    level: 'automatic',
    reason: 'Nobody is there to approve',
    by: 'ana',
  })
  if (refusal) throw new Error(refusal.message)
}

async function startRun(world: World): Promise<{ runId: string; result: Promise<RunState> }> {
  const { runId, ...input } = runOf(switchAndTell)
  const source = 'tenon: 1\nname: test\ntitle: Test\nnodes: {}\n'
  const runbook = await world.db.runbooks.create({ name: 'test', title: 'Test', source, by: 'ana@example.com' })
  const { params, asOf } = input.context
  const requestedBy = input.context.trigger.by
  const trigger = 'test' as const
  const row = { id: runId, runbookId: runbook.id, version: null, plan: input.plan, params, trigger, requestedBy, asOf }
  await world.db.runs.create(row)
  const handle = await world.client.workflow.start(workflowNames.runRunbook, {
    taskQueue: world.taskQueue,
    workflowId: runId,
    args: [input],
  })
  return { runId, result: handle.result() as Promise<RunState> }
}

describe.concurrent('a worker that is killed', () => {
  test.each<{ moment: Moment; said: string }>([
    { moment: 'before', said: 'while its call is on the way to the edge' },
    { moment: 'after', said: 'after the edge changed and before it learns of it' },
  ])(
    '$said: the next worker finds out, and the switch is made once',
    async ({ moment }) => {
      const world = await openWorld()
      try {
        const first = await world.startWorker()
        const killed = Promise.withResolvers<void>()
        world.edge.atNextChange(moment, async () => {
          await first.kill()
          killed.resolve()
        })
        const { runId, result } = await startRun(world)
        await killed.promise
        const [intended] = await world.db.actions.list({ state: 'open', runId })
        expect(intended?.status).toBe('intended')

        await world.startWorker()
        const state = await result
        expect(state.status).toBe('succeeded')
        expect(state.steps['switch']).toMatchObject({ status: 'done', result: { outcome: 'done' } })
        expect(world.edge.changes).toHaveLength(1)
        expect(await world.edge.weights('payment')).toMatchObject(Object.fromEntries(zoneA.map((name) => [name, 0])))
        const actions = await world.db.actions.list({ state: 'all', runId })
        expect(actions.map(({ status }) => status)).toEqual(['done'])
        const notices = (await world.db.inbox.list()).filter(({ title }) => title === 'Switched')
        expect(notices).toHaveLength(1)
        const run = await eventually(async () => {
          const row = await world.db.runs.get(runId)
          return row?.status === 'running' ? null : row
        })
        expect(run.status).toBe('succeeded')

        // The lease began before the first worker died and puts the switch back by itself.
        await eventually(async () => (await world.db.actions.list({ state: 'all', runId }))[0]?.status === 'expired')
        expect(await world.edge.weights('payment')).toMatchObject(Object.fromEntries(zoneA.map((name) => [name, 100])))
        expect(world.edge.changes).toHaveLength(2)
      } finally {
        await world.close()
      }
    },
    180_000,
  )

  test('and whose run is gone before any worker is back: its lease still reverts', async () => {
    const world = await openWorld()
    try {
      const first = await world.startWorker()
      const { runId, result } = await startRun(world)
      await result
      await first.kill()
      expect(await world.edge.weights('payment')).toMatchObject({ 'pay-a-1': 0 })
      await world.startWorker()
      await eventually(async () => (await world.db.actions.list({ state: 'all', runId }))[0]?.status === 'expired')
      expect(await world.edge.weights('payment')).toMatchObject({ 'pay-a-1': 100, 'pay-b-1': 100 })
    } finally {
      await world.close()
    }
  }, 180_000)

  test('stops by itself within its grace when it is told to', async () => {
    const world = await openWorld()
    try {
      const worker = await world.startWorker()
      expect(await worker.stop(), worker.log()).toBe(0)
    } finally {
      await world.close()
    }
  }, 60_000)
})
