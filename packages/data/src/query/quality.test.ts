import { describe, expect, it } from 'vitest'
import { qualityOf, type QualityInput } from './quality.ts'

const minute = 60_000
const asOf = Date.UTC(2026, 9, 14, 14, 10)
const grid = Array.from({ length: 61 }, (_, index) => asOf - (60 - index) * minute)
const windows = grid.map(() => minute)
/** Newest samples of a series that was scraped until then. */
const until = (end: number) => grid.map((t) => Math.min(t - 1_000, end))
const whole = until(asOf)

function judge(more: Partial<QualityInput>) {
  return qualityOf({ grid, windows, asOf, own: [whole], ownMustReport: true, reporters: [], expected: null, ...more })
}

describe('qualityOf', () => {
  it('is whole when all that is expected reports', () => {
    const reporters = ['h1', 'h2'].map((id) => ({ id, newest: whole }))
    expect(judge({ reporters, expected: ['h1', 'h2'] })).toEqual({ completeness: 1, freshnessSeconds: 1, notes: [] })
  })

  it('counts what is missing now fully, however long the time asked for', () => {
    const reporters = [
      { id: 'h1', newest: whole },
      { id: 'h2', newest: until(asOf - 6 * minute) },
    ]
    const quality = judge({ own: reporters.map(({ newest }) => newest), reporters, expected: ['h1', 'h2'] })
    expect(quality).toEqual({ completeness: 0.5, freshnessSeconds: 1, notes: ['h2: no samples since 14:04 UTC'] })
  })

  it('counts a host as missing from the first point that it lacks, but not one late scrape as an outage', () => {
    const late = grid.map((t, index) => (index === 60 ? t - 70_000 : t - 1_000))
    const reporters = ['h1', 'h2', 'h3', 'h4'].map((id) => ({ id, newest: id === 'h4' ? late : whole }))
    expect(judge({ own: [whole], reporters, expected: ['h1', 'h2', 'h3', 'h4'] }).completeness).toBe(0.75)
    expect(judge({ own: [late] }).completeness).toBe(0.8)
  })

  it('does not take all for lost that are late together', () => {
    const late = until(asOf - 70_000)
    const reporters = ['h1', 'h2'].map((id) => ({ id, newest: late }))
    expect(judge({ own: [late], reporters, expected: ['h1', 'h2'] })).toEqual({
      completeness: 0.8,
      freshnessSeconds: 70,
      notes: [],
    })
  })

  it('takes old samples that are carried forward for old', () => {
    const old = until(asOf - 30 * minute)
    expect(judge({ own: [old] })).toMatchObject({ completeness: 0, freshnessSeconds: 1800 })
  })

  it('names what never reported, and the day of what ended long ago', () => {
    const before = Date.UTC(2026, 9, 13, 22, 5)
    const reporters = [{ id: 'h1', newest: grid.map(() => before) }]
    expect(judge({ reporters, expected: ['h1', 'h2'] }).notes).toEqual([
      'h1: no samples since 2026-10-13 22:05 UTC',
      'h2: no samples in the time asked for',
    ])
  })

  it('is nothing without samples', () => {
    expect(judge({ own: [] })).toEqual({
      completeness: 0,
      freshnessSeconds: null,
      notes: ['no samples in the time asked for'],
    })
    expect(judge({ own: [grid.map(() => null)], ownMustReport: false, expected: [] }).completeness).toBe(0)
  })

  it('does not miss samples of what need not report', () => {
    const newest = grid.map((t, index) => (index < 50 ? null : t))
    const reporters = [{ id: 'h1', newest: whole }]
    expect(judge({ own: [newest], ownMustReport: false, reporters, expected: ['h1'] }).completeness).toBe(1)
    expect(judge({ own: [newest], ownMustReport: true, reporters, expected: ['h1'] }).completeness).toBeLessThan(0.2)
  })

  it('counts a host under any of its series', () => {
    const reporters = [
      { id: 'h1', newest: until(asOf - 20 * minute) },
      { id: 'h1', newest: whole },
    ]
    expect(judge({ reporters, expected: ['h1'] })).toMatchObject({ completeness: 1, notes: [] })
  })

  it('shortens a long list of the missing', () => {
    const expected = Array.from({ length: 20 }, (_, index) => `h${index}`)
    const { notes } = judge({ expected })
    expect(notes).toHaveLength(9)
    expect(notes.at(-1)).toBe('and 12 more')
  })
})
