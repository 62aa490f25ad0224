import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addRecent, recentMedian, recentSlots, shiftRecent, startRecent } from './recent.ts'

const middle = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!

describe('recent median', () => {
  it('is the middle of the newest nine, whatever comes', () => {
    const value = fc.oneof(fc.float({ noNaN: true, min: -1e6, max: 1e6 }), fc.constantFrom(0, -0, 1, 1e30, -1e30))
    fc.assert(
      fc.property(fc.array(value, { minLength: 5, maxLength: 60 }), (values) => {
        const state = new Float32Array(recentSlots + 3)
        startRecent(state, 3)
        values.forEach((one, place) => {
          addRecent(state, 3, one)
          const newest = values.slice(Math.max(0, place - 8), place + 1).map(Math.fround)
          const expected = newest.length < 5 ? Number.NaN : middle(newest) + 0
          expect(recentMedian(state, 3) + 0).toBe(expected)
        })
        expect(state.slice(0, 3)).toEqual(new Float32Array(3))
      }),
    )
  })

  it('moves with what its values are counted from', () => {
    const state = new Float32Array(recentSlots)
    startRecent(state, 0)
    for (const value of [1, 5, 3, 4, 2]) addRecent(state, 0, value)
    shiftRecent(state, 0, 10)
    expect(recentMedian(state, 0)).toBe(13)
    addRecent(state, 0, 0)
    addRecent(state, 0, 0)
    expect(recentMedian(state, 0)).toBe(12)
  })
})
