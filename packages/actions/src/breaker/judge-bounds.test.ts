import fc from 'fast-check'
import { expect, it, test } from 'vitest'
import { harmBound, type HarmBound } from '../request.ts'
import { judgeBounds, unseenBounds, type HarmSample } from './judge-bounds.ts'

const now = Date.UTC(2026, 9, 1, 14, 7)
const times = { now, since: now - 600_000, graceSeconds: 60 }
const bound: HarmBound = { measure: 'payment.success-rate', where: { zone: 'B' }, minimum: 0.98, maximum: null }
const sample = (value: number | null, secondsAgo = 1, where = bound.where): HarmSample => ({
  measure: bound.measure,
  where,
  at: now - secondsAgo * 1000,
  value,
})

it('says measure, value and bound', () => {
  expect(judgeBounds([bound], [sample(0.91)], times)).toEqual({
    kind: 'harm',
    detail: 'payment.success-rate (zone B) is 0.91, below 0.98',
  })
  const above: HarmBound = { measure: 'payment.p95', where: {}, minimum: null, maximum: 0.5 }
  expect(judgeBounds([above], [{ measure: 'payment.p95', where: {}, at: now, value: 0.7 }], times)).toEqual({
    kind: 'harm',
    detail: 'payment.p95 is 0.7, above 0.5',
  })
})

test('the newest value decides, in whatever order they come', () => {
  expect(judgeBounds([bound], [sample(0.99, 1), sample(0.5, 10)], times).kind).toBe('well')
  expect(judgeBounds([bound], [sample(0.99, 10), sample(0.5, 1)], times).kind).toBe('harm')
})

test.each([
  ['none', []],
  ['null', [sample(null)]],
  ['NaN', [sample(Number.NaN)]],
  ['an infinite one', [sample(Infinity)]],
  ['a stale one', [sample(0.99, 61)]],
  ['one of the far future', [sample(0.99, -61)]],
  ['one of another zone', [sample(0.99, 1, { zone: 'A' })]],
  ['one of all zones', [sample(0.99, 1, {})]],
])('%s is no data after the grace, and waited for within it', (_name, samples) => {
  expect(judgeBounds([bound], samples, times).kind).toBe('no-data')
  expect(judgeBounds([bound], samples, { ...times, since: now - 60_000 }).kind).toBe('well')
  expect(unseenBounds([bound], samples, { ...times, since: now - 60_000 })).toEqual(['payment.success-rate (zone B)'])
})

test('a value from before the action is no harm of it', () => {
  const since = now - 5000
  expect(judgeBounds([bound], [sample(0.5, 10)], { ...times, since }).kind).toBe('well')
  expect(judgeBounds([bound], [sample(0.5, 4)], { ...times, since }).kind).toBe('harm')
  // A rate over 10 s still has seconds of before in it.
  const rate = { ...sample(0.5, 1), from: now - 11_000 }
  expect(judgeBounds([bound], [rate], { ...times, since }).kind).toBe('well')
})

const anyWhere = fc.constantFrom<HarmBound['where']>({}, { zone: 'A' }, { zone: 'B' })
const anyBound = fc
  .record({
    measure: fc.constantFrom('a.x', 'a.y'),
    where: anyWhere,
    minimum: fc.option(fc.double({ noNaN: true, min: -100, max: 0 })),
    maximum: fc.option(fc.double({ noNaN: true, min: 0, max: 100 })),
  })
  .filter(({ minimum, maximum }) => minimum !== null || maximum !== null)
const anySample = fc.record({
  measure: fc.constantFrom('a.x', 'a.y'),
  where: anyWhere,
  at: fc.integer({ min: now - 120_000, max: now }),
  value: fc.option(fc.double({ min: -200, max: 200 })),
})
const samplesOf = fc.array(anySample, { maxLength: 30 })

test('the order of samples and of bounds does not change the kind of verdict', () => {
  fc.assert(
    fc.property(fc.array(anyBound, { maxLength: 5 }), samplesOf, (bounds, samples) => {
      // Of two at the same moment either may count: keep one a moment.
      const distinct = [...new Map(samples.map((one) => [one.at, one])).values()]
      const there = judgeBounds(bounds, distinct, times).kind
      expect(judgeBounds(bounds.toReversed(), distinct.toReversed(), times).kind).toBe(there)
    }),
  )
})

test('well after the grace means that each bound has a fresh number within it', () => {
  fc.assert(
    fc.property(fc.array(anyBound, { minLength: 1, maxLength: 5 }), samplesOf, (bounds, samples) => {
      if (judgeBounds(bounds, samples, times).kind !== 'well') return
      for (const { measure, where, minimum, maximum } of bounds) {
        const fits = samples.some(
          ({ value, at, ...of }) =>
            of.measure === measure &&
            JSON.stringify(of.where) === JSON.stringify(where) &&
            at > now - 60_000 &&
            value !== null &&
            value >= (minimum ?? -Infinity) &&
            value <= (maximum ?? Infinity),
        )
        expect(fits).toBe(true)
      }
    }),
  )
})

test('a newest value outside of any bound is harm, whatever else is there', () => {
  fc.assert(
    fc.property(fc.array(anyBound, { minLength: 1, maxLength: 5 }), samplesOf, fc.nat(), (bounds, samples, pick) => {
      const one = bounds[pick % bounds.length]!
      const value = one.minimum === null ? (one.maximum ?? 0) + 1 : one.minimum - 1
      const { measure, where } = one
      expect(judgeBounds(bounds, [...samples, { measure, where, at: now + 1, value }], times).kind).toBe('harm')
    }),
  )
})

test('a bound that bounds nothing, or everything, is refused', () => {
  expect(harmBound.safeParse({ measure: 'a.x' }).success).toBe(false)
  expect(harmBound.safeParse({ measure: 'a.x', minimum: 2, maximum: 1 }).success).toBe(false)
  expect(harmBound.parse({ measure: 'a.x', maximum: 1 })).toEqual({
    measure: 'a.x',
    where: {},
    minimum: null,
    maximum: 1,
  })
})
