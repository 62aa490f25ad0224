import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { day, minute, poisson, randomOf, season } from '../../test/simulated-traffic.ts'
import type { Sample } from '../series.ts'
import { scoreSeries } from './score-series.ts'

const start = Date.UTC(2026, 0, 5)
const from = start + 6 * day
const to = from + 60 * minute

function week(seed: number, change: (value: number, t: number) => number | null = (value) => value): Sample[] {
  const random = randomOf(seed)
  const points: Sample[] = []
  for (let t = start; t <= to; t += minute) points.push([t, change(poisson(60 * season(t, 20), random), t)])
  return points
}

describe('scoreSeries', () => {
  it('is normal where nothing happened, and says of how many points', () => {
    const found = scoreSeries(week(1), { from, to })
    expect(found.value).toBe('normal')
    expect(found.findings).toEqual([])
    expect(found.reasons[0]).toContain('61 points')
    expect(found.confidence).toBeGreaterThanOrEqual(0.5)
  })

  it('tells a spike from a change of level, with sizes and times', () => {
    const at = from + 20 * minute
    const spike = scoreSeries(
      week(2, (value, t) => (t === at ? value * 2 : value)),
      { from, to },
    )
    expect(spike.value).toBe('abnormal')
    expect(spike.findings).toMatchObject([{ kind: 'spike', from: at, to: at }])
    const level = scoreSeries(
      week(2, (value, t) => (t >= at ? value * 0.5 : value)),
      { from, to },
    )
    expect(level.findings[0]).toMatchObject({ kind: 'level', from: at })
    expect(level.findings[0]!.actual! / level.findings[0]!.expected!).toBeCloseTo(0.5, 1)
    expect(level.reasons[0]).toContain('since 2026-01-11T00:20')
  })

  it('names gaps, and with too much missing does not call the rest normal', () => {
    const short = scoreSeries(
      week(3, (value, t) => (t > from + 10 * minute && t <= from + 14 * minute ? null : value)),
      { from, to },
    )
    expect(short.findings).toEqual([
      { kind: 'gap', from: from + 11 * minute, to: from + 14 * minute, actual: null, expected: null, score: 0 },
    ])
    expect(short.value).toBe('normal')
    const long = scoreSeries(
      week(3).filter(([t]) => t < from + 30 * minute),
      { from, to },
    )
    expect(long.value).toBe('inconclusive')
    expect(long.findings).toMatchObject([{ kind: 'gap', from: from + 30 * minute, to }])
  })

  it('takes points in any order', () => {
    const points = week(4, (value, t) => (t === from ? 0 : value))
    expect(scoreSeries(points.toReversed(), { from, to })).toEqual(scoreSeries(points, { from, to }))
  })

  it('is inconclusive about what holds too little: nothing, one point, no values, only a warm-up', () => {
    const few: Sample[][] = [
      [],
      [[start, 1]],
      [
        [start, 1],
        [start, 1],
      ],
      Array.from({ length: 300 }, (_, place) => [start + place * minute, null]),
      Array.from({ length: 40 }, (_, place) => [start + place * minute, place]),
      Array.from({ length: 40 }, () => [Number.NaN, 3]),
    ]
    for (const points of few) {
      const found = scoreSeries(points)
      expect(found.value).toBe('inconclusive')
      expect(found.reasons.length).toBeGreaterThan(0)
    }
    expect(scoreSeries(week(5), { from: to + day, to: to + 2 * day }).value).toBe('inconclusive')
  })

  it('never throws, whatever it is given', () => {
    const t = fc.oneof(fc.integer({ min: 0, max: 300 * minute }), fc.constantFrom(Number.NaN, Infinity, -1e300, 1e300))
    const value = fc.oneof(fc.double(), fc.constant(null))
    fc.assert(
      fc.property(fc.array(fc.tuple(t, value), { maxLength: 200 }), fc.option(t), fc.option(t), (points, a, b) => {
        const found = scoreSeries(points, { ...(a !== null && { from: a }), ...(b !== null && { to: b }) })
        expect(['normal', 'abnormal', 'inconclusive']).toContain(found.value)
        expect(found.confidence).toBeGreaterThanOrEqual(0)
        expect(found.confidence).toBeLessThanOrEqual(1)
      }),
    )
  })
})
