import { openDatabase, type Database } from '@tenon/db'
import { migrate } from '@tenon/db/migrate'
import { createTestDatabase } from '@tenon/db/test-database'
import { scheduleTrigger, workflowNames, type Plan } from '@tenon/runbook'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, startEngine, type Engine } from '../../test/engine.ts'
import { testNodes } from '../../test/nodes.ts'
import { answer, plan } from '../../test/plans.ts'
import { createRunStarter } from '../run-starter.ts'
import { createRunStore } from '../run-store.ts'

let engine: Engine
let db: Database
let drop: () => Promise<void>

beforeAll(async () => {
  const database = await createTestDatabase()
  await migrate(database.url)
  db = openDatabase(database.url)
  const taskQueue = `scheduled-${randomUUID()}`
  engine = await startEngine(testNodes({ ran: [], aborted: [], approvers: new Map() }), {
    taskQueue,
    runs: createRunStore(db),
    others: {
      enterGate: (call) => starter(taskQueue).enterGate(call),
      joinRun: (call) => starter(taskQueue).joinRun(call),
      cancelRun: (call) => starter(taskQueue).cancelRun(call),
      watchRun: (runId, signal) => starter(taskQueue).watchRun(runId, signal),
    },
  })
  drop = async () => {
    await db.close()
    await database.drop()
  }
})
afterAll(async () => {
  await engine.stop()
  await drop()
})

/** Made when it is asked: its client is the engine's. */
const starter = (taskQueue: string) => createRunStarter({ client: engine.client, taskQueue, db })
const fire = (runbook: string) => ({ runbook, environment: 'production', trigger: 'hourly' })

async function publish(name: string, made: Plan): Promise<void> {
  const by = 'ana@example.com'
  const triggers = { hourly: scheduleTrigger.parse({ kind: 'schedule', every: '1h' }) }
  const source = `tenon: 1\nname: ${name}\ntitle: T\ntriggers:\n  hourly: { kind: schedule, every: 1h }\nnodes: {}\n`
  await db.runbooks.create({ name, title: 'T', source, by })
  await db.runbooks.publish({ name, title: 'T', revision: 1, source, by, plan: made, triggers })
}

test('a run that is made up for looks at the time for which it was due', async () => {
  await publish('late', plan([answer('a')], []))
  const scheduleId = `late-${randomUUID()}`
  const { schedule } = engine.client
  const handle = await schedule.create({
    scheduleId,
    spec: { intervals: [{ every: '1h' }] },
    state: { paused: true },
    action: {
      type: 'startWorkflow',
      workflowType: workflowNames.runScheduled,
      args: [fire('late')],
      taskQueue: engine.taskQueue,
    },
  })
  const hour = 3_600_000
  const first = (Math.floor(Date.now() / hour) - 5) * hour
  await handle.backfill({ start: new Date(first - 1), end: new Date(first + hour + 1), overlap: 'ALLOW_ALL' })
  const runs = await eventually(async () => {
    const found = await db.runs.list({ name: 'late' })
    return found.length === 2 && found.every(({ status }) => status === 'succeeded') ? found : null
  })
  await handle.delete()
  const looked = await Promise.all(runs.map(async ({ id }) => (await db.runs.get(id))?.asOf))
  expect(new Set(looked.map((at) => Date.parse(at ?? '')))).toEqual(new Set([first, first + hour]))
  expect(await db.inbound.list({ runbook: 'late' })).toMatchObject([{ disposition: 'ran' }, { disposition: 'ran' }])
}, 30_000)

test.each([
  ['drop', 'filtered'],
  ['queue', 'queued'],
  ['join', 'joined'],
] as const)(
  'a firing that meets a run of its key is on record as what became of it: %s',
  async (policy, then) => {
    const runbook = `gated-${policy}`
    const key = { kind: 'literal', value: runbook } as const
    await publish(runbook, plan([answer('a', { waitMs: 1500 })], [], { concurrency: { key, policy } }))
    const start = (id: string) =>
      engine.client.workflow.start(workflowNames.runScheduled, {
        taskQueue: engine.taskQueue,
        workflowId: id,
        args: [fire(runbook)],
      })
    const dispositions = async (): Promise<string[]> =>
      (await db.inbound.list({ runbook })).map(({ disposition }) => disposition).toSorted()
    const first = await start(`${runbook}-1`)
    await eventually(async () => (await dispositions()).includes('ran'))
    const second = await start(`${runbook}-2`)
    await eventually(async () => (await dispositions()).includes(then))
    await Promise.all([first.result(), second.result()])
    expect(await dispositions()).toEqual([then, 'ran'].toSorted())
  },
  30_000,
)
