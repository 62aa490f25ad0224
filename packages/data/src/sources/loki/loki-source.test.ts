/**
 * No Loki runs here. The conversations marked RECORDED are written after the documented formats of its HTTP API
 * (`/loki/api/v1/query_range`, `/loki/api/v1/labels`), shortened to what is read.
 */
import { describe, expect, it } from 'vitest'
import { answering, hostile, listening } from '../../../test/loopback-server.ts'
import { hostileValues, minute, minutes, seriesAsk, unshared, type AskOptions } from '../../../test/series-ask.ts'
import { parseLogQuery, quoted } from './log-query.ts'
import { newestExpression, valuesExpression } from './logql.ts'
import { lokiKind } from './loki-source.ts'

const last = Date.UTC(2026, 10, 29, 12)
const grid = minutes(last, 3)
const from = '{app="payment"} | json'
const dimensions = { zone: 'zone', host: 'host' }
const open = (url: string, secret: string | null = null) =>
  lokiKind.open({ kind: 'loki', url, secret }, { fetch: unshared })
const askOf = (options: Partial<AskOptions>) =>
  seriesAsk({ from, grid, dimensions, measure: { select: '*' }, ...options })

describe('valuesExpression', () => {
  const rows = '{app="payment"} | json | __error__=""'
  it.each<[string, Partial<AskOptions>, string]>([
    ['counts lines', {}, `sum (count_over_time(${rows} [1m]))`],
    [
      'counts some, and none where others came',
      { measure: { select: '*{level="error",zone="A"}' }, groupBy: ['zone'], stepSeconds: 30 },
      `(sum by (zone) (count_over_time(${rows} | level="error" | zone="A" [1m])) or sum by (zone) (count_over_time(${rows} | zone="A" [1m])) * 0) * 2`,
    ],
    [
      'sums a label',
      { measure: { select: 'amount' }, where: { zone: ['A', 'B'] } },
      `(sum (sum_over_time(${rows} | (zone="A" or zone="B") | unwrap amount | __error__="" [1m])) or sum (count_over_time(${rows} | (zone="A" or zone="B") [1m])) * 0)`,
    ],
    [
      'divides counts',
      { measure: { kind: 'ratio', of: '*{level="error"}', per: '*' } },
      `(sum (count_over_time(${rows} | level="error" [1m])) or sum (count_over_time(${rows} [1m])) * 0) / (sum (count_over_time(${rows} [1m])) > 0)`,
    ],
    [
      'takes a gauge of each series',
      { measure: { kind: 'gauge', select: 'used{pool=~"a|b"}' }, groupBy: ['zone'] },
      `sum by (zone) (avg_over_time(${rows} | pool=~"a|b" | unwrap used | __error__="" [1m]) by (zone, host, pool))`,
    ],
    [
      'keeps the highest',
      { measure: { kind: 'gauge', select: 'used', aggregate: 'max' } },
      `max (max_over_time(${rows} | unwrap used | __error__="" [1m]) by (zone, host))`,
    ],
    [
      'divides levels',
      { measure: { kind: 'ratio', operands: 'gauge', of: 'used', per: 'limit' }, dimensions: {} },
      `sum (avg_over_time(${rows} | unwrap used | __error__="" [1m]) by ()) / (sum (avg_over_time(${rows} | unwrap limit | __error__="" [1m]) by ()) != 0)`,
    ],
    [
      'takes a quantile',
      { measure: { kind: 'histogram', select: 'took', quantile: 0.95 }, groupBy: ['host'] },
      `quantile_over_time(0.95, ${rows} | unwrap took | __error__="" [1m]) by (host)`,
    ],
  ])('%s', (_, options, expected) => {
    expect(valuesExpression(askOf(options), '[1m]')).toBe(expected)
  })

  it('asks for the newest line of all that report, of a gauge only of its own', () => {
    const time = '| label_format tenon_newest="{{ __timestamp__ | unixEpochMillis }}" | unwrap tenon_newest [1m]'
    expect(newestExpression(askOf({ measure: { select: '*{level="error"}' }, newestBy: ['host'] }), '[1m]')).toBe(
      `max_over_time(${rows}  ${time}) by (host)`,
    )
    expect(newestExpression(askOf({ measure: { kind: 'gauge', select: 'used{a="b"}' } }), '[1m]')).toBe(
      `max_over_time(${rows} | a="b"  ${time}) by ()`,
    )
  })

  it.each(hostileValues)('writes %j as a text and nothing else', (value) => {
    const expression = valuesExpression(askOf({ from: '{app="x"}', where: { zone: [value] } }), '[1m]')
    const [, written = ''] =
      /^sum \(count_over_time\(\{app="x"\} \| zone=("(?:[^"\\\n]|\\.)*") \[1m\]\)\)$/.exec(expression) ?? []
    expect(JSON.parse(written)).toBe(value)
  })

  it.each<[Partial<AskOptions>, string]>([
    [{ measure: { kind: 'gauge', select: '*' } }, 'needs a label'],
    [{ measure: { kind: 'histogram', select: '*', quantile: 0.5 } }, 'needs a label'],
    [{ measure: { select: 'http.took' } }, '"http.took" is no label of Loki'],
    [{ dimensions: { zone: 'k8s/zone' }, groupBy: ['zone'] }, '"k8s/zone" is no label of Loki'],
  ])('refuses %j', (options, message) => {
    expect(() => valuesExpression(askOf(options), '[1m]')).toThrow(message)
  })
})

describe('parseLogQuery', () => {
  it.each([
    ['{ app = "a" , env=~`p|s` }', '{app="a", env=~"p|s"}', false],
    [
      String.raw`{a!="b"}|="x" |~ "\\d+" != ${'`"`'} !~ "y"`,
      String.raw`{a!="b"} |= "x" |~ "\\d+" != "\"" !~ "y"`,
      false,
    ],
    ['{a="b"} | logfmt | level!="debug" |="x"', '{a="b"} | logfmt | level!="debug" |= "x"', true],
    ['{a="b"} | pattern "<ip> - <took>"', '{a="b"} | pattern "<ip> - <took>"', true],
    ['{a="b"} | json="x"', '{a="b"} | json="x"', false],
  ])('reads %s', (text, written, parses) => {
    expect(parseLogQuery(text)).toEqual({ text: written, parses })
  })

  it.each([
    undefined,
    '',
    '{a="b"',
    '{a="b"}[5m]',
    '{a="b"} offset 5m',
    'rate({a="b"}[5m])',
    '{a="b"} | line_format "{{.x}}"',
    '{a="b"} | json | took > 5',
    '{a="b"} or {c="d"}',
    String.raw`{a="\x41"}`,
    '{a="b"}}',
  ])('refuses %s', (text) => {
    expect(() => parseLogQuery(text)).toThrow(/cannot be asked/)
  })

  it('writes half a surrogate pair as what Go can read', () => {
    expect(quoted('\ud83d')).toBe('"�"')
  })
})

/** RECORDED: two zones, of which B is silent in the last minute. */
const recorded = (shift = 0) => ({
  values: matrix([
    [
      { zone: 'A' },
      [
        [last - minute + shift, '12'],
        [last + shift, '6'],
      ],
    ],
    [{ zone: 'B' }, [[last - minute + shift, '3']]],
  ]),
  newest: matrix([
    [{ zone: 'A' }, [[last + shift, String(last - 250)]]],
    [{ zone: 'B' }, [[last - minute + shift, String(last - minute - 1)]]],
  ]),
})

function matrix(result: [Record<string, string>, [number, string][]][], more = {}) {
  const series = result.map(([metric, values]) => ({ metric, values: values.map(([t, text]) => [t / 1000, text]) }))
  return { status: 'success', data: { resultType: 'matrix', result: series, stats: { summary: {} } }, ...more }
}

async function lokiOf({ values, newest }: ReturnType<typeof recorded>) {
  return answering(({ body }) => ({
    body: new URLSearchParams(body).get('query')!.includes('tenon_newest') ? newest : values,
  }))
}

describe('series', () => {
  it('reads the recorded conversation', async () => {
    const { url, requests } = await lokiOf(recorded())
    const ask = askOf({ groupBy: ['zone'] })
    const answer = await open(`${url}?tenant=shop`, 'user:pass').series(ask)
    expect(answer).toEqual({
      values: [
        {
          labels: { zone: 'A' },
          samples: [
            [last - minute, 12],
            [last, 6],
          ],
        },
        { labels: { zone: 'B' }, samples: [[last - minute, 3]] },
      ],
      newest: [
        { labels: { zone: 'A' }, samples: [[last, (last - 250) / 1000]] },
        { labels: { zone: 'B' }, samples: [[last - minute, (last - minute - 1) / 1000]] },
      ],
      spans: [{ from: grid[0], to: last, windowSeconds: 60 }],
      incomplete: null,
      expression: 'sum by (zone) (count_over_time({app="payment"} | json | __error__="" [1m]))',
    })
    const forms = requests.map(({ body }) => Object.fromEntries(new URLSearchParams(body)))
    expect(forms[0]).toEqual({ query: answer.expression, start: `${grid[0]}000000`, end: `${last}000000`, step: '60s' })
    expect(forms[1]).toMatchObject({ start: `${grid[0]! - 5 * minute}000000`, end: `${last}000000` })
    expect(requests[0]).toMatchObject({
      method: 'POST',
      path: '/loki/api/v1/query_range',
      headers: { 'x-scope-orgid': 'shop', authorization: `Basic ${Buffer.from('user:pass').toString('base64')}` },
    })
  })

  it('asks at whole steps with the windows moved back, because Loki may move times', async () => {
    const { url, requests } = await lokiOf(recorded(45_000))
    const shifted = grid.map((t) => t + 15_000)
    const answer = await open(url).series(askOf({ groupBy: ['zone'], grid: shifted }))
    expect(answer.expression).toContain('[1m] offset 45s')
    expect(new URLSearchParams(requests[0]!.body).get('start')).toBe(`${grid[0]! + minute}000000`)
    // Recorded at times that the moved ones are not.
    expect(answer.values.map(({ samples }) => samples)).toEqual([[], []])
    const moved = recorded(minute)
    const right = await open((await lokiOf(moved)).url).series(askOf({ groupBy: ['zone'], grid: shifted }))
    expect(right.values[0]!.samples).toEqual([
      [last - 45_000, 12],
      [last + 15_000, 6],
    ])
  })

  it('leaves out what is no value, and what was not asked for', async () => {
    const values = matrix(
      [
        [
          { zone: 'A', more: 'x' },
          [
            [last, '3'],
            [last - minute, 'NaN'],
            [last - 2 * minute, '+Inf'],
            [last, '4'],
            [last - 1, '5'],
            [last + minute, '6'],
          ],
        ],
        [{}, [[last, '7']]],
      ],
      { warnings: ['some of the data could not be read'] },
    )
    const { url } = await lokiOf({ values, newest: matrix([]) })
    expect(await open(url).series(askOf({ groupBy: ['zone'] }))).toMatchObject({
      values: [
        { labels: { zone: 'A' }, samples: [[last, 4]] },
        { labels: { zone: '' }, samples: [[last, 7]] },
      ],
      newest: [],
      incomplete: 'some of the data could not be read',
    })
  })

  it.each([
    ...hostile,
    {
      // RECORDED: Loki refuses in plain text.
      name: 'a refusal',
      handler: (_: unknown, response: import('node:http').ServerResponse) =>
        response.writeHead(400).end('parse error at line 1, col 8: syntax error: unexpected IDENTIFIER'),
      error: { code: 'source-refused', message: /400: parse error at line 1, col 8/ },
    },
    {
      name: 'wrong types',
      handler: (_: unknown, response: import('node:http').ServerResponse) =>
        response.end(JSON.stringify(matrix([[{ zone: 'A' }, [[last, '1']]]])).replace('"1"', '1')),
      error: { code: 'source-refused', message: /does not answer as Loki does/ },
    },
    {
      name: 'more series than are read',
      handler: (_: unknown, response: import('node:http').ServerResponse) =>
        response.end(
          JSON.stringify(matrix(Array.from({ length: 2_001 }, (_, index) => [{ zone: String(index) }, []]))),
        ),
      error: { code: 'query-too-large', message: /more than 2000 series/ },
    },
  ])('gives a clear error for $name', async ({ handler, error }) => {
    const url = await listening(handler)
    const asked = await open(url, 'hidden')
      .series(askOf({ groupBy: ['zone'] }))
      .catch((thrown: unknown) => thrown)
    expect(asked).toMatchObject({
      code: error.code,
      message: expect.stringMatching(error.message),
      fix: expect.any(String),
    })
    expect(String(asked)).not.toContain('hidden')
  })
})

describe('test', () => {
  it('says what answers', async () => {
    // RECORDED
    const { url, requests } = await answering(() => ({ body: { status: 'success', data: ['app', 'zone'] } }))
    expect(await open(url).test()).toEqual({ ok: true, detail: 'It answers; labels of streams in the last hours: 2.' })
    expect(requests[0]).toMatchObject({ method: 'GET', path: '/loki/api/v1/labels' })
  })

  it('says that it has tenants', async () => {
    // RECORDED
    const { url } = await answering(() => ({ status: 401, body: 'no org id\n' }))
    expect(await open(url).test()).toMatchObject({ ok: false, message: expect.stringContaining('?tenant=') })
  })

  it('says that something else answers', async () => {
    const { url } = await answering(() => ({ status: 404, body: '404 page not found\n' }))
    expect(await open(url).test()).toMatchObject({
      ok: false,
      message: expect.stringContaining('does not answer as Loki does: it answers with 404'),
    })
  })
})
