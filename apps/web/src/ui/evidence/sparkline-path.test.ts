import { describe, expect, it } from 'vitest'
import { sparklinePaths } from './sparkline-path.ts'

describe('sparklinePaths', () => {
  it('breaks the line at a gap and dots a lone point', () => {
    const { line, dots } = sparklinePaths(
      {
        points: [
          [0, 0],
          [10, 10],
          [20, null],
          [30, 5],
          [40, null],
        ],
        band: [],
      },
      80,
      12,
    )
    expect(line).toBe('M0,11L20,1')
    expect(dots).toEqual([[60, 6]])
  })
  it('draws the band around', () => {
    expect(
      sparklinePaths(
        {
          points: [],
          band: [
            [0, 0, 10],
            [10, 0, 10],
          ],
        },
        10,
        12,
      ).band,
    ).toBe('M0,1L10,1L10,11L0,11Z')
  })
  it('draws nothing for no data', () => {
    expect(sparklinePaths({ points: [[0, null]], band: [] }, 10, 10)).toEqual({ line: '', band: '', dots: [] })
  })
})
