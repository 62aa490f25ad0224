import type { HarmBound } from '@tenon/actions'
import type { DataQuery, DataResult, DataService } from '@tenon/data'
import { modelFile } from '@tenon/data'
import { expect, test } from 'vitest'
import { createReadNewest, createWatchHarm } from './watch-harm.ts'

const bound: HarmBound = { measure: 'payment.success-rate', where: { zone: 'B' }, minimum: 0.98, maximum: null }

/** A source with one sample each 5 s, whose values the test gives by the second since the beginning. */
function world(valueAt: (second: number) => number | null | Error) {
  const begin = Date.UTC(2026, 9, 1, 14)
  let now = begin
  const queries: DataQuery[] = []
  const clock = {
    now: () => now,
    sleep: async (milliseconds: number) => {
      now += milliseconds
    },
  }
  const data: DataService = {
    model: modelFile.parse({ tenonModel: 1 }),
    entity: () => Promise.reject(new Error('not asked')),
    compute: () => Promise.reject(new Error('not asked')),
    relation: () => Promise.reject(new Error('not asked')),
    async data(query): Promise<DataResult> {
      queries.push(query)
      const points: [number, number | null][] = []
      for (let t = query.from; t <= query.to; t += query.stepSeconds * 1000) {
        const value = valueAt((t - begin) / 1000)
        if (value instanceof Error) throw value
        points.push([t, value])
      }
      const newest = points.findLast(([, value]) => value !== null)
      const quality = {
        completeness: 1,
        freshnessSeconds: newest ? (query.asOf - newest[0]) / 1000 : null,
        resolutionSeconds: 5,
        notes: [],
      }
      return {
        measure: query.measure,
        unit: 'ratio',
        series: [{ dimensions: {}, points, quality }],
        quality,
        query: { source: 'test', expression: '', from: '', to: '', stepSeconds: query.stepSeconds },
      }
    },
  }
  const read = createReadNewest({ data: async () => data, graceSeconds: 60, clock })
  return { watch: createWatchHarm(read, { clock, graceSeconds: 60 }), queries, passed: () => (now - begin) / 1000 }
}

test('well to the end, with the dimensions of the bound', async () => {
  const { watch, queries, passed } = world(() => 0.99)
  expect(await watch([bound], 30)).toEqual({ kind: 'well' })
  expect(passed()).toBe(30)
  expect(queries[0]).toMatchObject({ measure: bound.measure, where: { zone: 'B' } })
})

test('harm ends it at once, and what was measured before it is none', async () => {
  // Bad until it begins, then well, then bad from second 40 on.
  const { watch, passed } = world((second) => (second < 10 || second >= 40 ? 0.5 : 0.99))
  expect(await watch([bound], 120)).toMatchObject({ kind: 'harm' })
  expect(passed()).toBe(40)
})

test.each([
  ['no value', null],
  ['NaN', Number.NaN],
  ['a source that does not answer', new Error('away')],
])('%s is never well', async (_name, value) => {
  expect(await world(() => value).watch([bound], 30)).toMatchObject({ kind: 'no-data' })
  const long = world(() => value)
  expect(await long.watch([bound], 600)).toMatchObject({ kind: 'no-data' })
  expect(long.passed()).toBe(61)
})

test('a value that stops counts for the grace only', async () => {
  const { watch, passed } = world((second) => (second <= 100 ? 0.99 : null))
  expect(await watch([bound], 600)).toMatchObject({ kind: 'no-data' })
  // Points are 5 s apart, so the last good one is of second 96 to 100.
  expect(passed()).toBeGreaterThan(155)
  expect(passed()).toBeLessThanOrEqual(161)
})
