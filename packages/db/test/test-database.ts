/** A database of one test file on the shared PostgreSQL of an integration run. */
import { randomBytes } from 'node:crypto'
import pg from 'pg'

export interface TestDatabase {
  url: string
  /** For what is no database of the product's own; one statement. */
  query: (statement: string) => Promise<Record<string, unknown>[]>
  drop: () => Promise<void>
}

/**
 * Makes an empty database; migrate it with `migrate(url)` of @tenon/db/migrate.
 *
 * @example
 * const database = await createTestDatabase()
 * afterAll(() => database.drop())
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const base = process.env.TEST_DATABASE_URL
  if (!base) {
    throw new Error(
      'TEST_DATABASE_URL is not set. Run integration tests with: npx vitest run -c packages/quality/vitest.config.ts <path>',
    )
  }
  const name = `test_${randomBytes(6).toString('hex')}`
  await execute(base, `CREATE DATABASE ${name}`)
  const url = new URL(base)
  url.pathname = `/${name}`
  return {
    url: url.href,
    query: (statement) => execute(url.href, statement),
    async drop() {
      await execute(base, `DROP DATABASE ${name} WITH (FORCE)`)
    },
  }
}

async function execute(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<Record<string, unknown>>(statement)
    return rows
  } finally {
    await client.end()
  }
}
