import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWorld, type World } from '../test/world.ts'

let world: World

beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world?.close())

const file = (path: string, text: string | null) => ({ path, text, generated: path.startsWith('generated/') })

test('files are written together from a snapshot, and each text is kept', async () => {
  const { modelFiles } = world.db
  expect(await modelFiles.snapshot()).toEqual({ version: 0, files: [] })
  const written = await modelFiles.write({
    version: 0,
    changes: [file('shop.yaml', 'one'), file('generated/a.yaml', 'made')],
    by: 'ada@example.com',
  })
  expect(written).toEqual([
    { path: 'shop.yaml', revision: 1 },
    { path: 'generated/a.yaml', revision: 1 },
  ])
  const first = await modelFiles.snapshot()
  expect(first.version).toBe(2)
  expect(first.files).toEqual([
    { path: 'generated/a.yaml', text: 'made', revision: 1, generated: true, updatedBy: 'ada@example.com' },
    { path: 'shop.yaml', text: 'one', revision: 1, generated: false, updatedBy: 'ada@example.com' },
  ])
  await modelFiles.write({ version: 2, changes: [file('shop.yaml', 'two')], by: 'bob@example.com' })
  expect(await modelFiles.get('shop.yaml')).toMatchObject({ text: 'two', revision: 2, updatedBy: 'bob@example.com' })
  expect(await modelFiles.textOf('shop.yaml', 1)).toBe('one')
  expect(await modelFiles.history('shop.yaml')).toMatchObject([
    { revision: 2, removed: false, savedBy: 'bob@example.com' },
    { revision: 1, removed: false, savedBy: 'ada@example.com' },
  ])
  expect((await modelFiles.list())[1]).not.toHaveProperty('text')
})

test('of two who began with the same snapshot one is refused, and nothing of its write is there', async () => {
  const { modelFiles } = world.db
  const { version } = await modelFiles.snapshot()
  const both = await Promise.allSettled(
    ['x', 'y'].map((name) =>
      modelFiles.write({ version, changes: [file(`${name}.yaml`, name), file('shop.yaml', name)], by: name }),
    ),
  )
  expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'model-conflict' } })
  const { files } = await modelFiles.snapshot()
  const won = files.find(({ path }) => path === 'shop.yaml')?.text
  expect(files.map(({ path }) => path)).toEqual(['generated/a.yaml', 'shop.yaml', `${won}.yaml`])
})

test('a file that was removed keeps its history, and a revision is never given twice', async () => {
  const { modelFiles } = world.db
  const write = async (text: string | null) => {
    const { version } = await modelFiles.snapshot()
    return modelFiles.write({ version, changes: [file('gone.yaml', text)], by: 'ada@example.com' })
  }
  await write('a')
  const before = await modelFiles.version()
  expect(await write(null)).toEqual([{ path: 'gone.yaml', revision: 2 }])
  expect(await modelFiles.get('gone.yaml')).toBeNull()
  expect(await modelFiles.version()).toBe(before + 1)
  expect(await write('b')).toEqual([{ path: 'gone.yaml', revision: 3 }])
  expect(await modelFiles.history('gone.yaml')).toMatchObject([
    { removed: false },
    { removed: true },
    { removed: false },
  ])
})

test('only the newest texts of a file are kept, and the version goes on rising', async () => {
  const { modelFiles } = world.db
  for (let index = 1; index <= 55; index++) {
    const version = await modelFiles.version()
    await modelFiles.write({ version, changes: [file('often.yaml', `text ${index}`)], by: 'ada@example.com' })
    expect(await modelFiles.version()).toBe(version + 1)
  }
  const history = await modelFiles.history('often.yaml')
  expect(history).toHaveLength(50)
  expect(history.at(-1)).toMatchObject({ revision: 6 })
})

test('of long texts fewer are kept', async () => {
  const { modelFiles } = world.db
  await world.sql(`INSERT INTO "model_revision" ("path", "revision", "text", "savedBy")
    SELECT 'generated/long.yaml', "n", repeat('a', 25 * 1024 * 1024), 'ada@example.com' FROM generate_series(1, 3) AS "n"`)
  const version = await modelFiles.version()
  await modelFiles.write({ version, changes: [file('generated/long.yaml', 'short')], by: 'ada@example.com' })
  expect((await modelFiles.history('generated/long.yaml')).map(({ revision }) => revision)).toEqual([4, 3, 2])
})
