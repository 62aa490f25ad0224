import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { normalOf, randomOf } from '../test/simulated-traffic.ts'
import { judgeManySeries, pValueOfScore, type ManySeriesOptions, type SeriesEvidence } from './many-series.ts'

const windows = 3

/** Standard scores of `count` series in three windows, the first `sick` of them shifted; `shared` is the part of the noise that all have. */
function simulate(seed: number, { count = 100, sick = 10, shift = 4, shared = 0 } = {}): SeriesEvidence[] {
  const random = randomOf(seed)
  const common = Array.from({ length: windows }, () => normalOf(random))
  return Array.from({ length: count }, (_, place) => ({
    id: `s${place}`,
    pValues: common.map((one) => {
      const noise = Math.sqrt(shared) * one + Math.sqrt(1 - shared) * normalOf(random)
      return pValueOfScore(noise + (place < sick ? shift : 0))
    }),
  }))
}

function rates(
  options: ManySeriesOptions,
  world: Parameters<typeof simulate>[1],
): { falseShare: number; found: number } {
  const runs = 400
  const sick = world?.sick ?? 10
  let [falseShare, found] = [0, 0]
  for (let seed = 1; seed <= runs; seed += 1) {
    const named = judgeManySeries(simulate(seed, world), options).series.flatMap((one, place) =>
      one.value === 'abnormal' ? [place] : [],
    )
    const wrong = named.filter((place) => place >= sick).length
    falseShare += named.length === 0 ? 0 : wrong / named.length
    found += (named.length - wrong) / Math.max(1, sick)
  }
  return { falseShare: falseShare / runs, found: found / runs }
}

describe('judgeManySeries', () => {
  it('keeps the share of healthy ones among the named: independent series', () => {
    const once = rates({ persist: 1, windows: 1, falseDiscoveryRate: 0.1 }, { shift: 3.5 })
    // The bound is 0.1 x 90 / 100; 400 runs know the mean to about 0.006.
    expect(once.falseShare).toBeLessThan(0.09 + 0.018)
    expect(once.falseShare).toBeGreaterThan(0.05)
    expect(once.found).toBeGreaterThan(0.7)
    const lasting = rates({ falseDiscoveryRate: 0.1 }, { shift: 3.5 })
    expect(lasting.falseShare).toBeLessThan(0.02)
    expect(lasting.found).toBeGreaterThan(0.7)
  })

  it('keeps it when one cause moves all, and under the strict option', () => {
    expect(rates({ persist: 1, windows: 1 }, { shared: 0.6 }).falseShare).toBeLessThan(0.05)
    const strict = rates({ persist: 1, windows: 1, dependence: 'any' }, { shared: 0.6 })
    expect(strict.falseShare).toBeLessThan(0.02)
    expect(strict.found).toBeGreaterThan(0.3)
  })

  it('names none of healthy series in at least 95 of 100 looks', () => {
    let named = 0
    for (let seed = 1; seed <= 400; seed += 1)
      if (judgeManySeries(simulate(seed, { sick: 0 }), { persist: 1, windows: 1 }).value === 'abnormal') named += 1
    expect(named).toBeLessThan(0.05 * 400 + 13)
  })

  it('does not name what was odd once', () => {
    const once = { id: 'once', pValues: [0.6, 1e-12, 0.4] }
    const lasting = { id: 'lasting', pValues: [0.6, 1e-6, 1e-7] }
    const { value, series } = judgeManySeries([once, lasting])
    expect(value).toBe('abnormal')
    expect(series.map((one) => one.value)).toEqual(['normal', 'abnormal'])
    expect(judgeManySeries([once], { persist: 1 }).series[0]!.value).toBe('abnormal')
  })

  it('adjusts as Benjamini and Hochberg do, and as Benjamini and Yekutieli', () => {
    const given = [0.01, 0.04, 0.03, 0.005].map((p, place) => ({ id: String(place), pValues: [p] }))
    const single = { persist: 1, windows: 1 } as const
    const adjusted = judgeManySeries(given, single).series.map((one) => one.adjusted!)
    const expected = [0.02, 0.04, 0.04, 0.02]
    adjusted.forEach((one, place) => expect(one).toBeCloseTo(expected[place]!, 12))
    const factor = 1 + 1 / 2 + 1 / 3 + 1 / 4
    const strict = judgeManySeries(given, { ...single, dependence: 'any' }).series.map((one) => one.adjusted!)
    strict.forEach((one, place) => expect(one).toBeCloseTo(expected[place]! * factor, 12))
  })

  it('is never normal on what it could not see', () => {
    expect(judgeManySeries([]).value).toBe('inconclusive')
    const unknown = { id: 'a', pValues: [null, null, 0.5] }
    expect(judgeManySeries([unknown]).value).toBe('inconclusive')
    expect(judgeManySeries([{ id: 'b', pValues: [0.5, 0.5, 0.5], blind: true }]).value).toBe('inconclusive')
    const { value, series } = judgeManySeries([{ id: 'c', pValues: [0.5, 0.9, 0.5] }])
    expect([value, series[0]!.value]).toEqual(['normal', 'normal'])
    // Odd by itself, not among a hundred.
    const crowd = Array.from({ length: 99 }, (_, place) => ({ id: `h${place}`, pValues: [0.5, 0.6, 0.7] }))
    expect(judgeManySeries([{ id: 'd', pValues: [0.01, 0.01, 0.01] }, ...crowd]).series[0]!.value).toBe('inconclusive')
  })

  const anyP = fc.oneof(fc.double(), fc.double({ min: 0, max: 1, noNaN: true }), fc.constant(null))
  test('any input: as many verdicts, adjusted values in order of the p-values, no NaN', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ id: fc.string(), pValues: fc.array(anyP, { maxLength: 5 }) }), { maxLength: 30 }),
        fc.record({
          falseDiscoveryRate: fc.double(),
          dependence: fc.constantFrom('positive', 'any') as fc.Arbitrary<'positive' | 'any'>,
          persist: fc.double(),
          windows: fc.integer({ min: -3, max: 6 }),
        }),
        (series, options) => {
          const found = judgeManySeries(series, options)
          expect(found.series.length).toBe(series.length)
          expect(found.confidence >= 0 && found.confidence <= 1).toBe(true)
          const known = found.series.filter((one) => one.pValue !== null)
          const inOrder = known.every((one) =>
            known.every((other) => !(one.pValue! < other.pValue!) || one.adjusted! <= other.adjusted!),
          )
          expect(inOrder).toBe(true)
          expect(known.every((one) => one.adjusted! >= one.pValue! - 1e-12 && one.adjusted! <= 1)).toBe(true)
          const unknown = found.series.filter((one) => one.pValue === null)
          expect(unknown.every((one) => one.value === 'inconclusive')).toBe(true)
          expect(series.length > 0 || found.value === 'inconclusive').toBe(true)
        },
      ),
    )
  })
})

describe('pValueOfScore', () => {
  it('is the two-sided normal tail, more for more looks', () => {
    expect(pValueOfScore(1.959964)).toBeCloseTo(0.05, 5)
    expect(pValueOfScore(-6)! / 1.973175e-9).toBeCloseTo(1, 4)
    expect(pValueOfScore(3, 10)).toBeCloseTo(1 - (1 - 0.0026998) ** 10, 5)
    expect(pValueOfScore(0)).toBeCloseTo(1, 6)
    expect([pValueOfScore(null), pValueOfScore(Number.NaN)]).toEqual([null, null])
    expect(pValueOfScore(Infinity)).toBe(0)
  })
})
