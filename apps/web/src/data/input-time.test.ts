import { describe, expect, it } from 'vitest'
import { localInputTime, readInputTime } from './input-time.ts'

describe('the time of a date field', () => {
  it.each(['utc', 'browser'] as const)('comes back as it was written, %s', (zone) => {
    const at = Date.UTC(2026, 10, 29, 14, 2, 10)
    expect(readInputTime(localInputTime(at, zone), zone)).toBe(at)
  })
  it('is UTC where times are read in UTC', () => {
    expect(localInputTime(Date.UTC(2026, 10, 29, 14, 2, 10, 500), 'utc')).toBe('2026-11-29T14:02:10')
    expect(readInputTime('2026-11-29T14:02', 'utc')).toBe(Date.UTC(2026, 10, 29, 14, 2))
  })
  it.each(['', 'yesterday', '2026-13-45T99:99', '2026-11-29'])('is null of "%s"', (text) => {
    expect(readInputTime(text, 'utc')).toBeNull()
  })
})
