import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createTimers } from './timers.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('a timer fires once, not before its time, unless it is cancelled', () => {
  const fired: string[] = []
  const timers = createTimers((id) => fired.push(id))
  timers.start('a', 1)
  timers.start('b', 2)
  timers.start('c', 2)
  timers.cancel('b')
  vi.advanceTimersByTime(999)
  expect(fired).toEqual([])
  vi.advanceTimersByTime(1_001)
  expect(fired).toEqual(['a', 'c'])
})

test('a timer of more than 24 days waits for all of them', () => {
  const fired: string[] = []
  const timers = createTimers((id) => fired.push(id))
  timers.start('long', 40 * 86_400)
  vi.advanceTimersByTime(39 * 86_400_000)
  expect(fired).toEqual([])
  vi.advanceTimersByTime(2 * 86_400_000)
  expect(fired).toEqual(['long'])
  timers.start('other', 40 * 86_400)
  timers.clear()
  vi.advanceTimersByTime(50 * 86_400_000)
  expect(fired).toEqual(['long'])
})
