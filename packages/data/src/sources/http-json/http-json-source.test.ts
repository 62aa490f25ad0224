import { describe, expect, it } from 'vitest'
import { answering, hostile, listening } from '../../../test/loopback-server.ts'
import { hostileValues, minute, minutes, seriesAsk, unshared, type AskOptions } from '../../../test/series-ask.ts'
import { parseEndpoint } from './endpoint.ts'
import { httpJsonKind } from './http-json-source.ts'

const last = Date.UTC(2026, 10, 29, 12)
const grid = minutes(last, 2)
const open = (url: string, secret: string | null = null) =>
  httpJsonKind.open({ kind: 'http-json', url, secret }, { fetch: unshared })
const count = { select: '*' }
const from = 'orders?after={from}&before={to:ms}&s={from:s}-{to:s}&step={step}s#/data/rows'

async function ofRows(rows: unknown, options: Partial<AskOptions> = {}) {
  const { url, requests } = await answering(() => ({ body: { data: { rows } } }))
  const answer = await open(`${url}/api`).series(seriesAsk({ from, grid, measure: count, ...options }))
  return { answer, requests, url }
}

describe('an endpoint of rows', () => {
  it('is asked for the windows of the grid, and says so', async () => {
    const { answer, requests, url } = await ofRows([
      { time: '2026-11-29T11:59:30Z' },
      { time: last / 1000 },
      { time: last },
      { time: '2026-11-29 13:00:00+0100' },
      { time: '2026-11-29 12:00' },
    ])
    const path = '/api/orders?after=2026-11-29T11%3A58%3A00.000Z&before=1795953600000&s=1795953480-1795953600&step=60s'
    expect(requests.map((request) => request.path)).toEqual([path])
    expect(answer.expression).toBe(`GET ${url}${path}`)
    expect(answer.values).toEqual([{ labels: {}, samples: [[last, 5]] }])
    expect(answer).toMatchObject({ incomplete: null, spans: [{ from: last - minute, to: last, windowSeconds: 60 }] })
  })

  it('filters and groups the rows by what they say, and puts no value into the address', async () => {
    const rows = hostileValues.map((zone) => ({ time: last, at: { zone }, amount: '2.5' }))
    for (const value of hostileValues) {
      const { answer, requests } = await ofRows(rows, {
        dimensions: { zone: 'at.zone' },
        where: { zone: [value] },
        groupBy: ['zone'],
        measure: { select: 'amount' },
      })
      expect(answer.values).toEqual([{ labels: { 'at.zone': value }, samples: [[last, 2.5]] }])
      expect(requests[0]!.path).not.toContain('zone')
    }
  })

  it('leaves out values that are none, and takes points in any order and twice', async () => {
    const rows = [
      { time: last, used: 3 },
      { time: last - minute, used: 'NaN' },
      { time: last, used: 3 },
      { time: last - minute, used: null },
      { time: last - 1, used: '1e999' },
      { time: last + minute, used: 9 },
      { time: last - minute },
    ]
    const { answer } = await ofRows(rows, { measure: { kind: 'gauge', select: 'used' } })
    expect(answer.values).toEqual([{ labels: {}, samples: [[last, 3]] }])
  })

  it.each([
    [{}, /"\/data\/rows" in the answer is an object and not a list of rows/],
    [undefined, /is not there and not a list/],
    [[7], /Row 0 is a number and not an object/],
    [[{ time: last }, { time: 'yesterday' }], /Row 1 has no time in "time"/],
    [[{ time: null }], /Row 0 has no time/],
    [[{ time: last, used: { deep: 1 } }], /"used" of row 0 is an object and not a number/],
    [[{ time: last, used: 'many' }], /"used" of row 0 is a text and not a number/],
    [[{ time: last, used: 1, zone: ['A'] }], /"zone" of row 0 is a list and not a text/],
  ])('says what is wrong with %j', async (rows, message) => {
    const options = { dimensions: { zone: 'zone' }, groupBy: ['zone'], measure: { select: 'used' } }
    await expect(ofRows(rows, options)).rejects.toMatchObject({
      code: 'source-refused',
      message: expect.stringMatching(message),
      fix: expect.any(String),
    })
  })

  it.each(hostile)('gives a clear error for $name', async ({ handler, error }) => {
    const url = await listening(handler)
    await expect(open(url, 'hidden').series(seriesAsk({ from, grid, measure: count }))).rejects.toMatchObject({
      code: error.code,
      message: expect.stringMatching(error.message),
    })
  })

  it('reads no more rows than it may', async () => {
    const rows = Array.from({ length: 500_001 }, () => ({ time: last }))
    await expect(ofRows(rows)).rejects.toMatchObject({
      code: 'query-too-large',
      fix: expect.stringContaining('{from}'),
    })
  })
})

describe('parseEndpoint', () => {
  it.each([
    ['orders', { path: 'orders', parameters: [], rows: [] }],
    [
      '?a=b&a=c%26d#/x~1y/0/~0',
      {
        path: '',
        parameters: [
          ['a', 'b'],
          ['a', 'c&d'],
        ],
        rows: ['x/y', '0', '~'],
      },
    ],
    [undefined, { path: '', parameters: [], rows: [] }],
  ])('reads %s', (text, expected) => {
    expect(parseEndpoint(text)).toEqual(expected)
  })

  it.each([
    'http://elsewhere.example/x',
    '//elsewhere.example/x',
    '/x',
    '../x',
    'a/%2E%2e/b',
    'a\\..\\b',
    'orders/{from}',
    'x?{from}=1',
    'x?a={zone}',
    'x?a={from',
    'x#rows',
    'x y',
  ])('refuses %s', (text) => {
    expect(() => parseEndpoint(text)).toThrow(/cannot be asked/)
  })
})

describe('test', () => {
  it('says what answers', async () => {
    const { url } = await answering(({ path }) => ({ status: path === '/there' ? 200 : 404, body: [] }))
    expect(await open(`${url}/there`).test()).toEqual({ ok: true, detail: 'It answers.' })
    expect(await open(url).test()).toMatchObject({ ok: true, detail: expect.stringContaining('404') })
  })

  it.each([
    ['http://127.0.0.1:1', 'nothing listens'],
    ['ftp://x', 'not one of an endpoint of JSON'],
    ['http://169.254.169.254/', 'metadata'],
  ])('says what is wrong with %s', async (url, message) => {
    expect(await open(url).test()).toMatchObject({
      ok: false,
      message: expect.stringContaining(message),
      fix: expect.any(String),
    })
  })

  it('says that it is not allowed', async () => {
    const { url } = await answering(() => ({ status: 401, body: { message: 'who are you' } }))
    expect(await open(url, 'hidden').test()).toMatchObject({
      ok: false,
      message: expect.stringContaining('who are you'),
    })
  })
})
