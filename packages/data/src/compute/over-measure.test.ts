import { expect, test } from 'vitest'
import { DataError } from '../data-error.ts'
import { modelFile } from '../model/model.ts'
import type { DataQuery, DataResult } from '../query/service.ts'
import { computeLimits, type ComputeAskInput } from './ask.ts'
import { runCompute } from './run-compute.ts'

const t0 = Date.UTC(2026, 10, 28, 11)
const minute = 60_000
const range = { from: t0, to: t0 + 10 * minute }

const model = modelFile.parse({
  tenonModel: 1,
  entities: [
    { id: 'pay-a', kind: 'host', attributes: { zone: 'A' } },
    { id: 'pay-b', kind: 'host', attributes: { zone: 'B' } },
  ],
  tables: {
    calls: {
      source: 'metrics',
      dimensions: { host: 'instance', method: 'verb' },
      measures: {
        all: { title: 'Calls', kind: 'counter', unit: 'calls/min', bad: 'down', select: 'calls_total' },
        busy: { title: 'Busy', kind: 'gauge', unit: 'threads', bad: 'up', select: 'busy' },
      },
    },
  },
})

/** Of GET 60 a minute, rising by one a minute; of POST nothing in the second half. */
function answer(query: DataQuery): DataResult {
  const times = Array.from(
    { length: Math.floor((Math.min(query.to, query.asOf) - query.from) / (query.stepSeconds * 1000)) + 1 },
    (_, index) => query.from + index * query.stepSeconds * 1000,
  )
  const quality = { completeness: 1, freshnessSeconds: 0, notes: ['pay-b: no samples since 11:02 UTC'] }
  const series = (method: string, at: (t: number) => number | null) => ({
    dimensions: query.groupBy?.includes('method') ? { method } : {},
    points: times.map((t): [number, number | null] => [t, at(t)]),
    quality,
  })
  const get = series('GET', (t) => 60 + (t - t0) / minute)
  const post = series('POST', (t) => (t > t0 + 5 * minute ? null : 6))
  return {
    measure: query.measure,
    unit: 'calls/min',
    series: query.groupBy?.length ? [get, post] : [get],
    quality,
    query: { source: 'metrics', expression: 'sum(rate(calls_total[1m]))', from: '', to: '', stepSeconds: 60 },
  } as DataResult
}

async function ask(more: Partial<ComputeAskInput>, asOf = t0 + 60 * minute) {
  const asked: DataQuery[] = []
  const result = await runCompute(
    { from: 'calls.all', range, aggregates: [{ fn: 'sum', field: 'value' }], ...more },
    {
      model,
      source: async () => ({
        series: () => Promise.reject(new Error('not asked')),
        test: async () => ({ ok: true, detail: '' }),
        close: async () => undefined,
      }),
      async data(query) {
        asked.push(query)
        return answer(query)
      },
      asOf,
      signal: null,
      scope: null,
    },
  )
  return { result, query: asked[0] }
}

test('filters, groups and entities are asked of the source; the sum of a counter is its events', async () => {
  const { result, query } = await ask({
    groupBy: ['method'],
    where: [{ field: 'method', op: 'in', value: ['GET', 'POST'] }],
    entities: { where: { zone: 'A' } },
    stepSeconds: 300,
  })
  expect(query).toMatchObject({
    measure: 'calls.all',
    where: { method: ['GET', 'POST'], host: ['pay-a'] },
    groupBy: ['method'],
  })
  // A point tells of what ends with it, so that the first step has the points after its begin up to its end.
  const seconds = query?.stepSeconds ?? 0
  expect(300 % seconds).toBe(0)
  const sum = (from: number, to: number) => {
    let total = 0
    for (let t = from + seconds * 1000; t <= to; t += seconds * 1000) total += ((60 + (t - t0) / minute) * seconds) / 60
    return total
  }
  expect(
    result.rows.map((row) => row.map((cell) => (typeof cell === 'number' ? Math.round(cell * 1e6) / 1e6 : cell))),
  ).toEqual([
    [t0, 'GET', Math.round(sum(t0, t0 + 5 * minute) * 1e6) / 1e6],
    [t0, 'POST', 30],
    [t0 + 5 * minute, 'GET', Math.round(sum(t0 + 5 * minute, t0 + 10 * minute) * 1e6) / 1e6],
  ])
  expect(result.query).toBe('sum(rate(calls_total[1m]))')
  expect(result.notes).toContain('pay-b: no samples since 11:02 UTC')
})

test('over the whole time: mean, extremes and a quantile of the points', async () => {
  const fns = ['avg', 'min', 'max'] as const
  const { result } = await ask({
    from: 'calls.busy',
    stepSeconds: 600,
    aggregates: [
      ...fns.map((fn) => ({ fn, field: 'value' })),
      { fn: 'quantile', field: 'value', quantile: 0.5 },
      { fn: 'count' },
    ],
  })
  const [[, avg, min, max, median, count] = []] = result.rows
  expect(max).toBe(70)
  expect(Number(min)).toBeCloseTo(60 + 10 / Number(count), 6)
  expect(Number(avg)).toBeCloseTo((Number(min) + Number(max)) / 2, 6)
  expect(median).toBeCloseTo(Number(avg), 6)
})

test('nothing after the time of the run is asked', async () => {
  const { query } = await ask({}, t0 + 5 * minute)
  expect(query?.to).toBeLessThanOrEqual(t0 + 5 * minute)
  await expect(ask({}, t0)).rejects.toMatchObject({ code: 'bad-query' })
})

test('having and top leave groups, with a note', async () => {
  const { result } = await ask({
    groupBy: ['method'],
    having: [{ column: 'sum_value', op: '>', value: 1 }],
    top: { by: 'sum_value', count: 1, order: 'least' },
  })
  expect(result.rows.map(([method]) => method)).toEqual(['POST'])
  expect(result.notes[0]).toBe('1 of 2 groups are shown: those with the least sum_value.')
})

test.each<[string, Partial<ComputeAskInput>]>([
  ['a field that a series has not', { aggregates: [{ fn: 'sum', field: 'bytes' }] }],
  ['a distinct count', { aggregates: [{ fn: 'distinct', field: 'value' }] }],
  ['a filter that no source of series has', { where: [{ field: 'method', op: 'contains', value: 'G' }] }],
  ['an unknown dimension', { groupBy: ['metod'] }],
  [
    'filters that leave nothing',
    {
      where: [
        { field: 'method', value: 'GET' },
        { field: 'method', value: 'PUT' },
      ],
    },
  ],
  ['a pattern', { parse: '<a> <b>' }],
  ['a table that has no rows', { from: 'calls' }],
  ['a connection that has no rows', { from: { source: 'metrics', from: 'calls_total' } }],
  ['what the model has not', { from: 'call.all' }],
  ['more rows than there may be', { limits: { rows: computeLimits.rows.most + 1 } }],
])('%s is refused', async (_, more) => {
  await expect(ask(more)).rejects.toBeInstanceOf(DataError)
})
