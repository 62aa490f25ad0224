/** A migrated database of one test file, as the product opens it and as its rows are. */
import { migrate } from '../src/migrate.ts'
import type { Plan } from '@tenon/runbook'
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { createSecretBox, openDatabase, type Database, type NewRun } from '../src/index.ts'
import { createTestDatabase } from './test-database.ts'

export interface World {
  url: string
  db: Database
  /** Rows as they lie in PostgreSQL. */
  sql(statement: string, values?: unknown[]): Promise<Record<string, unknown>[]>
  close(): Promise<void>
}

export async function openWorld(): Promise<World> {
  const database = await createTestDatabase()
  await migrate(database.url)
  const db = openDatabase(database.url, { secretBox: createSecretBox(randomBytes(32).toString('base64')) })
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  return {
    url: database.url,
    db,
    sql: async (statement, values = []) => (await client.query<Record<string, unknown>>(statement, values)).rows,
    async close() {
      await Promise.all([db.close(), client.end()])
      await database.drop()
    },
  }
}

/** A plan without steps; `hash` tells plans apart. */
export function planOf(name: string, hash = 'sha256:one'): Plan {
  return {
    hash,
    runbook: { name, title: name },
    params: {},
    steps: [],
    edges: [],
    timeoutSeconds: 60,
    onFailure: 'keep',
    priority: 'normal',
    concurrency: null,
    express: false,
  }
}

/** A new run of a runbook that exists from now on. */
export async function newRun(db: Database, name: string): Promise<NewRun> {
  const { id } = await db.runbooks.create({ name, title: name, source: `name: ${name}`, by: 'ana@example.com' })
  return {
    runbookId: id,
    version: null,
    plan: planOf(name),
    params: {},
    trigger: 'api',
    requestedBy: 'token:ci',
    asOf: Date.UTC(2026, 0, 1),
  }
}
