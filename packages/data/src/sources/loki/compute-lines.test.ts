/** No Loki runs here; what marked RECORDED is written after the documented format of `/loki/api/v1/query_range`. */
import { describe, expect, it } from 'vitest'
import { answering, listening } from '../../../test/loopback-server.ts'
import { hostileValues } from '../../../test/series-ask.ts'
import { computeAsk, type ComputeAskInput } from '../../compute/ask.ts'
import { columnNames } from '../../compute/column-names.ts'
import type { RowsAsk } from '../../compute/rows-ask.ts'
import { chosenLines } from './chosen-lines.ts'
import { computeLines } from './compute-lines.ts'

const from = Date.UTC(2026, 10, 29, 11)
const to = Date.UTC(2026, 10, 29, 12)

function rowsAsk(more: Partial<ComputeAskInput> = {}, entities: RowsAsk['entities'] = null): RowsAsk {
  const ask = computeAsk.parse({ from: { source: 'logs', from: '{app="x"}' }, range: { from, to }, ...more })
  return { ask, from: '{app="x"}', range: { from, to }, names: columnNames(ask), entities }
}

describe('chosenLines', () => {
  it.each<[Partial<ComputeAskInput>, string]>([
    [{}, '{app="x"}'],
    [{ parse: 'json' }, '{app="x"} | json | __error__=""'],
    [{ parse: '<method> <path> <_>' }, '{app="x"} | pattern "<method> <path> <_>" | __error__=""'],
    [
      {
        where: [
          { field: 'a', value: 5 },
          { field: 'b', op: 'in', value: ['x', 'y'] },
          { field: 'c', op: 'not-in', value: ['x', true] },
          { field: 'd', op: '>=', value: -1.5 },
          { field: 'e', op: 'exists' },
          { field: 'f', op: 'contains', value: 'a.b' },
          { field: 'g', op: 'matches', value: '^(x|y)+$' },
        ],
      },
      String.raw`{app="x"} | a="5" | (b="x" or b="y") | c!="x" | c!="true" | d >= -1.5 | __error__="" | e!="" | f=~"(?s).*a\\.b.*" | g=~"(?s).*(?:^(x|y)+$).*"`,
    ],
  ])('writes %j', (more, expected) => {
    expect(chosenLines(rowsAsk(more))).toBe(expected)
  })

  it('has the entities that are asked for, and none when there are none', () => {
    expect(chosenLines(rowsAsk({}, { field: 'host', values: ['a', 'b'] }))).toBe('{app="x"} | (host="a" or host="b")')
    expect(chosenLines(rowsAsk({}, { field: 'host', values: [] }))).toBe('{app="x"} | host="", host!=""')
  })

  it.each(hostileValues)('writes %j as a text and nothing else', (value) => {
    const [, written = ''] =
      /^\{app="x"\} \| a=("(?:[^"\\\n]|\\.)*")$/.exec(chosenLines(rowsAsk({ where: [{ field: 'a', value }] }))) ?? []
    expect(JSON.parse(written)).toBe(value)
  })

  it.each<[Partial<ComputeAskInput>, string]>([
    [{ where: [{ field: 'a"} or {b="c', value: 'x' }] }, 'is no label of Loki'],
    [{ where: [{ field: 'a', op: '<', value: 'x' }] }, 'needs a number'],
    [{ time: 'at' }, 'the time that Loki keeps'],
    [{ parse: 'jsn' }, 'no way to parse lines'],
  ])('refuses %j', (more, message) => {
    expect(() => chosenLines(rowsAsk(more))).toThrow(message)
  })
})

