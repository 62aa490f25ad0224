/**
 * No Elasticsearch runs here. The conversations marked RECORDED are written after the documented formats of its search API and of
 * OpenSearch's, shortened to what is read.
 */
import type { ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { answering, hostile, listening } from '../../../test/loopback-server.ts'
import { hostileValues, minute, minutes, seriesAsk, unshared, type AskOptions } from '../../../test/series-ask.ts'
import { elasticsearchKind } from './elasticsearch-source.ts'
import { newestSearch, valuesSearch } from './search-body.ts'

const last = Date.UTC(2026, 10, 29, 12)
const grid = minutes(last, 3)
const from = 'logs-payment-*'
const dimensions = { zone: 'labels.zone', host: 'host.name' }
const open = (url: string, secret: string | null = null) =>
  elasticsearchKind.open({ kind: 'elasticsearch', url, secret }, { fetch: unshared })
const askOf = (options: Partial<AskOptions> = {}) =>
  seriesAsk({ from, grid, dimensions, measure: { select: '*' }, ...options })
const bodyOf = (options: Partial<AskOptions>) => valuesSearch(askOf(options)).page(null)

describe('valuesSearch', () => {
  it('asks for buckets of just the windows, of the groups, counted by a filter', () => {
    const options = {
      measure: { select: '*{status="failed",labels.zone!="C"}' },
      groupBy: ['zone'],
      where: { host: ['a', 'b'] },
    }
    expect(bodyOf(options)).toEqual({
      size: 0,
      track_total_hits: false,
      timeout: '25s',
      query: {
        bool: {
          filter: [
            { range: { '@timestamp': { gt: last - 3 * minute, lte: last, format: 'epoch_millis' } } },
            { terms: { 'host.name': ['a', 'b'] } },
            { bool: { must_not: [{ term: { 'labels.zone': { value: 'C' } } }] } },
          ],
        },
      },
      aggs: {
        windows: {
          composite: {
            size: 5_000,
            sources: [
              { g0: { terms: { field: 'labels.zone', missing_bucket: true } } },
              // Buckets begin with their first moment: one millisecond after the window before has ended.
              { t: { date_histogram: { field: '@timestamp', fixed_interval: '60000ms', offset: '+1ms' } } },
            ],
          },
          aggs: {
            of: {
              filter: {
                bool: {
                  filter: [
                    { term: { status: { value: 'failed' } } },
                    { bool: { must_not: [{ term: { 'labels.zone': { value: 'C' } } }] } },
                  ],
                },
              },
              aggs: {},
            },
          },
        },
      },
    })
  })

  it('moves the buckets to a grid that is not on whole steps', () => {
    const moved = bodyOf({ grid: grid.map((t) => t + 15_500), time: 'at' })
    expect(JSON.stringify(moved)).toContain(
      '"date_histogram":{"field":"at","fixed_interval":"60000ms","offset":"+15501ms"}',
    )
  })

  it('takes a gauge of each series, and its highest without', () => {
    const text = JSON.stringify(bodyOf({ measure: { kind: 'gauge', select: 'used{pool="x"}' } }))
    expect(text).toContain('"terms":{"field":"labels.zone","missing_bucket":true}')
    expect(text).toContain('"terms":{"field":"host.name","missing_bucket":true}')
    expect(text).toContain('"terms":{"field":"pool","missing_bucket":true}')
    expect(text).toContain('"value":{"avg":{"field":"used"}}')
    const highest = JSON.stringify(bodyOf({ measure: { kind: 'gauge', select: 'used', aggregate: 'max' } }))
    expect(highest).toContain('"value":{"max":{"field":"used"}}')
    expect(highest).not.toContain('missing_bucket')
  })

  it('takes a quantile', () => {
    const body = bodyOf({ measure: { kind: 'histogram', select: 'event.duration', quantile: 0.99 } })
    expect(JSON.stringify(body)).toContain('"percentiles":{"field":"event.duration","percents":[99],"keyed":false}')
  })

  it.each(hostileValues)('has %j only as the value of a term', (value) => {
    const filters = JSON.stringify(bodyOf({ where: { zone: [value] } }).query)
    const term = { term: { 'labels.zone': { value } } }
    const wanted =
      value === ''
        ? {
            bool: {
              should: [term, { bool: { must_not: [{ exists: { field: 'labels.zone' } }] } }],
              minimum_should_match: 1,
            },
          }
        : term
    expect(JSON.parse(filters)).toMatchObject({ bool: { filter: [expect.anything(), wanted] } })
    expect(filters).not.toMatch(/query_string|regexp|wildcard|script/)
  })

  it.each<[Partial<AskOptions>, string]>([
    [{ measure: { kind: 'gauge', select: '*' } }, 'needs a field'],
    [{ measure: { select: '*{status=~"5.."}' } }, 'an index compares "status" with values only'],
    [{ dimensions: { zone: 'labels/zone' }, groupBy: ['zone'] }, '"labels/zone" is no field of an index'],
  ])('refuses %j', (options, message) => {
    expect(() => bodyOf(options)).toThrow(message)
  })

  it('asks for the newest document of each, also before the grid', () => {
    const body = newestSearch(askOf({ newestBy: ['host'], measure: { select: '*{status="failed"}' } }), 5).page(null)
    expect(JSON.stringify(body)).toContain(`"gt":${last - 8 * minute},`)
    expect(JSON.stringify(body)).toContain('"newest":{"max":{"field":"@timestamp"}}')
    expect(JSON.stringify(body)).not.toContain('failed')
  })
})

interface Bucket {
  key: Record<string, unknown>
  [part: string]: unknown
}

const windows = (buckets: Bucket[], more: Record<string, unknown> = {}) => ({
  took: 4,
  timed_out: false,
  _shards: { total: 2, successful: 2, skipped: 0, failed: 0 },
  hits: { max_score: null, hits: [] },
  aggregations: { windows: { ...(buckets.length === 0 ? {} : { after_key: buckets.at(-1)!.key }), buckets } },
  ...more,
})

/** The begin of the bucket that ends with `t`. */
const begin = (t: number) => t - minute + 1

async function elasticOf(values: unknown, newest: unknown = windows([])) {
  return answering(({ body }) => ({ body: body.includes('"newest"') ? newest : values }))
}

describe('series', () => {
  it('reads the recorded conversation', async () => {
    // RECORDED: Elasticsearch 8
    const values = windows([
      { key: { g0: 'A', t: begin(last - minute) }, doc_count: 12, of: { doc_count: 3 } },
      { key: { g0: 'A', t: begin(last) }, doc_count: 7, of: { doc_count: 0 } },
      { key: { g0: null, t: begin(last) }, doc_count: 1, of: { doc_count: 1 } },
    ])
    const newest = windows([
      { key: { g0: 'A', t: begin(last) }, doc_count: 7, newest: { value: last - 250, value_as_string: 'x' } },
      { key: { g0: null, t: begin(last) }, doc_count: 1, newest: { value: last, value_as_string: 'x' } },
    ])
    const { url, requests } = await elasticOf(values, newest)
    const ask = askOf({ groupBy: ['zone'], measure: { select: '*{status="failed"}' } })
    const answer = await open(`${url}/es`, 'ApiKey abc').series(ask)
    const expression = `POST ${url}/es/logs-payment-*/_search\n${JSON.stringify(valuesSearch(ask).page(null))}`
    expect(answer).toEqual({
      values: [
        {
          labels: { 'labels.zone': 'A' },
          samples: [
            [last - minute, 3],
            [last, 0],
          ],
        },
        { labels: { 'labels.zone': '' }, samples: [[last, 1]] },
      ],
      newest: [
        { labels: { 'labels.zone': 'A' }, samples: [[last, (last - 250) / 1000]] },
        { labels: { 'labels.zone': '' }, samples: [[last, last / 1000]] },
      ],
      spans: [{ from: grid[0], to: last, windowSeconds: 60 }],
      incomplete: null,
      expression,
    })
    expect(requests[0]).toMatchObject({
      method: 'POST',
      path: '/es/logs-payment-*/_search',
      headers: { authorization: 'ApiKey abc', 'content-type': 'application/json' },
    })
  })

  it('joins, divides and takes quantiles as the measure says', async () => {
    const of = (value: unknown, documents = 2) => ({ doc_count: documents, value: { value } })
    const read = async (measure: Record<string, unknown>, buckets: Bucket[]) => {
      const { url } = await elasticOf(windows(buckets))
      return (await open(url).series(askOf({ measure }))).values[0]?.samples
    }
    const key = (host: string, t = last) => ({ g0: 'A', g1: host, t: begin(t) })
    const series = [
      { key: key('a'), of: of(10), per: of(20) },
      { key: key('b'), of: of(5), per: of(20) },
      { key: key('c'), of: of(null, 0), per: of(null, 0) },
    ]
    expect(await read({ kind: 'gauge', select: 'used' }, series)).toEqual([[last, 15]])
    expect(await read({ kind: 'gauge', select: 'used', aggregate: 'avg' }, series)).toEqual([[last, 7.5]])
    expect(await read({ kind: 'ratio', operands: 'gauge', of: 'used', per: 'limit' }, series)).toEqual([[last, 0.375]])
    const counts = [
      { key: { t: begin(last) }, of: { doc_count: 1 }, per: { doc_count: 4 } },
      { key: { t: begin(last - minute) }, of: { doc_count: 0 }, per: { doc_count: 0 } },
    ]
    expect(await read({ kind: 'ratio', of: '*{a="b"}', per: '*' }, counts)).toEqual([[last, 0.25]])
    const percentiles = (value: unknown) => ({ doc_count: 2, value: { values: [{ key: 95, value }] } })
    const quantiles = [
      { key: { t: begin(last) }, of: percentiles(0.25) },
      { key: { t: begin(last - minute) }, of: percentiles('NaN') },
    ]
    expect(await read({ kind: 'histogram', select: 'took', quantile: 0.95 }, quantiles)).toEqual([[last, 0.25]])
  })

  it('reads page after page, and not more series than it may', async () => {
    const page = (count: number, first: number) =>
      windows(
        Array.from({ length: count }, (_, index) => ({
          key: { g0: `z${first + index}`, t: begin(last) },
          of: { doc_count: 1 },
        })),
      )
    const { url, requests } = await answering(({ body }) => {
      if (body.includes('"newest"')) return { body: windows([]) }
      const hasMore = !body.includes('"after":{"g0":"z4999"')
      // The same groups again, so that there are not more series than an answer may have.
      return { body: hasMore ? page(5_000, 0) : page(1, 7) }
    })
    await expect(open(url).series(askOf({ groupBy: ['zone'] }))).rejects.toMatchObject({ code: 'query-too-large' })
    expect(requests.filter(({ body }) => !body.includes('"newest"'))).toHaveLength(2)
  })

  it.each([
    [{ timed_out: true }, 'given up'],
    [{ _shards: { total: 5, successful: 3, skipped: 0, failed: 2 } }, '2 of 5 shards failed'],
    // RECORDED: no index matches the pattern
    [{ aggregations: undefined, _shards: { total: 0, successful: 0, skipped: 0, failed: 0 } }, 'no index'],
  ])('says that an answer is not whole: %j', async (more, message) => {
    const { url } = await elasticOf(windows([], more))
    expect(await open(url).series(askOf())).toMatchObject({ incomplete: expect.stringContaining(message), values: [] })
  })

  it('leaves out buckets that were not asked for', async () => {
    const buckets = [begin(last) + 1, begin(last + minute), begin(last - 3 * minute), 'soon', begin(last)]
    const { url } = await elasticOf(windows(buckets.map((t) => ({ key: { t }, of: { doc_count: 1 } }))))
    expect((await open(url).series(askOf())).values).toEqual([{ labels: {}, samples: [[last, 1]] }])
  })

  it.each([
    ...hostile,
    {
      // RECORDED
      name: 'a text field',
      handler: (_: unknown, response: ServerResponse) =>
        response.writeHead(400).end(
          JSON.stringify({
            error: {
              root_cause: [
                {
                  type: 'illegal_argument_exception',
                  reason: 'Fielddata is disabled on [status] in [logs]. Text fields are not optimised.',
                },
              ],
              type: 'search_phase_execution_exception',
              reason: 'all shards failed',
            },
            status: 400,
          }),
        ),
      error: { code: 'source-refused', message: /Fielddata is disabled on \[status\].*keyword field/ },
    },
    {
      // RECORDED
      name: 'no such index',
      handler: (_: unknown, response: ServerResponse) =>
        response.writeHead(404).end(
          JSON.stringify({
            error: { root_cause: [{ type: 'index_not_found_exception', reason: 'no such index [logs]' }] },
            status: 404,
          }),
        ),
      error: { code: 'source-refused', message: /404: no such index \[logs\]/ },
    },
    {
      name: 'wrong types',
      handler: (_: unknown, response: ServerResponse) => response.end(JSON.stringify(windows([{ key: { t: [1] } }]))),
      error: { code: 'source-refused', message: /does not answer as Elasticsearch/ },
    },
  ])('gives a clear error for $name', async ({ handler, error }) => {
    const url = await listening(handler)
    const asked = await open(url, 'user:hidden')
      .series(askOf())
      .catch((thrown: unknown) => thrown)
    expect(asked).toMatchObject({
      code: error.code,
      message: expect.stringMatching(error.message),
      fix: expect.any(String),
    })
    expect(String(asked)).not.toContain('hidden')
  })

  it.each([undefined, '', '_all', '_cluster/health', 'a/b', '..', 'x,_search', 'a?b', '<logs-{now/d}>', 'a b', 'a,'])(
    'takes %s for no index',
    async (name) => {
      const ask = askOf()
      const table = name === undefined ? { ...ask.table, from: undefined } : { ...ask.table, from: name }
      await expect(open('http://127.0.0.1:1').series({ ...ask, table })).rejects.toMatchObject({ code: 'bad-query' })
    },
  )
})

describe('test', () => {
  it.each([
    [{ number: '8.15.0', build_flavor: 'default' }, 'Elasticsearch 8.15.0'],
    [{ number: '2.11.0', distribution: 'opensearch' }, 'OpenSearch 2.11.0'],
  ])('says what answers: %j', async (version, name) => {
    // RECORDED
    const { url } = await answering(() => ({ body: { name: 'n1', cluster_name: 'logs', version, tagline: 'x' } }))
    expect(await open(url).test()).toEqual({ ok: true, detail: `It answers: ${name}, cluster logs.` })
  })

  it('says why it may not look', async () => {
    // RECORDED
    const reason = 'unable to authenticate user [reader] for REST request [/]'
    const { url } = await answering(() => ({
      status: 401,
      body: { error: { root_cause: [{ type: 'security_exception', reason }] }, status: 401 },
    }))
    expect(await open(url, 'reader:hidden').test()).toMatchObject({
      ok: false,
      message: expect.stringContaining(reason),
    })
  })

  it('says that something else answers', async () => {
    const { url } = await answering(() => ({ body: { status: 'ok' } }))
    expect(await open(url).test()).toMatchObject({
      ok: false,
      message: expect.stringContaining('does not answer as Elasticsearch'),
    })
  })
})
