/** A world for tests of the whole worker as its own process: a database, an edge, a task queue of its own, and runs that ask nobody. */
import { Client, Connection } from '@temporalio/client'
import { createSecretBox, openDatabase, type Database } from '@tenon/db'
import { createPayloadCodec } from '@tenon/db/payload-codec'
import { migrate } from '@tenon/db/migrate'
import { createTestDatabase } from '@tenon/db/test-database'
import { workflowNames, type Plan, type RunState } from '@tenon/runbook'
import { randomBytes, randomUUID } from 'node:crypto'
import { createLeases, type Leases } from '../src/leases.ts'
import { startGatedEdge, type GatedEdge } from './gated-edge.ts'
import { runOf } from './plans.ts'
import { startWorkerProcess, type WorkerProcess } from './worker-process.ts'

export interface WorkerWorld {
  db: Database
  databaseUrl: string
  edge: GatedEdge
  leases: Leases
  /** Ends with the world, if it still runs. */
  startWorker(): Promise<WorkerProcess>
  /** `result` asks Temporal. */
  startRun(plan: Plan): Promise<{ runId: string; result: () => Promise<RunState> }>
  close(): Promise<void>
}

/** @param address of Temporal. @param environment of the workers, over what they need. */
export async function openWorkerWorld(address: string, environment: Record<string, string> = {}): Promise<WorkerWorld> {
  const database = await createTestDatabase()
  await migrate(database.url)
  const key = randomBytes(32).toString('base64')
  const db = openDatabase(database.url, { secretBox: createSecretBox(key) })
  const edge = await startGatedEdge()
  await db.connections.save({ name: 'shop-edge', kind: 'http-edge', url: edge.address })
  await askNobody(db)
  const source = 'tenon: 1\nname: test\ntitle: Test\nnodes: {}\n'
  const runbook = await db.runbooks.create({ name: 'test', title: 'Test', source, by: 'ana@example.com' })
  const connection = await Connection.connect({ address })
  const client = new Client({ connection, dataConverter: { payloadCodecs: [createPayloadCodec(key)] } })
  const taskQueue = `world-${randomUUID()}`
  const workers: WorkerProcess[] = []
  return {
    db,
    databaseUrl: database.url,
    edge,
    leases: createLeases(client, taskQueue),
    async startWorker() {
      const worker = await startWorkerProcess({
        DATABASE_URL: database.url,
        TEMPORAL_ADDRESS: address,
        TENON_TASK_QUEUE: taskQueue,
        TENON_ENCRYPTION_KEY: key,
        LOG_LEVEL: 'warn',
        ...environment,
      })
      workers.push(worker)
      return worker
    },
    async startRun(made) {
      const { runId, ...input } = runOf(made)
      const { params, asOf, trigger } = input.context
      await db.runs.create({
        id: runId,
        runbookId: runbook.id,
        version: null,
        plan: input.plan,
        params,
        trigger: 'test',
        requestedBy: trigger.by,
        asOf,
      })
      const handle = await client.workflow.start(workflowNames.runRunbook, {
        taskQueue,
        workflowId: runId,
        args: [input],
      })
      return { runId, result: async () => (await handle.result()) as RunState }
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.kill()))
      await edge.close()
      await connection.close()
      await db.close()
      await database.drop()
    },
  }
}

/** A grant would not do: it ends with the first action that nobody could verify. */
async function askNobody({ actionRules }: Database): Promise<void> {
  const policy = await actionRules.policy()
  await actionRules.setPolicy({ ...policy, autonomy: { ...policy.autonomy, required: false } }, 'ana')
}
