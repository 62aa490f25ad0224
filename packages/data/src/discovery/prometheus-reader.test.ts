import { createServer, type Server } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { parseSelector, type Matcher } from '../model/selector.ts'
import { prometheusReader } from './prometheus-reader.ts'
import type { LabelSet } from './readers.ts'

let server: Server | null = null
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

/** A store that refuses, as VictoriaMetrics does, what has more series than it gives at once. */
async function store(series: readonly LabelSet[], most: number) {
  const asked: string[] = []
  server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://x')
    asked.push(url.pathname)
    const selector = parseSelector(url.searchParams.get('match[]') ?? '{__name__!=""}')
    const found = series.filter((set) => selector?.matchers.every((one) => fits(set, one)))
    const answer = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(body))
    }
    const label = /label\/(\w+)\/values/.exec(url.pathname)?.[1]
    const hasMatch = url.searchParams.has('match[]')
    if (hasMatch && found.length > most && (url.pathname.endsWith('series') || label === '__name__'))
      answer(422, { status: 'error', error: `the number of matching timeseries exceeds ${most}` })
    else if (url.pathname.endsWith('/series')) answer(200, { status: 'success', data: found })
    else if (url.pathname.endsWith('/labels'))
      answer(200, { status: 'success', data: [...new Set(found.flatMap((set) => Object.keys(set)))] })
    else if (label) answer(200, { status: 'success', data: [...new Set(found.flatMap((set) => set[label] ?? []))] })
    else answer(404, {})
  })
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
  return { reader: prometheusReader({ address: { url, secret: null }, source: 'm', now: Date.now() }), asked }
}

function fits(set: LabelSet, { label, op, value }: Matcher): boolean {
  const own = set[label] ?? ''
  const isMatch = op === '=' || op === '!=' ? own === value : new RegExp(`^(?:${value})$`).test(own)
  return op.startsWith('!') ? !isMatch : isMatch
}

const many = (count: number, metrics: number): LabelSet[] =>
  Array.from({ length: count }, (_, index) => ({
    __name__: `m${index % metrics}_total`,
    host: `h"${index}`,
    ...(index % 7 === 0 ? {} : { zone: String(index % 3) }),
  }))

async function setsOf(reader: ReturnType<typeof prometheusReader>, ask: Parameters<typeof reader.labelSets>[0]) {
  const sets: LabelSet[] = []
  const whole = await reader.labelSets(ask, (page) => sets.push(...page))
  return { sets, whole }
}

describe('what a store does not give at once', () => {
  it('is read in halves by metrics, each set once', async () => {
    const series = many(100, 10)
    const { reader } = await store(series, 25)
    const metrics = Array.from({ length: 10 }, (_, index) => `m${index}_total`)
    const { sets, whole } = await setsOf(reader, { metrics })
    expect(whole).toBe(true)
    expect(new Set(sets.map(({ host }) => host)).size).toBe(100)
    expect(sets).toHaveLength(100)
  })

  it('of one metric is read by the label with the most values, also what has not got it', async () => {
    const series = [...many(60, 1), { __name__: 'm0_total', other: 'x' }]
    const { reader } = await store(series, 20)
    const { sets, whole } = await setsOf(reader, { metrics: ['m0_total'] })
    expect(whole).toBe(true)
    expect(sets).toHaveLength(61)
  })

  it('of some values is read by them', async () => {
    const series = many(60, 1)
    const { reader } = await store(series, 20)
    const values = series.slice(0, 50).map(({ host }) => host ?? '')
    const { sets, whole } = await setsOf(reader, { metrics: ['m0_total'], only: { label: 'host', values } })
    expect(whole).toBe(true)
    expect(sets).toHaveLength(50)
  })

  it('names with a label are asked by their beginnings', async () => {
    const series = Array.from({ length: 90 }, (_, index) => ({ __name__: `a${index}_total`, job: 'x' }))
    const { reader } = await store([...series, { __name__: 'b_total' }], 20)
    const { values, whole } = await reader.metricNames('job')
    expect(whole).toBe(true)
    expect(values).toHaveLength(90)
  })

  it('what cannot be halved any more is left, and said to be', async () => {
    const series = Array.from({ length: 30 }, () => ({ __name__: 'one_total', a: 'x' }))
    const { reader } = await store(series, 20)
    expect(await setsOf(reader, { metrics: ['one_total'] })).toMatchObject({ whole: false })
  })
})

describe('a store without metadata', () => {
  it('is read by names alone', async () => {
    const { reader } = await store(many(3, 1), 100)
    expect((await reader.about()).size).toBe(0)
  })

  it('a label that is no label is not asked for', async () => {
    const { reader, asked } = await store(many(3, 1), 100)
    expect(() => reader.labelValues('a"} or up #')).toThrow(/is not the name of a label/)
    expect(asked).toEqual([])
  })
})
