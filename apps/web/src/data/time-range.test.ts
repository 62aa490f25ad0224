import { describe, expect, it } from 'vitest'
import {
  alignSpan,
  fixedRange,
  followsNow,
  rangeTitle,
  shiftSpan,
  spanOf,
  stepSecondsFor,
  zoomOutSpan,
} from './time-range.ts'

const now = Date.UTC(2026, 10, 29, 12)
const hour = 3_600_000

describe('a range in the address', () => {
  it('is read at now', () => {
    expect(spanOf({ from: 'now-6h', to: 'now' }, now)).toEqual({ from: now - 6 * hour, to: now })
    expect(spanOf({ from: 'now-2d', to: 'now-1d' }, now)).toEqual({ from: now - 48 * hour, to: now - 24 * hour })
    expect(spanOf({ from: String(now - hour), to: String(now) }, now)).toEqual({ from: now - hour, to: now })
  })
  it.each([
    { from: 'now', to: 'now-1h' },
    { from: 'now', to: 'now' },
    { from: 'yesterday', to: 'now' },
    { from: 'now-9999d', to: 'now' },
    { from: '<script>', to: 'now' },
    { from: '1', to: 'now' },
  ])('is refused when it makes no sense: $from to $to', (range) => {
    expect(spanOf(range, now)).toBeNull()
  })
  it('says whether it moves on', () => {
    expect(followsNow({ from: 'now-1h', to: 'now' })).toBe(true)
    expect(followsNow(fixedRange({ from: now - hour, to: now }))).toBe(false)
  })
  it('has a title', () => {
    expect(rangeTitle({ from: 'now-1h', to: 'now' }, now, 'utc')).toBe('Last hour')
    expect(rangeTitle(fixedRange({ from: now - 2 * hour, to: now - hour }), now, 'utc')).toBe('10:00 UTC to 11:00 UTC')
  })
})

describe('moving a range', () => {
  it('goes half of it earlier', () => {
    expect(shiftSpan({ from: now - 2 * hour, to: now }, -1, now)).toEqual({ from: now - 3 * hour, to: now - hour })
  })
  it('goes later, but not after now', () => {
    expect(shiftSpan({ from: now - 6 * hour, to: now - 4 * hour }, 1, now).to).toBe(now - 3 * hour)
    expect(shiftSpan({ from: now - 2 * hour, to: now }, 1, now)).toEqual({ from: now - 2 * hour, to: now })
  })
  it('zooms out to twice its length and ends at now at the latest', () => {
    expect(zoomOutSpan({ from: now - hour, to: now }, now)).toEqual({ from: now - 2 * hour, to: now })
    expect(zoomOutSpan({ from: now - 5 * hour, to: now - 4 * hour }, now)).toEqual({
      from: now - 5.5 * hour,
      to: now - 3.5 * hour,
    })
  })
})

describe('the step', () => {
  it('is round, and gives at most the points wanted', () => {
    expect(stepSecondsFor({ from: now - hour, to: now })).toBe(15)
    expect(stepSecondsFor({ from: now - 24 * hour, to: now })).toBe(300)
    expect(stepSecondsFor({ from: now - 15 * 60_000, to: now })).toBe(10)
    expect(stepSecondsFor({ from: now - 400 * 24 * hour, to: now })).toBe(86_400)
  })
  it('makes a question that stays the same within a step', () => {
    const one = alignSpan({ from: now - hour + 3_000, to: now + 3_000 }, 15)
    const other = alignSpan({ from: now - hour + 9_000, to: now + 9_000 }, 15)
    expect(one).toEqual(other)
    expect(one.to - one.from).toBe(hour)
  })
  it('never makes an empty question', () => {
    const { from, to } = alignSpan({ from: now + 1, to: now + 2 }, 86_400)
    expect(to).toBeGreaterThan(from)
  })
})
