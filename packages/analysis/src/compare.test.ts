import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareGroups, type CompareInput } from './compare.ts'

/** Deterministic noise of about the standard deviation 1. */
function noise(seed: number): () => number {
  let state = seed
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return () => (uniform() + uniform() + uniform() + uniform() - 2) * Math.sqrt(3)
}

const before = 240
const after = 60
/** Series of a daily movement that all share; `effect` is a factor by minutes since the moment. */
function group(size: number, seed: number, effect: (minute: number, index: number) => number = () => 1): number[][] {
  return Array.from({ length: size }, (_, index) => {
    const draw = noise(seed * 100 + index)
    const level = 100 * (1 + 0.3 * index)
    return Array.from({ length: before + after }, (_point, at) => {
      const season = 1 + 0.2 * Math.sin(at / 60)
      return level * season * effect(at - before, index) * (1 + 0.02 * draw())
    })
  })
}
const since = (from: number, factor: number) => (minute: number) => (minute >= from ? factor : 1)
const compare = (treated: number[][], rest: Partial<CompareInput> = {}) =>
  compareGroups({ treated, control: group(6, 7), before, intervalSeconds: 60, ...rest })

describe('an abnormal group', () => {
  test.each([
    ['a shift', since(0, 0.9), 'shift'],
    ['a shift that comes late', since(35, 1.1), 'shift'],
    ['a slow fall', (minute: number) => (minute < 0 ? 1 : 1 - minute / 300), 'shift'],
    ['one member', (minute: number, index: number) => (minute >= 0 && index === 2 ? 0.8 : 1), 'one-of-group'],
  ])('%s is found', (_, effect, kind) => {
    const { value, kind: found, reasons } = compare(group(4, 3, effect))
    expect({ value, found }).toEqual({ value: 'abnormal', found: kind })
    expect(reasons[0]).toMatch(/(fell|rose) by \d+\.\d %/)
  })

  test('says how much and who', () => {
    const one = compare(group(4, 3, (minute, index) => (minute >= 0 && index === 2 ? 0.8 : 1)))
    expect(one.differing).toEqual([2])
    expect(one.effect).toBeCloseTo(-0.2, 1)
    expect(compare(group(4, 3, since(0, 0.9))).effect).toBeCloseTo(-0.1, 1)
  })

  test('noise that grew is found without a shift', () => {
    const draw = noise(1)
    const wild = group(4, 3).map((series) =>
      series.map((value, at) => (at < before ? value : value * (1 + 0.08 * draw()))),
    )
    expect(compare(wild)).toMatchObject({ value: 'abnormal', kind: 'spread' })
  })
})

describe('a normal group', () => {
  test.each([
    ['nothing happens', () => 1, () => 1],
    ['both groups move', since(0, 0.6), since(0, 0.6)],
    ['there is a blip while it starts', (minute: number) => (minute >= 0 && minute < 8 ? 1.5 : 1), () => 1],
    ['one control is odd', () => 1, (minute: number, index: number) => (minute >= 0 && index === 0 ? 0.2 : 1)],
  ])('%s', (_, treated, control) => {
    const result = compare(group(4, 3, treated), { control: group(6, 7, control) })
    expect(result).toMatchObject({ value: 'normal', kind: null, differing: [] })
    expect(result.reasons[0]).toMatch(/would show$/)
  })

  test('a shift back to the usual is a recovery, and without knowing the usual it is not', () => {
    const ill = group(4, 3, (minute) => (minute < 0 ? 1.3 : 1))
    const [usual] = group(1, 9, () => 1.45)
    const control = group(4, 7)
    expect(compare(ill, { control, usual: [usual!] })).toMatchObject({ value: 'normal' })
    expect(compare(ill, { control }).value).toBe('abnormal')
  })
})

describe('what cannot be compared is inconclusive and says why', () => {
  test.each<[string, Partial<CompareInput>, RegExp]>([
    ['no treated series', { treated: [] }, /treated group is empty/],
    ['one control', { control: group(1, 7) }, /1 series; at least 2/],
    ['a short time before', { before: 10 }, /10 points before/],
    ['a short time after', { before: before + after - 3 }, /3 points after/],
    ['controls without a level', { control: [[], []] }, /0 control series have a level/],
    ['constant zeros', { treated: [Array<number>(300).fill(0)] }, /No treated series has a level/],
    ['no interval', { intervalSeconds: 0 }, /interval/],
  ])('%s', (_, rest, reason) => {
    const result = compare(group(2, 3), rest)
    expect(result.value).toBe('inconclusive')
    expect(result.reasons[0]).toMatch(reason)
  })

  test('groups whose noise would hide any shift', () => {
    const wild = (seed: number) =>
      group(4, seed).map((series, index) => {
        const draw = noise(seed + index)
        return series.map((value) => value * Math.exp(1.5 * draw()))
      })
    expect(compare(wild(1), { control: wild(5) }).value).not.toBe('normal')
  })
})

test('whatever it is given: no exception, no NaN, and "normal" only with both groups seen', () => {
  const value = fc.oneof(
    fc.constant(null),
    fc.constant(Number.NaN),
    fc.constant(0),
    fc.constant(Infinity),
    fc.double({ min: -1e300, max: 1e300, noNaN: true }),
    fc.double({ min: 0, max: 100, noNaN: true }),
  )
  const series = fc.oneof(
    fc.array(value, { maxLength: 120 }),
    fc.tuple(value, fc.integer({ min: 0, max: 120 })).map(([one, length]) => Array<number | null>(length).fill(one)),
  )
  const input = fc.record({
    treated: fc.array(series, { maxLength: 4 }),
    control: fc.array(series, { maxLength: 4 }),
    usual: fc.array(series, { maxLength: 2 }),
    before: fc.integer({ min: -5, max: 90 }),
    intervalSeconds: fc.constantFrom(0, 10, 60, 300),
  })
  fc.assert(
    fc.property(input, (given) => {
      const result = compareGroups(given)
      for (const figure of [result.effect, result.score, result.smallest])
        expect(figure === null || Number.isFinite(figure)).toBe(true)
      expect(result.value === 'inconclusive' || result.effect !== null).toBe(true)
      expect(result.reasons).not.toEqual([])
    }),
    { numRuns: 300 },
  )
})
