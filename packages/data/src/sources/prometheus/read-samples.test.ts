import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readSamples, toMeantDigits } from './read-samples.ts'

describe('readSamples', () => {
  it('gives times in milliseconds, and leaves out what is no finite number', () => {
    const pairs = [
      [1.5, '1'],
      [2, 'NaN'],
      [3, '+Inf'],
      [4, ''],
      [5, '-2.5e3'],
      [1760450400.123, '0.1'],
    ]
    expect(readSamples(pairs)).toEqual([
      [1500, 1],
      [5000, -2500],
      [1760450400123, 0.1],
    ])
  })

  it('refuses what is no pair of a number and a text', () => {
    for (const bad of [null, 1, 'x', [], [1], [1, 2], ['1', '1'], [1, '1', '1'], { 0: 1, 1: '1', length: 2 }])
      expect(readSamples([[1, '1'], bad])).toBeNull()
  })

  it('drops the digits that no meter means', () => {
    expect(toMeantDigits(0.1 + 0.2)).toBe(0.3)
    expect(toMeantDigits(451.99999999999994)).toBe(452)
    expect(readSamples([[1, '451.99999999999994']])).toEqual([[1000, 452]])
  })

  it('is as near as toPrecision, to a unit of the last digit that is meant', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const exact = Number(value.toPrecision(12))
        expect(Math.abs(toMeantDigits(value) - exact)).toBeLessThanOrEqual(Math.abs(exact) * 1e-11)
      }),
      { numRuns: 2_000 },
    )
  })

  it('gives equal numbers for equal sums in another order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.001, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 8 }),
        (parts) => {
          const sum = parts.reduce((total, part) => total + part, 0)
          const other = parts.toReversed().reduce((total, part) => total + part, 0)
          // But where the twelfth digit itself is on the edge.
          expect(Math.abs(toMeantDigits(sum) - toMeantDigits(other))).toBeLessThanOrEqual(sum * 1.1e-11)
        },
      ),
    )
  })
})
