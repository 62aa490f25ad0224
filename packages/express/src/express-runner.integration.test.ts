import { openDatabase, type Database } from '@tenon/db'
import { migrate } from '@tenon/db/migrate'
import { createTestDatabase, type TestDatabase } from '@tenon/db/test-database'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { contextOf, edge, planOf, read, registryOf, set } from '../test/plans.ts'
import { createExpressRunner } from './express-runner.ts'

let database: TestDatabase
let db: Database
let runbookId: string

beforeAll(async () => {
  database = await createTestDatabase()
  await migrate(database.url)
  db = openDatabase(database.url)
  const by = 'ana@example.com'
  runbookId = (await db.runbooks.create({ name: 'quick', title: 'Quick', source: 'name: quick', by })).id
})
afterAll(async () => {
  await db?.close()
  await database?.drop()
})

const runner = createExpressRunner({
  nodes: registryOf({ calls: [], answer: async (stepId) => `from ${stepId}` }),
  contextFor: async () => ({
    data: {} as never,
    changes: { between: async () => [] },
    alerts: { current: async () => [] },
  }),
  record: (batch) => db.runs.createMany(batch),
})

test('a run that has ended is there for everyone, with its steps', async () => {
  const plan = planOf([read('look'), set('after', 'steps.look.output.said'), read('not')], {
    edges: [edge('look', 'after'), edge('look', 'not', 'error')],
  })
  const context = contextOf({ trigger: { kind: 'webhook', by: 'webhook:quick/alerts', payload: { alert: 'x' } } })
  await runner.run({ plan, context }, { runbookId, version: 2, baseRunId: null })
  expect(await db.runs.get(context.runId)).toMatchObject({
    express: true,
    status: 'succeeded',
    version: 2,
    trigger: 'webhook',
    payload: { alert: 'x' },
    plan: { hash: plan.hash },
    endedAt: expect.any(String) as string,
  })
  expect(await db.runs.steps(context.runId)).toMatchObject([
    { stepId: 'look', status: 'done', type: 'test.read', outcome: 'done', output: { said: 'from look' } },
    { stepId: 'after', status: 'done', output: { value: 'from look' } },
    { stepId: 'not', status: 'skipped', startedAt: null },
  ])
})

test('many at once are all on record when they have ended', async () => {
  const plan = planOf([set('one', '1')])
  const ids = await Promise.all(
    Array.from({ length: 300 }, async () => {
      const context = contextOf()
      await runner.run({ plan, context }, { runbookId, version: 1, baseRunId: null })
      return context.runId
    }),
  )
  const known = await Promise.all(ids.map((id) => db.runs.summary(id)))
  expect(known.every((run) => run?.status === 'succeeded')).toBe(true)
})

test('a run of a runbook that was deleted leaves nothing, and spoils nothing', async () => {
  const plan = planOf([set('one', '1')])
  const [lost, kept] = [contextOf(), contextOf()]
  await Promise.all([
    runner.run({ plan, context: lost }, { runbookId: crypto.randomUUID(), version: 1, baseRunId: null }),
    runner.run({ plan, context: kept }, { runbookId, version: 1, baseRunId: null }),
  ])
  expect(await db.runs.get(lost.runId)).toBeNull()
  expect(await db.runs.get(kept.runId)).toMatchObject({ status: 'succeeded' })
})
