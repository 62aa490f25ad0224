import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../test/test-database.ts'
import { openDatabase, type Database } from './database.ts'
import { resumeWritesAt, stopWritesAt, writeStopsAt } from './emergency-stop.ts'
import { migrate } from './migrate.ts'

let database: TestDatabase
let db: Database
beforeAll(async () => {
  database = await createTestDatabase()
  await migrate(database.url)
  db = openDatabase(database.url)
})
afterAll(async () => {
  await db.close()
  await database.drop()
})

test('a stop straight in PostgreSQL is the one that the pages show, and the other way round', async () => {
  await stopWritesAt(database.url, { scope: 'all', by: 'cli:ann', reason: 'fire' })
  await stopWritesAt(database.url, { scope: 'kind:scale', by: 'cli:ann', reason: 'the cluster moves' })
  const stops = await db.settings.writeStops()
  expect(stops.map(({ scope, reason }) => [scope, reason])).toEqual([
    ['kind:scale', 'the cluster moves'],
    ['all', 'fire'],
  ])
  expect(await writeStopsAt(database.url)).toEqual(stops)
  expect(await db.settings.writesStopped()).toMatchObject({ by: 'cli:ann', reason: 'fire' })

  await resumeWritesAt(database.url, { scope: 'all', by: 'cli:ann' })
  expect(await db.settings.writesStopped()).toBeNull()
  await db.settings.resumeWrites('kind:scale')
  expect(await writeStopsAt(database.url)).toEqual([])
  await db.settings.stopWrites('bob', 'mine', 'runbook:payment-down')
  expect(await writeStopsAt(database.url)).toMatchObject([{ scope: 'runbook:payment-down', by: 'bob', reason: 'mine' }])
  await db.settings.resumeWrites('runbook:payment-down')

  expect((await db.audit.list()).map(({ actor, action, subject }) => [actor, action, subject])).toEqual([
    ['cli:ann', 'writes.resume', 'all'],
    ['cli:ann', 'writes.stop', 'kind:scale'],
    ['cli:ann', 'writes.stop', 'all'],
  ])
})

test('what is no scope is refused before anything is asked', async () => {
  await expect(stopWritesAt(database.url, { scope: 'everything', by: 'ann', reason: 'x' })).rejects.toThrow(
    /nothing that can be stopped/,
  )
})

const breaking = (minutes: number) => ({
  by: 'ann',
  actor: 'user:1',
  reason: 'the floor is on fire',
  minutes,
  notice: { title: 'ann broke the glass', body: 'the floor is on fire', link: '/actions' },
})

test('the glass is broken for at most an hour, and can be mended', async () => {
  expect(await db.settings.brokenGlass()).toBeNull()
  for (const minutes of [0, 61, 1.5, NaN])
    await expect(db.settings.breakGlass(breaking(minutes))).rejects.toThrow(/1 to 60 minutes/)
  expect(await db.inbox.list()).toEqual([])
  await db.settings.breakGlass(breaking(60))
  const glass = await db.settings.brokenGlass()
  expect(glass).toMatchObject({ by: 'ann', reason: 'the floor is on fire' })
  expect(Math.round((Date.parse(glass?.until ?? '') - Date.parse(glass?.at ?? '')) / 60_000)).toBe(60)
  await db.settings.mendGlass({ actor: 'user:2' })
  expect(await db.settings.brokenGlass()).toBeNull()
  expect((await db.audit.list()).map(({ actor, action }) => [actor, action]).slice(0, 2)).toEqual([
    ['user:2', 'writes.mend-glass'],
    ['user:1', 'writes.break-glass'],
  ])
  expect(await db.inbox.list()).toMatchObject([{ title: 'ann broke the glass', severity: 'critical' }])
})

test('glass that cannot be put on record is not broken', async () => {
  const notice = { ...breaking(5).notice, title: 'a title that PostgreSQL does not take: \0' }
  await expect(db.settings.breakGlass({ ...breaking(5), notice })).rejects.toThrow(/null character|0x00|\\u0000/)
  expect(await db.settings.brokenGlass()).toBeNull()
  expect((await db.audit.list())[0]).toMatchObject({ actor: 'user:2' })
})
