import { describe, expect, it } from 'vitest'
import { computedLines } from './computed-series.ts'

const columns = [
  { name: 'time', type: 'time' as const },
  { name: 'method', type: 'text' as const },
  { name: 'count', type: 'number' as const },
]

describe('a computed table as lines', () => {
  it('has one a group, in time', () => {
    expect(
      computedLines({
        columns,
        rows: [
          [2, 'GET', 5],
          [1, 'GET', 4],
          [1, 'POST', null],
        ],
      }),
    ).toEqual({
      series: [
        {
          name: 'GET',
          points: [
            [1, 4],
            [2, 5],
          ],
        },
        { name: 'POST', points: [[1, null]] },
      ],
      total: 2,
    })
  })
  it('names the figure where there are several', () => {
    const two = [...columns, { name: 'p95', type: 'number' as const }]
    expect(computedLines({ columns: two, rows: [[1, 'GET', 4, 0.2]] })?.series.map(({ name }) => name)).toEqual([
      'GET: count',
      'GET: p95',
    ])
  })
  it('is none without a time or a figure', () => {
    expect(computedLines({ columns: columns.slice(1), rows: [] })).toBeNull()
    expect(computedLines({ columns: columns.slice(0, 2), rows: [] })).toBeNull()
  })
  it('is bounded', () => {
    const rows = Array.from({ length: 80 }, (_, n) => [1, `m${n}`, n])
    expect(computedLines({ columns, rows })).toMatchObject({ total: 80 })
    expect(computedLines({ columns, rows })?.series).toHaveLength(50)
  })
})
