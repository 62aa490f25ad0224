import fc from 'fast-check'
import { expect, test } from 'vitest'
import { niceTicks, timeTicks } from './pdf-ticks.ts'

test('values are round', () => {
  expect(niceTicks(197, 488)).toEqual([200, 300, 400])
  expect(niceTicks(0.58, 1.03).map((each) => each.toFixed(6))).toEqual([
    '0.600000',
    '0.700000',
    '0.800000',
    '0.900000',
    '1.000000',
  ])
  expect(niceTicks(5, 5)).toEqual([])
  expect(niceTicks(-Number.MAX_VALUE, 0).every(Number.isFinite)).toBe(true)
})

test('times are round', () => {
  const at = (hour: number, minute: number): number => Date.UTC(2026, 10, 21, hour, minute)
  expect(timeTicks(at(0, 46), at(2, 15))).toEqual([at(1, 0), at(1, 15), at(1, 30), at(1, 45), at(2, 0), at(2, 15)])
  expect(timeTicks(at(0, 0), at(0, 0))).toEqual([])
})

test('there are few of them, within the range, whatever it is', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (a, b) => {
      for (const found of [niceTicks(Math.min(a, b), Math.max(a, b)), timeTicks(a, b)]) {
        expect(found.length).toBeLessThanOrEqual(20)
        expect(found.every((each) => Number.isFinite(each))).toBe(true)
      }
    }),
  )
})
