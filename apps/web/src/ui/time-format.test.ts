import { describe, expect, it } from 'vitest'
import {
  formatAxisTime,
  formatClock,
  formatCountdown,
  formatDuration,
  formatExact,
  formatRelative,
  formatTime,
  formatZone,
} from './time-format.ts'

const at = Date.UTC(2026, 10, 21, 14, 2, 10)

describe('absolute times', () => {
  it('name their zone', () => {
    expect(formatClock(at, 'utc')).toBe('14:02')
    expect(formatClock(at, 'utc', true)).toBe('14:02:10')
    expect(formatZone(at, 'utc')).toBe('UTC')
    expect(formatTime(at, at + 1000, 'utc')).toBe('14:02 UTC')
    expect(formatExact(at, 'utc')).toBe('21 November 2026, 14:02:10 UTC')
  })
  it('add the day when it is another day', () => {
    expect(formatTime(at, at + 86_400_000, 'utc')).toBe('21 Nov, 14:02 UTC')
  })
})

describe('times of an axis', () => {
  const midnight = Date.UTC(2026, 10, 22)
  it('are clocks within a day', () => {
    expect(formatAxisTime(midnight, 'utc', 3_600_000)).toBe('00:00')
  })
  it('name the day at midnight over more than a day, and always over more than a week', () => {
    expect(formatAxisTime(midnight, 'utc', 2 * 86_400_000)).toBe('22 Nov')
    expect(formatAxisTime(at, 'utc', 2 * 86_400_000)).toBe('14:02')
    expect(formatAxisTime(at, 'utc', 30 * 86_400_000)).toBe('21 Nov')
  })
})

describe('relative times', () => {
  it.each([
    [200, 'just now'],
    [41_900, '41 s ago'],
    [3 * 60_000, '3 min ago'],
    [5 * 3_600_000, '5 h ago'],
    [50 * 3_600_000, '2 d ago'],
    [-5 * 60_000, 'in 5 min'],
  ])('%d ms', (age, words) => {
    expect(formatRelative(at - age, at)).toBe(words)
  })
})

describe('durations', () => {
  it.each([
    [-5, '0 s'],
    [40, '40 ms'],
    [400, '0.4 s'],
    [3_800, '3.8 s'],
    [41_000, '41 s'],
    [250_000, '4 min 10 s'],
    [3_600_000, '1 h'],
    [7_500_000, '2 h 5 min'],
    [76 * 3_600_000, '3 d 4 h'],
  ])('%d ms', (ms, words) => {
    expect(formatDuration(ms)).toBe(words)
  })
})

describe('countdowns', () => {
  it.each([
    [760_000, '12:40'],
    [3_729_000, '1:02:09'],
    [500, '0:01'],
    [0, '0:00'],
    [-4_000, '0:00'],
  ])('%d ms', (ms, words) => {
    expect(formatCountdown(ms)).toBe(words)
  })
})
