import { expect, test } from 'vitest'
import pg from 'pg'
import { createTestDatabase } from '@tenon/db/test-database'

test('the shared parts of an integration run answer', async () => {
  const database = await createTestDatabase()
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  const { rows } = await client.query<{ name: string }>('select current_database() as name')
  await client.end()
  await database.drop()
  expect(rows[0]?.name).toMatch(/^test_[0-9a-f]{12}$/)

  expect(process.env.TEST_TEMPORAL_ADDRESS).toMatch(/^127\.0\.0\.1:\d+$/)
  const metrics = await fetch(`${process.env.TEST_METRICS_URL}/api/v1/query?query=1`)
  expect(await metrics.json()).toMatchObject({ status: 'success' })
})
