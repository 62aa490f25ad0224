import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { judgeCapacity } from './capacity.ts'
import type { Sample } from './series.ts'
import { randomOf } from '../test/simulated-traffic.ts'

const asOf = Date.UTC(2026, 2, 4, 12)
const minute = 60_000

/** An hour of points, 30 s apart. */
function points(level: (minutesAgo: number) => number, { seed = 1, noise = 0.02 } = {}): Sample[] {
  const random = randomOf(seed)
  return Array.from({ length: 120 }, (_, index): Sample => {
    const ago = (119 - index) / 2
    return [asOf - ago * minute, level(ago) + noise * (random() + random() - 1)]
  })
}
const seeds = Array.from({ length: 30 }, (_, seed) => seed + 1)

describe('judgeCapacity', () => {
  it.each(seeds)('no growth in what only wobbles (seed %i)', (seed) => {
    expect(judgeCapacity({ points: points(() => 0.4, { seed }), limit: 1, asOf }).full).toBeNull()
  })

  it.each(seeds)('finds the pace and when it is full (seed %i)', (seed) => {
    // 60 % now, 20 points an hour: two hours to go.
    const found = judgeCapacity({ points: points((ago) => 0.6 - (0.2 * ago) / 60, { seed }), limit: 1, asOf })
    expect(found.growthPerHour).toBeGreaterThan(0.16)
    expect(found.growthPerHour).toBeLessThan(0.24)
    expect(found.full!.seconds).toBeGreaterThan(1.6 * 3600)
    expect(found.full!.seconds).toBeLessThan(2.6 * 3600)
    expect(found.full!.earliest).toBeLessThanOrEqual(found.full!.seconds)
    expect(found.full!.latest ?? Infinity).toBeGreaterThanOrEqual(found.full!.seconds)
  })

  it('is not moved by a tenth of wild points', () => {
    const wild = points((ago) => 0.6 - (0.2 * ago) / 60).map(([t, value], index): Sample => [t, index % 10 ? value : 9])
    expect(judgeCapacity({ points: wild, limit: 1, asOf }).growthPerHour).toBeCloseTo(0.2, 1)
  })

  it('takes the limit in the unit of the points, and knows what is full now', () => {
    const full = judgeCapacity({ points: points(() => 20, { noise: 0 }), limit: 20, asOf })
    expect(full).toMatchObject({ status: 'known', used: 1, peak: 1, full: null })
  })

  it('does not fall for what shrinks', () => {
    expect(judgeCapacity({ points: points((ago) => 0.6 + (0.2 * ago) / 60), limit: 1, asOf }).full).toBeNull()
  })
})

test.each([
  ['nothing', [], 1],
  ['only gaps', [[asOf, null]] satisfies Sample[], 1],
  ['old data', [[asOf - 60 * minute, 0.5]] satisfies Sample[], 1],
  ['no limit', points(() => 0.5), 0],
  ['a limit that is no number', points(() => 0.5), Number.NaN],
])('%s is insufficient', (_, given, limit) => {
  expect(judgeCapacity({ points: given, limit, asOf })).toMatchObject({
    status: 'insufficient',
    used: null,
    full: null,
  })
})

test('any input gives an answer, never NaN', () => {
  const value = fc.oneof(fc.double(), fc.constant(null), fc.double({ min: -1e9, max: 1e9 }))
  const sample = fc.tuple(fc.integer({ min: asOf - 90 * minute, max: asOf + minute }), value)
  fc.assert(
    fc.property(fc.array(sample, { maxLength: 60 }), fc.double({ min: -1, max: 1e6 }), (given, limit) => {
      const found = judgeCapacity({ points: given, limit, asOf })
      expect(found.status === 'known').toBe(found.used !== null)
      for (const figure of [found.used ?? 0, found.peak ?? 0, found.growthPerHour, found.full?.seconds ?? 0])
        expect(Number.isNaN(figure)).toBe(false)
    }),
  )
})
