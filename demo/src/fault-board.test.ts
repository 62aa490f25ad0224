import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openFaultBoard } from './fault-board.ts'

let folder: string
let file: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenon-board-'))
  file = join(folder, 'state.json')
})
afterEach(() => rm(folder, { recursive: true }))

test('a shop that is started again has the faults that it had, since when they began', async () => {
  const first = await openFaultBoard(file)
  expect(first.isNew).toBe(true)
  await first.board.set('bad-change', { severity: 0.5, since: 1_000 })
  await first.board.set('source-drop', { since: 2_000 })

  const { board, isNew } = await openFaultBoard(file)
  expect(isNew).toBe(false)
  expect(board.active()).toEqual(first.board.active())
  expect(board.conditions().normalOrders).toBe(0.6)
  expect(board.simulated()).toMatchObject([
    { kind: 'bad-change', severity: 0.5, from: 1_000 },
    { kind: 'source-drop', severity: 0.4, from: 2_000 },
  ])
})

test('the same kind again changes the severity and keeps beginning and change', async () => {
  const { board } = await openFaultBoard(file)
  const { changeId } = await board.set('load-test', { since: 1_000 })
  expect(changeId).not.toBeNull()
  expect(await board.set('load-test', { severity: 0.9 })).toMatchObject({ severity: 0.9, since: 1_000, changeId })
  expect(board.active()).toHaveLength(1)
})

test('clearing one leaves the others; clearing all leaves none, also after a restart', async () => {
  const { board } = await openFaultBoard(file)
  await board.set('low-traffic')
  await board.set('zone-latency')
  expect(await board.clear('low-traffic')).toMatchObject([{ kind: 'low-traffic' }])
  expect(await board.clear('low-traffic')).toEqual([])
  expect(await board.clear()).toMatchObject([{ kind: 'zone-latency' }])
  expect((await openFaultBoard(file)).board.active()).toEqual([])
})

test('a change has a number of its own, also after a restart', async () => {
  const first = (await openFaultBoard(file)).board
  const one = (await first.set('bad-change')).changeId
  await first.clear()
  const second = (await openFaultBoard(file)).board
  expect((await second.set('bad-change')).changeId).not.toBe(one)
})

test('many at once are all kept, and no half-written file is left', async () => {
  const { board } = await openFaultBoard(file)
  await Promise.all([
    board.set('bad-change'),
    board.set('load-test'),
    board.set('lost-scrape'),
    board.clear('load-test'),
  ])
  expect((await openFaultBoard(file)).board.active().map(({ kind }) => kind)).toEqual(['bad-change', 'lost-scrape'])
  expect(await readdir(folder)).toEqual(['state.json'])
})

test('a file that is not the shop’s own is refused by name', async () => {
  await writeFile(file, '{"faults": 3}')
  await expect(openFaultBoard(file)).rejects.toMatchObject({
    code: 'bad-state',
    message: expect.stringContaining(file),
  })
})
