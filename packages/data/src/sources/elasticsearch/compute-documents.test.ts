/** No Elasticsearch runs here: the searches are evaluated by a stand-in after the documentation. */
import { describe, expect, it } from 'vitest'
import { answering, listening } from '../../../test/loopback-server.ts'
import { evaluateSearch, type Document } from '../../../test/search-stand-in.ts'
import { hostileValues, unshared } from '../../../test/series-ask.ts'
import { computeAsk, type ComputeAskInput } from '../../compute/ask.ts'
import { columnNames } from '../../compute/column-names.ts'
import type { RowsAsk } from '../../compute/rows-ask.ts'
import { elasticsearchKind } from './elasticsearch-source.ts'

const from = Date.UTC(2026, 10, 29, 11, 0, 7)
const to = from + 600_000
const documents: Document[] = [
  { '@timestamp': from - 1, method: 'GET', took: 9, host: 'a' },
  { '@timestamp': from, method: 'GET', took: 1, host: 'a' },
  { '@timestamp': from + 59_999, method: 'GET', took: 3, host: 'b', path: '/a.b*c' },
  { '@timestamp': from + 60_000, method: 'PUT', took: 5, host: 'a', path: '/x' },
  { '@timestamp': to - 1, took: 7, host: 'c' },
  { '@timestamp': to, method: 'GET', took: 9, host: 'a' },
]

async function compute(more: Partial<ComputeAskInput> = {}, entities: RowsAsk['entities'] = null, own = documents) {
  const { url, requests } = await answering(({ body }) => ({ body: evaluateSearch(own, JSON.parse(body)) }))
  const source = elasticsearchKind.open({ kind: 'elasticsearch', url, secret: null }, { fetch: unshared })
  const ask = computeAsk.parse({ from: { source: 's', from: 'calls' }, range: { from, to }, ...more })
  const given = { ask, from: 'calls', range: { from, to }, names: columnNames(ask), entities }
  return { result: await source.compute!(given, null), requests }
}

describe('compute', () => {
  it('aggregates what lies in the range, with its begin and without its end', async () => {
    const aggregates = [
      { fn: 'count' as const },
      { fn: 'sum' as const, field: 'took' },
      { fn: 'avg' as const, field: 'took' },
      { fn: 'min' as const, field: 'took' },
      { fn: 'max' as const, field: 'took' },
      { fn: 'quantile' as const, field: 'took', quantile: 0.5 },
      { fn: 'distinct' as const, field: 'host' },
      { fn: 'count' as const, field: 'path' },
    ]
    const { result, requests } = await compute({ aggregates })
    expect(result.rows).toEqual([[4, 16, 4, 1, 7, 4, 3, 2]])
    expect(result.notes).toEqual(['Quantiles and numbers of different values are estimated by the cluster.'])
    expect(requests.map(({ path }) => path)).toEqual(['/calls/_search'])
    expect(JSON.parse(result.query)).toEqual(JSON.parse(requests[0]!.body))
  })

  it('groups by fields and steps, and a document without the field by nothing', async () => {
    expect((await compute({ groupBy: ['method'], stepSeconds: 60 })).result.rows).toEqual([
      [from, 'GET', 2],
      [from + 60_000, 'PUT', 1],
      [from + 540_000, '', 1],
    ])
    const aggregates = [{ fn: 'count' as const }, { fn: 'sum' as const, field: 'size' }]
    expect((await compute({ groupBy: ['host'], aggregates, top: { by: 'count', count: 1 } })).result).toMatchObject({
      rows: [['a', 2, null]],
      notes: ['1 of 3 groups are shown.'],
      bounds: { isCut: true },
    })
  })

  it.each<[NonNullable<ComputeAskInput['where']>[number], number]>([
    [{ field: 'method', value: 'GET' }, 2],
    [{ field: 'method', op: '!=', value: 'GET' }, 2],
    [{ field: 'method', op: 'in', value: ['GET', 'PUT'] }, 3],
    [{ field: 'method', op: 'not-in', value: ['GET', 'PUT'] }, 1],
    [{ field: 'took', op: '>', value: 3 }, 2],
    [{ field: 'took', op: '<=', value: 3 }, 2],
    [{ field: 'path', op: 'exists' }, 2],
    [{ field: 'path', op: 'contains', value: 'b*' }, 1],
  ])('filters by %j', async (where, count) => {
    expect((await compute({ where: [where] })).result.rows).toEqual([[count]])
  })

  it('has only the entities that are asked for', async () => {
    expect((await compute({}, { field: 'host', values: ['a', 'b'] })).result.rows).toEqual([[3]])
    expect((await compute({}, { field: 'host', values: [] })).result.rows).toEqual([])
  })

  it.each(hostileValues)('filters by %j as a value', async (value) => {
    const own = hostileValues.map((zone): Document => ({ '@timestamp': from, zone }))
    const { result } = await compute({ where: [{ field: 'zone', value }], groupBy: ['zone'] }, null, own)
    expect(result.rows).toEqual([[value, 1]])
  })

  it.each<[Partial<ComputeAskInput>, string]>([
    [{ where: [{ field: 'a', op: 'matches', value: 'x.*' }] }, 'its own language'],
    [{ groupBy: ['a"b'] }, 'is no field of an index'],
    [{ parse: 'json' }, 'have fields already'],
    [{ time: null }, 'needs the time'],
  ])('refuses %j', async (more, message) => {
    await expect(compute(more)).rejects.toMatchObject({ code: 'bad-query', message: expect.stringContaining(message) })
  })

  it('reads no more groups than an answer may have, of an answer without end', async () => {
    const buckets = Array.from({ length: 5_000 }, (_, index) => ({ key: { g0: String(index), t: from }, doc_count: 1 }))
    const windows = { after_key: buckets.at(-1)!.key, buckets }
    const page = { timed_out: false, _shards: { total: 1, failed: 0 }, aggregations: { windows } }
    const { url, requests } = await answering(() => ({ body: page }))
    const source = elasticsearchKind.open({ kind: 'elasticsearch', url, secret: null }, { fetch: unshared })
    const ask = computeAsk.parse({ from: { source: 's', from: 'x' }, range: { from, to }, groupBy: ['host'] })
    const given = { ask, from: 'calls', range: { from, to }, names: columnNames(ask), entities: null }
    await expect(source.compute!(given, null)).rejects.toMatchObject({
      code: 'query-too-large',
      message: 'The search gives more than 10000 groups and windows.',
    })
    expect(requests).toHaveLength(3)
  })

  it('ends by its limit', async () => {
    const url = await listening(() => undefined)
    const source = elasticsearchKind.open({ kind: 'elasticsearch', url, secret: null }, { fetch: unshared })
    const ask = computeAsk.parse({ from: { source: 's', from: 'x' }, range: { from, to }, limits: { seconds: 1 } })
    const given = { ask, from: 'calls', range: { from, to }, names: columnNames(ask), entities: null }
    await expect(source.compute!(given, null)).rejects.toMatchObject({ code: 'query-too-large' })
  })
})
