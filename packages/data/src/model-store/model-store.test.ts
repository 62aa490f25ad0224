import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DataError } from '../data-error.ts'
import { changeModel } from './change-model.ts'
import { createLiveData } from './live-data.ts'
import type { ModelStore, StoredFile } from './model-store.ts'
import { syncModelFolder } from './sync-folder.ts'

const entity = (id: string) => `tenonModel: 1\nentities:\n  - { id: ${id}, kind: service }\n`
const bad = 'tenonModel: 1\nentities:\n  - { id: 7, kind: service }\n'

/** Files in memory, with the same promises as the database's. */
function memory(files: Record<string, string> = {}) {
  const stored = new Map<string, StoredFile>()
  let version = 0
  const put = (path: string, text: string | null, updatedBy: string) => {
    version += 1
    if (text === null) stored.delete(path)
    else stored.set(path, { path, text, revision: version, generated: path.startsWith('generated/'), updatedBy })
  }
  for (const [path, text] of Object.entries(files)) put(path, text, 'ada')
  const store: ModelStore = {
    snapshot: async () => ({ version, files: [...stored.values()] }),
    async write(write) {
      if (write.version !== version) throw Object.assign(new Error('changed'), { code: 'model-conflict' })
      for (const { path, text } of write.changes) put(path, text, write.by)
    },
  }
  return { store, put, texts: () => Object.fromEntries([...stored].map(([path, { text }]) => [path, text])) }
}

describe('a model that changes while it is used', () => {
  const liveOver = (store: ModelStore, notices: string[] = []) =>
    createLiveData({ store, folder: null, sources: async () => null, onNotice: (notice) => notices.push(notice) })

  test('the newest that fits together is used; one with a mistake never is', async () => {
    const { store, put } = memory({ 'shop.yaml': entity('gateway') })
    const notices: string[] = []
    const live = liveOver(store, notices)
    const first = await live.current()
    expect(first.model.entities).toMatchObject([{ id: 'gateway' }])
    put('more.yaml', bad, 'ada')
    await live.reload()
    await live.reload()
    expect(await live.current()).toBe(first)
    expect(live.refusal()?.message).toMatch(/^more\.yaml, line 3/)
    expect(notices).toHaveLength(1)
    put('more.yaml', entity('payment'), 'ada')
    await live.reload()
    const second = await live.current()
    expect(second.model.entities.map(({ id }) => id).toSorted()).toEqual(['gateway', 'payment'])
    expect(live.refusal()).toBeNull()
    // Who holds the one before goes on with it.
    expect(await first.entity({})).toHaveLength(1)
    await live.close()
  })

  test('a change that comes while one is read is not missed', async () => {
    const { store, put } = memory({ 'shop.yaml': entity('gateway') })
    const gate = Promise.withResolvers<void>()
    let asked = 0
    const live = liveOver({
      ...store,
      async snapshot() {
        const seen = await store.snapshot()
        asked += 1
        if (asked === 1) await gate.promise
        return seen
      },
    })
    const first = live.current()
    await new Promise(setImmediate)
    put('more.yaml', entity('payment'), 'ada')
    const second = live.reload()
    gate.resolve()
    await Promise.all([first, second])
    expect((await live.current()).model.entities).toHaveLength(2)
  })

  test('without any file the model is empty, and a first model with a mistake is an error of each question', async () => {
    expect((await liveOver(memory().store).current()).model.entities).toEqual([])
    await expect(liveOver(memory({ 'a.yaml': bad }).store).current()).rejects.toBeInstanceOf(DataError)
  })
})

describe('changing it', () => {
  test('what would not fit together is not written', async () => {
    const { store, texts } = memory({ 'shop.yaml': entity('gateway') })
    const relation = 'tenonModel: 1\nrelations:\n  - { from: gateway, to: nothing, kind: calls }\n'
    const change = { path: 'more.yaml', text: relation, generated: false }
    await expect(changeModel({ store, by: 'ada', make: () => [change] })).rejects.toMatchObject({ code: 'bad-model' })
    expect(Object.keys(texts())).toEqual(['shop.yaml'])
  })

  test('another who wrote meanwhile makes it begin again with the newer files', async () => {
    const { store, put, texts } = memory({ 'shop.yaml': entity('gateway') })
    const seen: number[] = []
    await changeModel({
      store,
      by: 'ada',
      make(files) {
        seen.push(files.length)
        if (seen.length === 1) put('other.yaml', entity('payment'), 'bob')
        return [{ path: 'mine.yaml', text: entity('cashier'), generated: false }]
      },
    })
    expect(seen).toEqual([1, 2])
    expect(Object.keys(texts())).toEqual(['shop.yaml', 'other.yaml', 'mine.yaml'])
  })
})

describe('a folder at start', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tenon-model-'))
  })
  afterEach(() => rm(folder, { recursive: true }))
  const file = (name: string, text: string) => writeFile(join(folder, name), text)

  test('is the first model; later its files follow it until somebody changes them here', async () => {
    const { store, put, texts } = memory()
    await file('shop.yaml', entity('gateway'))
    await file('more.yaml', entity('payment'))
    expect(await syncModelFolder(folder, store)).toEqual({ changed: ['more.yaml', 'shop.yaml'], kept: [] })
    expect(await syncModelFolder(folder, store)).toEqual({ changed: [], kept: [] })
    put('shop.yaml', entity('edge'), 'ada')
    await file('shop.yaml', entity('other'))
    await rm(join(folder, 'more.yaml'))
    expect(await syncModelFolder(folder, store)).toEqual({ changed: ['more.yaml'], kept: ['shop.yaml'] })
    expect(texts()).toEqual({ 'shop.yaml': entity('edge') })
  })

  test('with a mistake changes nothing', async () => {
    const { store, texts } = memory()
    await file('shop.yaml', bad)
    await expect(syncModelFolder(folder, store)).rejects.toMatchObject({ code: 'bad-model' })
    expect(texts()).toEqual({})
  })

  test('with a mistake is an error of each question until it is corrected, unless there is a stored model', async () => {
    await file('shop.yaml', bad)
    const notices: string[] = []
    const liveOver = (store: ModelStore) =>
      createLiveData({ store, folder, sources: async () => null, onNotice: (notice) => notices.push(notice) })
    const stored = liveOver(memory({ 'mine.yaml': entity('payment') }).store)
    expect((await stored.current()).model.entities).toHaveLength(1)
    expect(notices).toEqual([expect.stringContaining('shop.yaml, line 3')])
    const live = liveOver(memory().store)
    await expect(live.current()).rejects.toMatchObject({ code: 'bad-model' })
    await file('shop.yaml', entity('gateway'))
    expect((await live.current()).model.entities).toHaveLength(1)
  })
})
