import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createDraftSaver, type SaveAnswer } from './draft-saver.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A server with revisions, as the real one keeps them. */
function server() {
  const state = { revision: 1, source: 'v1', down: false }
  const save = async (input: { baseRevision: number; source: string }): Promise<SaveAnswer> => {
    await Promise.resolve()
    if (state.down) return { kind: 'failed', message: 'The server does not answer.' }
    if (input.baseRevision !== state.revision)
      return { kind: 'conflict', revision: state.revision, source: state.source, savedBy: 'them' }
    state.revision += 1
    state.source = input.source
    return { kind: 'saved', revision: state.revision, at: 0 }
  }
  return { state, save, saver: createDraftSaver({ revision: 1, source: 'v1', savedAt: 0, save }) }
}

test('saves once, a moment after the last change', async () => {
  const { saver, state } = server()
  saver.change(() => 'a')
  saver.change(() => 'ab')
  expect(saver.getState().state).toBe('unsaved')
  await vi.advanceTimersByTimeAsync(1000)
  expect(state).toMatchObject({ source: 'ab', revision: 2 })
  expect(saver.getState().state).toBe('saved')
})

test('a change during a save is saved after it', async () => {
  const { saver, state } = server()
  saver.change(() => 'a')
  const done = saver.flush()
  saver.change(() => 'b')
  expect(await done).toBe(true)
  expect(state.source).toBe('b')
})

test('a newer revision stops the save; nothing of either side is lost', async () => {
  const { saver, state } = server()
  state.revision = 2
  state.source = 'theirs'
  saver.change(() => 'mine')
  expect(await saver.flush()).toBe(false)
  expect(saver.getState()).toEqual({ state: 'conflict', theirs: { revision: 2, source: 'theirs', savedBy: 'them' } })
  saver.change(() => 'mine too')
  await vi.advanceTimersByTimeAsync(60_000)
  expect(state.source).toBe('theirs')
  expect(await saver.saveOver()).toBe(true)
  expect(state.source).toBe('mine too')
})

test('taking theirs goes on from their revision', async () => {
  const { saver, state } = server()
  state.revision = 2
  state.source = 'theirs'
  saver.change(() => 'mine')
  await saver.flush()
  expect(saver.takeTheirs()).toBe('theirs')
  saver.change(() => 'theirs, edited')
  await saver.flush()
  expect(state).toMatchObject({ source: 'theirs, edited', revision: 3 })
})

test('a failed save says so and is tried again', async () => {
  const { saver, state } = server()
  state.down = true
  saver.change(() => 'a')
  await vi.advanceTimersByTimeAsync(1000)
  expect(saver.getState().state).toBe('failed')
  state.down = false
  await vi.advanceTimersByTimeAsync(4000)
  expect(state.source).toBe('a')
})

test('a newer draft from elsewhere is taken over only while nothing of mine is unsaved', async () => {
  const { saver, state } = server()
  expect(saver.adopt({ revision: 1, source: 'v1', at: 5 })).toBe(false)
  expect(saver.adopt({ revision: 2, source: 'theirs', at: 5 })).toBe(true)
  state.revision = 2
  saver.change(() => 'mine')
  expect(saver.adopt({ revision: 3, source: 'theirs again', at: 6 })).toBe(false)
  expect(await saver.flush()).toBe(true)
  expect(state).toMatchObject({ source: 'mine', revision: 3 })
})

test('what was undone before it was saved is not saved; the text is asked for only then', async () => {
  const { saver, state } = server()
  const asked = vi.fn<() => string>(() => 'v1')
  saver.change(() => 'v2')
  saver.change(asked)
  expect(asked).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(1000)
  expect(asked).toHaveBeenCalledTimes(1)
  expect([state.revision, saver.getState().state]).toEqual([1, 'saved'])
})

test('a third draft that came while two were merged asks again, with the second as what both began with', async () => {
  const { saver, state } = server()
  Object.assign(state, { revision: 2, source: 'theirs' })
  saver.change(() => 'mine')
  await saver.flush()
  expect(saver.base()).toBe('v1')
  saver.change(() => 'merged')
  Object.assign(state, { revision: 3, source: 'third' })
  expect(await saver.saveOver()).toBe(false)
  expect(saver.getState()).toMatchObject({ state: 'conflict', theirs: { source: 'third' } })
  expect(saver.base()).toBe('theirs')
})
