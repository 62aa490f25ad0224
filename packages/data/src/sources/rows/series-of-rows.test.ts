import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { minute, minutes, seriesAsk, type AskOptions } from '../../../test/series-ask.ts'
import { seriesOfRows, type TimedRow } from './series-of-rows.ts'

const last = Date.UTC(2026, 10, 29, 12)
const grid = minutes(last, 3)

function row(t: number, fields: Record<string, string | number>): TimedRow {
  return {
    t,
    text: (field) => String(fields[field] ?? ''),
    number: (field) => (typeof fields[field] === 'number' && Number.isFinite(fields[field]) ? fields[field] : null),
  }
}

const valuesOf = (rows: TimedRow[], options: Omit<AskOptions, 'from' | 'grid'>) =>
  seriesOfRows(rows, seriesAsk({ from: '#/rows', grid, ...options })).values

describe('seriesOfRows', () => {
  it('counts events of (t - step, t], as a rate a minute', () => {
    const rows = [last - minute, last - minute + 1, last, last + 1, last - 3 * minute].map((t) => row(t, {}))
    expect(valuesOf(rows, { measure: { select: '*' } })).toEqual([
      {
        labels: {},
        samples: [
          [last - minute, 1],
          [last, 2],
        ],
      },
    ])
    const half = seriesAsk({ from: '', grid: [last - 30_000, last], stepSeconds: 30, measure: { select: '*' } })
    expect(seriesOfRows(rows, half).values[0]!.samples).toEqual([
      [last - 30_000, 2],
      [last, 2],
    ])
  })

  it('is 0 where rows of the group came and none matched, and nothing where none came', () => {
    const rows = [
      row(last, { zone: 'A', status: 'ok' }),
      row(last - minute, { zone: 'A', status: 'failed', amount: 2.5 }),
      row(last - minute, { zone: 'B', status: 'ok' }),
    ]
    const options = { dimensions: { zone: 'zone' }, groupBy: ['zone'] }
    const expected = (value: number) => [
      {
        labels: { zone: 'A' },
        samples: [
          [last - minute, value],
          [last, 0],
        ],
      },
      { labels: { zone: 'B' }, samples: [[last - minute, 0]] },
    ]
    expect(valuesOf(rows, { ...options, measure: { select: '*{status="failed"}' } })).toEqual(expected(1))
    expect(valuesOf(rows, { ...options, measure: { select: 'amount{status!="ok"}' } })).toEqual(expected(2.5))
  })

  it('has no group that the selector does not mean', () => {
    const rows = [row(last, { zone: 'A' }), row(last, { zone: 'B' })]
    const options = { dimensions: { zone: 'zone' }, groupBy: ['zone'] }
    const expected = [{ labels: { zone: 'A' }, samples: [[last, 1]] }]
    expect(valuesOf(rows, { ...options, measure: { select: '*{zone="A"}' } })).toEqual(expected)
    const ratio = { kind: 'ratio', of: '*', per: '*{zone!="B"}' }
    expect(valuesOf(rows, { ...options, measure: ratio })).toEqual(expected)
  })

  it('takes a ratio of counters, and nothing of nothing', () => {
    const rows = [row(last, { ok: 'yes' }), row(last, { ok: 'no' }), row(last - minute, { ok: 'unknown' })]
    const measure = { kind: 'ratio', of: '*{ok="yes"}', per: '*{ok=~"yes|no"}' }
    expect(valuesOf(rows, { measure })).toEqual([{ labels: {}, samples: [[last, 0.5]] }])
  })

  it('joins the levels of series, each with its mean in the step', () => {
    const rows = [
      row(last - 20_000, { host: 'a', used: 10 }),
      row(last - 10_000, { host: 'a', used: 20 }),
      row(last - 10_000, { host: 'b', used: 1, limit: 2 }),
      row(last, { host: 'c', used: Number.NaN }),
    ]
    const dimensions = { host: 'host' }
    const level = (measure: Record<string, unknown>) => valuesOf(rows, { dimensions, measure })[0]?.samples
    expect(level({ kind: 'gauge', select: 'used' })).toEqual([[last, 16]])
    expect(level({ kind: 'gauge', select: 'used', aggregate: 'avg' })).toEqual([[last, 8]])
    expect(level({ kind: 'gauge', select: 'used', aggregate: 'max' })).toEqual([[last, 20]])
    expect(level({ kind: 'gauge', select: 'used', aggregate: 'min' })).toEqual([[last, 1]])
    const ratio = { kind: 'ratio', operands: 'gauge', of: 'used{host="b"}', per: 'limit' }
    expect(level(ratio)).toEqual([[last, 0.5]])
  })

  it('takes a quantile between neighbours', () => {
    const rows = [0.1, 0.2, 0.3, 0.4].map((took) => row(last, { took }))
    expect(valuesOf(rows, { measure: { kind: 'histogram', select: 'took', quantile: 0.5 } })[0]!.samples).toEqual([
      [last, 0.25],
    ])
  })

  it('says when the newest row of each was, of rows that the values need not have', () => {
    const rows = [row(last - 1, { host: 'a', zone: 'A' }), row(last - minute - 500, { host: 'b', zone: 'B' })]
    const ask = seriesAsk({
      from: '',
      grid,
      dimensions: { host: 'host', zone: 'zone' },
      measure: { select: '*' },
      where: { zone: ['A'] },
      newestBy: ['host'],
    })
    expect(seriesOfRows(rows, { ...ask, newest: { ...ask.newest, where: [] } }).newest).toEqual([
      { labels: { host: 'a' }, samples: [[last, last / 1000 - 0.001]] },
      { labels: { host: 'b' }, samples: [[last - minute, last / 1000 - 60.5]] },
    ])
  })

  it('hangs on neither the order of rows nor on rows beside the grid', () => {
    const point = fc.record({ t: fc.integer({ min: -400_000, max: 100_000 }), used: fc.integer({ min: 0, max: 9 }) })
    fc.assert(
      fc.property(fc.array(point), fc.constantFrom('counter', 'gauge', 'histogram'), (points, kind) => {
        const rows = points.map(({ t, used }) => row(last + t, { used }))
        const measure = { kind, select: 'used', ...(kind === 'histogram' ? { quantile: 0.9 } : {}) }
        const inGrid = rows.filter(({ t }) => t > last - 3 * minute && t <= last)
        expect(valuesOf(rows.toReversed(), { measure })).toEqual(valuesOf(inGrid, { measure }))
      }),
    )
  })

  it('reads no more series than an answer may have', () => {
    const rows = Array.from({ length: 2_001 }, (_, index) => row(last, { id: String(index) }))
    const options = { dimensions: { id: 'id' }, groupBy: ['id'], measure: { select: '*' } }
    expect(() => valuesOf(rows, options)).toThrow('more than 2000 series')
    expect(valuesOf(rows.slice(1), options)).toHaveLength(2_000)
  })

  it.each([
    [{ kind: 'gauge', select: '*' }, 'needs a field'],
    [{ kind: 'histogram', select: '*', quantile: 0.5 }, 'needs a field'],
    [{ select: 'a b' }, 'no selector'],
    [{ select: '*{a=~"(x+)+y"}' }, 'the pattern of "a" is not read: a group is repeated'],
  ])('refuses %j', (measure, message) => {
    expect(() => valuesOf([], { measure })).toThrow(message)
  })
})
