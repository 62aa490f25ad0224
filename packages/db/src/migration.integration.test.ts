import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../test/test-database.ts'
import pg from 'pg'
import { openDatabase, type Database } from './index.ts'
import { migrate } from './migrate.ts'
import { everything, openSchemaEngine, readMigrations } from './schema-engine.ts'

const runId = '5f6f2f4c-6d0a-4b2c-9c1e-0d6f7a6f5a10'
const at = '2026-01-01T00:00:00.000Z'

/** As the first release wrote it. */
const oldPlan = {
  hash: 'sha256:old',
  runbook: { name: 'nightly', title: 'Nightly' },
  params: { zone: { type: 'zone', default: 'a' } },
  steps: [
    {
      id: 'look',
      type: 'judge.chain-loss',
      version: 1,
      title: 'Where is the loss?',
      effect: 'read',
      idempotent: true,
      outcomes: [{ name: 'found', tone: 'abnormal', meaning: 'A step lost.' }],
      input: { chain: { kind: 'literal', value: 'payment' } },
      join: 'all',
      timeoutSeconds: 30,
      retry: { attempts: 3, backoffSeconds: 1 },
      guards: [],
    },
  ],
  edges: [],
  timeoutSeconds: 60,
  onFailure: 'revert',
}

let database: TestDatabase
let db: Database

beforeAll(async () => {
  database = await createTestDatabase()
  await applyFirst(database.url)
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  const plan = JSON.stringify(oldPlan)
  await client.query(
    `INSERT INTO "runbook" ("id", "name", "title", "publishedVersion", "updatedAt") VALUES ('r1', 'nightly', 'Nightly', 1, now())`,
  )
  await client.query(
    `INSERT INTO "runbook_draft" ("runbookId", "revision", "source", "savedBy") VALUES ('r1', 3, 'draft', 'ana')`,
  )
  await client.query(
    `INSERT INTO "runbook_version" ("id", "runbookId", "number", "planHash", "source", "plan", "publishedBy")
     VALUES ('v1', 'r1', 1, 'sha256:old', 'one', $1, 'ana')`,
    [plan],
  )
  await client.query(
    `INSERT INTO "runbook_schedule" ("runbookId", "cron", "timeZone", "params", "paused", "updatedAt")
     VALUES ('r1', '0 3 * * *', 'Europe/Berlin', '{"zone":"b"}', true, now())`,
  )
  await client.query(
    `INSERT INTO "run" ("id", "runbookId", "version", "planHash", "plan", "params", "trigger", "requestedBy", "asOf", "status", "startedAt")
     VALUES ($1, 'r1', 1, 'sha256:old', $2, '{"zone":"a"}', 'schedule', 'schedule', $3, 'succeeded', $3)`,
    [runId, plan, at],
  )
  await client.query(
    `INSERT INTO "step" ("runId", "stepId", "type", "title", "status", "revision", "attempt", "outcome", "startedAt")
     VALUES ($1, 'look', 'judge.chain-loss', 'Where is the loss?', 'done', 1, 1, 'found', $2)`,
    [runId, at],
  )
  await client.query(
    `INSERT INTO "approval" ("id", "runId", "stepId", "status", "question", "plans", "expiresAt")
     VALUES ('a1', $1, 'ask', 'approved', 'Go on?', '[]', $2)`,
    [runId, at],
  )
  await client.end()
  await migrate(database.url)
  db = openDatabase(database.url)
})
afterAll(async () => {
  await db?.close()
  await database?.drop()
})

test('what the first release stored is read as it was meant', async () => {
  expect(await db.runbooks.get('nightly')).toMatchObject({
    publishedVersion: 1,
    draftRevision: 3,
    pointers: [{ environment: 'production', version: 1 }],
    triggers: [
      {
        name: 'schedule',
        environment: 'production',
        paused: true,
        content: {
          kind: 'schedule',
          cron: '0 3 * * *',
          timeZone: 'Europe/Berlin',
          params: { zone: 'b' },
          overlap: 'skip',
        },
      },
    ],
  })
  const published = await db.runbooks.published('nightly')
  expect(published).toMatchObject({ number: 1, note: '', source: 'one', planHash: 'sha256:old' })
  expect(published?.plan).toEqual({
    ...oldPlan,
    steps: [
      {
        ...oldPlan.steps[0],
        parent: null,
        late: {},
        joinDeadlineSeconds: null,
        retry: { attempts: 3, backoffSeconds: 1, nonRetryable: [] },
        mute: null,
        child: null,
      },
    ],
    priority: 'normal',
    concurrency: null,
    express: false,
  })
  expect(await db.plans.get('sha256:old')).toEqual(published?.plan)
})

test('its runs, steps and approvals too', async () => {
  expect(await db.runs.get(runId)).toMatchObject({
    status: 'succeeded',
    environment: 'production',
    express: false,
    payload: null,
    parentRunId: null,
    startedAt: at,
    plan: { hash: 'sha256:old', steps: [{ parent: null }] },
  })
  expect(await db.runs.steps(runId)).toMatchObject([{ stepId: 'look', status: 'done', outcome: 'found', origin: null }])
  expect(await db.approvals.get(runId, 'ask')).toMatchObject({
    status: 'approved',
    needed: 1,
    approvers: [],
    form: {},
    decisions: [],
  })
})

async function applyFirst(url: string): Promise<void> {
  const engine = await openSchemaEngine(url)
  try {
    const all = await readMigrations()
    const migrationsList = { ...all, migrationDirectories: all.migrationDirectories.slice(0, 1) }
    await engine.applyMigrations({ migrationsList, filters: everything })
  } finally {
    engine.free()
  }
}
