import { describe, expect, it } from 'vitest'
import { chartColumns, summarise, valueRange } from './chart-data.ts'

describe('chartColumns', () => {
  it('puts series and band on one axis without inventing gaps', () => {
    const columns = chartColumns({
      series: [
        {
          name: 'a',
          points: [
            [1000, 1],
            [2000, null],
            [3000, 3],
          ],
        },
        { name: 'b', points: [[2000, 5]] },
      ],
      band: [
        [1000, 0, 2],
        [4000, 1, 3],
      ],
    })
    expect(columns.times).toEqual([1, 2, 3, 4])
    expect(columns.series).toEqual([
      [1, null, 3, undefined],
      [undefined, 5, undefined, undefined],
    ])
    expect(columns.low).toEqual([0, undefined, undefined, 1])
    expect(columns.high).toEqual([2, undefined, undefined, 3])
  })
  it('has no band columns without a band', () => {
    expect(chartColumns({ series: [] })).toEqual({ times: [], low: null, high: null, series: [] })
  })
})

describe('valueRange', () => {
  it('begins at zero when zero is near, and never below it for positive data', () => {
    expect(valueRange(1, 10)[0]).toBe(0)
    expect(valueRange(90, 100)[0]).toBeGreaterThan(85)
    expect(valueRange(0, 0)).toEqual([0, 1])
  })
  it('keeps negative data whole', () => {
    expect(valueRange(-5, 5)[0]).toBeLessThan(-5)
  })
  it('draws an empty axis for no data', () => {
    expect(valueRange(Infinity, -Infinity)).toEqual([0, 1])
  })
})

describe('summarise', () => {
  it('counts gaps and does not read them as zero', () => {
    expect(
      summarise({
        name: 'a',
        points: [
          [1, 4],
          [2, null],
          [3, 2],
          [4, null],
        ],
      }),
    ).toEqual({
      name: 'a',
      first: 4,
      last: null,
      low: 2,
      high: 4,
      gaps: 2,
    })
  })
})
