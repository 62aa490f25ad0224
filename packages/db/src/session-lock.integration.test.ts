import { afterAll, beforeAll, expect, test } from 'vitest'
import pg from 'pg'
import { createTestDatabase, type TestDatabase } from '../test/test-database.ts'
import { createSessionLock } from './session-lock.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

test('one of two holds it, and the other takes over when the first lets go', async () => {
  const [first, second] = [createSessionLock(database.url, 'a'), createSessionLock(database.url, 'a')]
  expect(await first.take()).toBe(true)
  expect(await second.take()).toBe(false)
  expect(await first.take()).toBe(true)
  await first.close()
  expect(await second.take()).toBe(true)
  expect(await first.take()).toBe(false)
  await Promise.all([first.close(), second.close()])
})

test('locks of other names do not know of each other', async () => {
  const [one, other] = [createSessionLock(database.url, 'b'), createSessionLock(database.url, 'c')]
  expect(await Promise.all([one.take(), other.take()])).toEqual([true, true])
  await Promise.all([one.close(), other.close()])
})

test('a connection that PostgreSQL ends takes the lock with it, and its holder knows', async () => {
  const [first, second] = [createSessionLock(database.url, 'd'), createSessionLock(database.url, 'd')]
  expect(await first.take()).toBe(true)
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  await client.query(
    `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
  )
  await client.end()
  expect(await second.take()).toBe(true)
  expect(await first.take()).toBe(false)
  await Promise.all([first.close(), second.close()])
})

test('a database that is away is no, not an error', async () => {
  const lock = createSessionLock(database.url.replace(/:\d+\//, ':1/'), 'a')
  expect(await lock.take()).toBe(false)
  await lock.close()
})
