/** Derived measures as they are asked: over several sources, through the planner. */
import { createServer, type Server } from 'node:http'
import { afterEach, expect, it } from 'vitest'
import { createDataService } from '../query/create-data-service.ts'
import { modelFile } from '../model/model.ts'
import type { DataQuery } from '../query/service.ts'
import type { SeriesAsk, Source } from '../sources/source.ts'

const minute = 60_000
const asOf = Date.UTC(2026, 9, 14, 14, 10)
const query: DataQuery = { measure: 'flow.loss', from: asOf - 2 * minute, to: asOf, stepSeconds: 60, asOf }

const common = { title: 'x', bad: 'down' as const }
const counter = { ...common, kind: 'counter' as const, unit: 'orders/min', select: 'x_total' }
const derived = (formula: string, inputs: Record<string, string>, unit = 'ratio') => ({
  ...common,
  kind: 'derived' as const,
  unit,
  formula,
  inputs,
})
const model = modelFile.parse({
  tenonModel: 1,
  tables: {
    shop: { source: 'sql', dimensions: { zone: 'zone' }, measures: { ordered: counter, returned: counter } },
    metrics: { source: 'metrics', dimensions: { zone: 'zone' }, measures: { paid: counter } },
    flow: {
      measures: {
        share: derived('paid / ordered', { paid: 'metrics.paid', ordered: 'shop.ordered' }),
        loss: derived('1 - share', { share: 'flow.share' }),
        twice: derived('(paid - other) + paid', { paid: 'metrics.paid', other: 'metrics.paid' }, 'orders/min'),
      },
    },
  },
})

function ownSource(value: (ask: SeriesAsk, zone: string) => number | null): Source {
  return {
    async series(ask) {
      const zones = ask.groupBy.length > 0 ? ['A', 'B'] : ['']
      const each = (at: (t: number, zone: string) => number | null) =>
        zones.map((zone) => ({
          labels: { zone },
          samples: ask.grid.flatMap((t): [number, number][] => {
            const given = at(t, zone)
            return given === null ? [] : [[t, given]]
          }),
        }))
      return {
        values: each((_, zone) => value(ask, zone)),
        newest: each((t) => t / 1000 - 3),
        spans: [{ from: ask.grid[0]!, to: ask.grid.at(-1)!, windowSeconds: 60, intervalSeconds: 15 }],
        incomplete: null,
        expression: `own ${ask.measure.select}`,
      }
    },
    test: async () => ({ ok: true, detail: '' }),
    close: async () => {},
  }
}

it('is computed over several sources and over derived measures, with what each was asked', async () => {
  const own = { sql: ownSource(() => 20), metrics: ownSource((_, zone) => (zone === 'B' ? 10 : 15)) }
  const data = createDataService({ model, sources: async () => null, own })
  const total = await data.data(query)
  expect(total.series[0]!.points.map(([, value]) => value)).toEqual([0.25, 0.25, 0.25])
  expect(total.quality).toEqual({ completeness: 1, freshnessSeconds: 3, resolutionSeconds: 15, notes: [] })
  expect(total.query).toMatchObject({
    source: 'metrics, sql',
    expression:
      '1 - share\nshare = paid / ordered\n  paid = own x_total  [metrics]\n  ordered = own x_total  [sql]  [metrics, sql]',
  })
  const zones = await data.data({ ...query, groupBy: ['zone'] })
  expect(zones.series.map(({ dimensions, points }) => [dimensions.zone, points[0]![1]])).toEqual([
    ['A', 0.25],
    ['B', 0.5],
  ])
})

it('has no value without traffic, and says so', async () => {
  const own = { sql: ownSource(() => 0), metrics: ownSource(() => 0) }
  const { series, quality } = await createDataService({ model, sources: async () => null, own }).data({
    ...query,
    measure: 'flow.share',
  })
  expect(series[0]!.points.every(([, value]) => value === null)).toBe(true)
  expect(quality).toMatchObject({ completeness: 0, notes: ['no value at any time: there was no traffic'] })
})

it('says which input does not have a dimension', async () => {
  const own = { sql: ownSource(() => 1), metrics: ownSource(() => 1) }
  const data = createDataService({ model, sources: async () => null, own })
  await expect(data.data({ ...query, groupBy: ['city'] })).rejects.toMatchObject({
    code: 'unknown-dimension',
    message: expect.stringContaining('"flow.loss" is computed from "flow.share". "flow.share" is computed from "'),
  })
})

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

it('reads an input once, however often it is one', async () => {
  let requests = 0
  const server = createServer((request, response) => {
    requests += 1
    request.resume().on('end', () => {
      const values = [0, 1, 2].map((index) => [(query.from + index * minute) / 1000, '5'])
      response.end(
        JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: [{ metric: {}, values }] } }),
      )
    })
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
  const data = createDataService({ model, sources: async () => ({ kind: 'prometheus', url, secret: null }) })
  const { series, cost } = await data.data({ ...query, measure: 'flow.twice' })
  // The newest samples that this server tells of are of 1970.
  expect(series[0]!.points).toHaveLength(3)
  expect(requests).toBe(3)
  expect(cost).toMatchObject({ fetched: 3, shared: 3, points: 18, series: 6 })
  await data.close()
})
