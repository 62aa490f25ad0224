import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWorld, planOf, type World } from '../test/world.ts'

const by = 'ana@example.com'
let world: World

beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world?.close())

const create = (name: string) => world.db.runbooks.create({ name, title: name, source: 'one', by })
const publication = (name: string, revision: number, source: string) => ({
  name,
  revision,
  title: name,
  source,
  plan: planOf(name, `sha256:${source}`),
  schedule: null,
  by,
})

test('a name is taken once', async () => {
  await create('taken')
  await expect(create('taken')).rejects.toMatchObject({ code: 'name-taken' })
  await expect(world.db.runbooks.draft('nobody')).rejects.toMatchObject({ code: 'unknown-runbook' })
})

test('of two drafts from one revision the second is refused with the first in hand', async () => {
  const { runbooks } = world.db
  await create('edited')
  const save = (source: string) => runbooks.saveDraft({ name: 'edited', baseRevision: 1, source, by })
  const tries = await Promise.allSettled([save('hers'), save('his')])
  const saved = tries.find((one) => one.status === 'fulfilled')?.value
  expect(tries.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: { code: 'draft-conflict', detail: { revision: 2, source: saved?.source } },
  })
  expect(await runbooks.draft('edited')).toMatchObject({ revision: 2, source: saved?.source })
})

test('publishing makes versions that later work does not change, and rollback only points', async () => {
  const { runbooks } = world.db
  await create('shipped')
  expect(await runbooks.publish(publication('shipped', 1, 'one'))).toMatchObject({ version: 1 })
  // The same again is no new version.
  expect(await runbooks.publish(publication('shipped', 1, 'one'))).toMatchObject({ version: 1 })
  const first = await runbooks.version('shipped', 1)

  await runbooks.saveDraft({ name: 'shipped', baseRevision: 1, source: 'two', by })
  await expect(runbooks.publish(publication('shipped', 1, 'one'))).rejects.toMatchObject({ code: 'draft-conflict' })
  expect(await runbooks.publish(publication('shipped', 2, 'two'))).toMatchObject({ version: 2 })
  expect(await runbooks.version('shipped', 1)).toEqual(first)

  await runbooks.rollback('shipped', 1, null)
  expect(await runbooks.get('shipped')).toMatchObject({ publishedVersion: 1, draftRevision: 2 })
  expect((await runbooks.versions('shipped')).map(({ number }) => number)).toEqual([2, 1])
  await expect(runbooks.rollback('shipped', 9, null)).rejects.toMatchObject({ code: 'unknown-version' })
  expect(await runbooks.get('shipped')).toMatchObject({ publishedVersion: 1 })
})

test('a schedule that people paused stays paused through a publish', async () => {
  const { runbooks } = world.db
  await create('nightly')
  const schedule = { cron: '0 3 * * *', timeZone: 'UTC', params: {} }
  await runbooks.publish({ ...publication('nightly', 1, 'one'), schedule })
  await runbooks.setSchedulePaused('nightly', true)
  await runbooks.publish({ ...publication('nightly', 1, 'one'), schedule: { ...schedule, cron: '0 4 * * *' } })
  expect(await runbooks.get('nightly')).toMatchObject({ schedule: { cron: '0 4 * * *', paused: true } })
})