describe('computeLines', () => {
  it('asks once an aggregate and joins the groups, whatever some of them lack', async () => {
    // RECORDED: an offset of a nanosecond makes times a millisecond earlier.
    const matrix = (result: [Record<string, string>, number][]) => ({
      status: 'success',
      data: {
        resultType: 'matrix',
        result: result.map(([metric, value]) => ({ metric, values: [[(to - 1) / 1000, String(value)]] })),
        stats: { summary: { totalBytesProcessed: 700 } },
      },
    })
    const { url, requests } = await answering(({ body }) => {
      const query = new URLSearchParams(body).get('query') ?? ''
      if (query.startsWith('sum by (method) (count'))
        return {
          body: matrix([
            [{ method: 'GET' }, 8],
            [{ method: 'PUT' }, 2],
            [{}, 1],
          ]),
        }
      if (query.startsWith('quantile'))
        return {
          body: matrix([
            [{ method: 'GET' }, 0.25],
            [{ method: 'PUT' }, 0.5],
          ]),
        }
      return { body: matrix([[{ method: 'GET' }, 3]]) }
    })
    const ask = rowsAsk({
      groupBy: ['method'],
      aggregates: [
        { fn: 'count' },
        { fn: 'quantile', field: 'took', quantile: 0.95 },
        { fn: 'distinct', field: 'path' },
      ],
      having: [{ column: 'count', op: '>', value: 1 }],
      top: { by: 'p95_took', count: 5 },
    })
    const result = await computeLines({ url, secret: null }, ask, null)
    expect(result).toMatchObject({
      columns: [
        { name: 'method', type: 'text' },
        { name: 'count', type: 'number' },
        { name: 'p95_took', type: 'number' },
        { name: 'distinct_path', type: 'number' },
      ],
      rows: [
        ['PUT', 2, 0.5, 0],
        ['GET', 8, 0.25, 3],
      ],
      notes: [],
      bounds: { rows: { limit: 5, used: 2 }, bytes: { used: 2_800 }, isCut: false },
    })
    expect(result.query).toContain('quantile_over_time(0.95, {app="x"} | unwrap took | __error__="" [...]) by (method)')
    const [first] = requests.map(({ body }) => Object.fromEntries(new URLSearchParams(body)))
    // From with its begin, to without it: Loki's windows are the other way round.
    expect(first).toEqual({
      query: 'sum by (method) (count_over_time({app="x"} [1h] offset 1ns))',
      start: `${to}000000`,
      end: `${to}000000`,
      step: '1s',
    })
  })

  it('has a row a step, the last of them shorter', async () => {
    const { url, requests } = await answering(({ body }) => {
      const end = Number(new URLSearchParams(body).get('end')) / 1e9
      const result = [{ metric: {}, values: [[end, '1']] }]
      return { body: { status: 'success', data: { resultType: 'matrix', result } } }
    })
    const result = await computeLines({ url, secret: null }, rowsAsk({ stepSeconds: 1_700 }), null)
    expect(result.rows).toEqual([
      [from + 1_700_000, 1],
      [from + 3_400_000, 1],
    ])
    const asked = requests.map(({ body }) => new URLSearchParams(body))
    const shift = 1_700_000 - ((from + 1_700_000) % 1_700_000)
    expect(
      asked.slice(0, 2).map((form) => [form.get('query'), form.get('start'), form.get('end'), form.get('step')]),
    ).toEqual([
      [
        `sum by () (count_over_time({app="x"} [1700s] offset ${shift}ms1ns))`,
        `${from + 1_700_000 + shift}000000`,
        `${from + 3_400_000 + shift}000000`,
        '1700s',
      ],
      ['sum by () (count_over_time({app="x"} [200s] offset 1ns))', `${to}000000`, `${to}000000`, '1s'],
    ])
  })

  it('ends by its limit, or when it is told to', async () => {
    const url = await listening(() => undefined)
    const late = computeLines({ url, secret: null }, rowsAsk({ limits: { seconds: 1 } }), null)
    await expect(late).rejects.toMatchObject({ code: 'query-too-large', message: 'There was no answer within 1 s.' })
    const reason = new Error('enough')
    await expect(computeLines({ url, secret: null }, rowsAsk(), AbortSignal.abort(reason))).rejects.toBe(reason)
  })
})
