import { execFileSync } from 'node:child_process'
import { createServer } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../../test/own-server.ts'
import { prometheus, victoriaMetrics, type Store, type StoredSeries } from '../../test/stored-samples.ts'
import { createDataService } from './create-data-service.ts'
import { modelFile, type Model } from '../model/model.ts'
import type { DataQuery, DataResult, DataService } from './service.ts'

const minute = 60_000
const hour = 60 * minute
/** Some hours ago, on a whole minute: all samples are in the past. */
const now = Math.floor(Date.now() / hour) * hour - 3 * hour
const unique = `t${Date.now()}`
const name = (text: string) => `${unique}_${text}`

const hosts = [
  { host: 'h-a-1', zone: 'A' },
  { host: 'h-a-2', zone: 'A' },
  { host: 'h-b-1', zone: 'B' },
]

const model: Model = modelFile.parse({
  tenonModel: 1,
  entities: [
    { id: 'pay', kind: 'service', owner: 'payments' },
    ...hosts.map(({ host, zone }) => ({ id: host, kind: 'host', attributes: { service: 'pay', zone } })),
  ],
  tables: Object.fromEntries(
    ['steady', 'reset', 'idle', 'lost', 'stale', 'absent', 'rollout', 'hiccup'].map((table) => [
      table,
      {
        entity: 'pay',
        source: 'metrics',
        dimensions: { zone: 'zone', host: 'host', version: 'version' },
        expected: { service: 'pay' },
        measures: {
          ok: counter(`${name(table)}_total{outcome="ok"}`),
          all: counter(`${name(table)}_total`),
          share: {
            ...common('ratio'),
            of: `${name(table)}_total{outcome="ok"}`,
            per: `${name(table)}_total`,
          },
          slow: { ...common('s'), kind: 'histogram', quantile: 0.5, select: `${name(table)}_bucket` },
          used: { ...common('used'), kind: 'gauge', select: `${name(table)}_used` },
          fullest: { ...common('used'), kind: 'gauge', aggregate: 'max', select: `${name(table)}_used` },
          level: {
            ...common('ratio'),
            operands: 'gauge',
            of: `${name(table)}_used`,
            per: `${name(table)}_limit`,
          },
        },
      },
    ]),
  ),
})

function common(unit: string) {
  return { title: unit, kind: 'ratio' as const, unit, bad: 'down' as const }
}
function counter(select: string) {
  return { title: select, kind: 'counter' as const, unit: 'requests/min', bad: 'down' as const, select }
}

/** As a demo has it: each minute until 2 h ago, then every 15 s, then every 5 s in the last quarter of an hour. */
function scrapes(until = now + 10 * minute): number[] {
  const times: number[] = []
  for (let t = now - 8 * hour; t <= until; t += t < now - 2 * hour ? minute : t < now - 15 * minute ? 15_000 : 5_000)
    times.push(t)
  return times
}

/** Grows by `perSecond`, from 0 at the start of its process. */
function counting(
  perSecond: number,
  {
    begin = now - 9 * hour,
    until = now + 10 * minute,
    from = begin,
  }: Partial<Record<'begin' | 'until' | 'from', number>> = {},
) {
  return scrapes(until)
    .filter((t) => t >= from)
    .map((t): [number, number] => [t, ((t - begin) / 1000) * perSecond])
}

function requests(table: string, samplesOf: (host: string, outcome: string) => [number, number][]): StoredSeries[] {
  return hosts.flatMap((labels) =>
    ['ok', 'error'].map((outcome) => ({
      name: `${name(table)}_total`,
      labels: { ...labels, version: 'v1', outcome },
      samples: samplesOf(labels.host, outcome),
    })),
  )
}

const rateOf = (outcome: string) => (outcome === 'ok' ? 2 : 0.5)
const restart = now - 30 * minute
const lostSince = now - 7 * minute - 20_000
const rollout = now - 20 * minute
const missed = now - 70 * minute - 10_000
const stored: StoredSeries[] = [
  ...requests('steady', (_, outcome) => counting(rateOf(outcome))),
  ...requests('reset', (host, outcome) => [
    ...counting(rateOf(outcome), { until: host === 'h-a-1' ? restart - 1 : undefined }),
    ...(host === 'h-a-1' ? counting(rateOf(outcome), { begin: restart, from: restart }) : []),
  ]),
  ...requests('idle', () => counting(0)),
  ...requests('lost', (host, outcome) =>
    counting(rateOf(outcome), { until: host === 'h-b-1' ? lostSince : undefined }),
  ),
  ...requests('hiccup', (_, outcome) => counting(rateOf(outcome)).filter(([t]) => t <= missed || t > missed + 50_000)),
  ...requests('stale', (_, outcome) => counting(rateOf(outcome), { until: now - 4 * minute })),
  ...requests('rollout', (host, outcome) =>
    counting(rateOf(outcome), { until: host === 'h-a-1' ? rollout : undefined }),
  ),
  {
    name: `${name('rollout')}_total`,
    labels: { host: 'h-a-1', zone: 'A', version: 'v2', outcome: 'ok' },
    samples: counting(1, { begin: rollout, from: rollout }),
  },
  ...hosts.flatMap((labels, index) => [
    { name: `${name('steady')}_used`, labels, samples: scrapes().map((t): [number, number] => [t, 4 + index]) },
    { name: `${name('steady')}_limit`, labels, samples: scrapes().map((t): [number, number] => [t, 20]) },
    ...[
      { le: '0.1', perSecond: 1 },
      { le: '0.2', perSecond: 3 },
      { le: '+Inf', perSecond: 4 },
    ].map(({ le, perSecond }) => ({
      name: `${name('steady')}_bucket`,
      labels: { ...labels, le },
      samples: counting(perSecond),
    })),
  ]),
]

const isInstalled = (program: string) => {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
const stores = [
  { kind: 'VictoriaMetrics', open: () => victoriaMetrics(process.env.TEST_METRICS_URL ?? '', stored), has: true },
  { kind: 'Prometheus', open: () => prometheus(stored), has: isInstalled('prometheus') && isInstalled('promtool') },
]

describe.each(stores)('data queries on $kind', ({ kind, open, has }) => {
  let store: Store
  let data: DataService
  beforeAll(async () => {
    if (!has) return
    store = await open()
    data = createDataService({ model, sources: async () => ({ kind: 'prometheus', url: store.url, secret: null }) })
  })
  afterAll(() => (has ? store.stop() : undefined))
  const ask = (measure: string, more: Partial<DataQuery> = {}): Promise<DataResult> =>
    data.data({ measure, from: now - hour, to: now, stepSeconds: 60, asOf: now, ...more })
  const values = (result: DataResult) => result.series[0]!.points.map(([, value]) => value)

  it.skipIf(!has)('gives rates per minute on the grid that was asked for, exact within 1 %', async () => {
    for (const stepSeconds of [30, 60, 300]) {
      const result = await ask('steady.all', { stepSeconds })
      expect(result.series).toHaveLength(1)
      expect(result.series[0]!.points.map(([t]) => t)).toEqual(
        Array.from({ length: 3600 / stepSeconds + 1 }, (_, index) => now - hour + index * stepSeconds * 1000),
      )
      for (const value of values(result)) expect(Math.abs(value! / 450 - 1)).toBeLessThan(0.01)
      const fine = stepSeconds < 240 ? { resolutionSeconds: 15 } : {}
      expect(result.quality).toEqual({ completeness: 1, freshnessSeconds: 0, ...fine, notes: [] })
      expect(result.series[0]!.quality).toEqual(result.quality)
    }
  })

  it.skipIf(!has)('answers for one moment, and for one that is not on a whole second', async () => {
    const at = now - 10 * minute + 123
    const result = await ask('steady.all', { from: at, to: at })
    expect(result.series[0]!.points).toEqual([[at, expect.closeTo(450, -1)]])
    expect(result.quality.completeness).toBe(1)
  })

  it.skipIf(!has)('is as right where samples are a minute apart and where they become finer', async () => {
    for (const stepSeconds of [15, 30, 60, 300]) {
      const result = await ask('steady.all', { from: now - 4 * hour, stepSeconds })
      const off = result.series[0]!.points.filter(([, value]) => Math.abs((value ?? 0) / 450 - 1) > 0.01)
      // Where the interval itself changes, Prometheus guesses at the ends of its window by a mean of both.
      const change = now - 2 * hour
      for (const [t, value] of off) {
        expect(Math.abs(t - change)).toBeLessThan(3 * minute)
        expect(Math.abs(value! / 450 - 1)).toBeLessThan(0.25)
      }
      expect(off.length).toBeLessThanOrEqual(kind === 'Prometheus' ? 4 : 0)
      expect(result.quality.completeness).toBe(1)
    }
  })

  it.skipIf(!has)('has its first point between two samples that are further apart than its step', async () => {
    const from = now - 4 * hour + 47_000
    const result = await ask('steady.all', { from, to: from + 10 * minute, stepSeconds: 15 })
    expect(values(result)).not.toContain(null)
    expect(result.quality.completeness).toBe(1)
  })

  it.skipIf(!has)('is not moved by the restart of a host', async () => {
    const all = values(await ask('reset.all'))
    for (const value of all) {
      expect(value).toBeGreaterThan(450 * 0.6)
      expect(value).toBeLessThan(450 * 1.05)
    }
    expect(all.filter((value) => Math.abs(value! / 450 - 1) > 0.01).length).toBeLessThanOrEqual(2)
  })

  it.skipIf(!has)('gives shares, and none where there was no traffic', async () => {
    for (const value of values(await ask('steady.share'))) expect(value).toBeCloseTo(0.8, 3)
    const idle = await ask('idle.share')
    expect(values(idle).every((value) => value === null)).toBe(true)
    expect(idle.quality.completeness).toBe(0)
    expect(idle.quality.notes[0]).toMatch('no traffic')
    // Zero requests are a fact, not a gap.
    expect(values(await ask('idle.all'))).toEqual(values(await ask('idle.all')).map(() => 0))
  })

  it.skipIf(!has)('gives quantiles, gauges and ratios of gauges', async () => {
    for (const value of values(await ask('steady.slow'))) expect(value).toBeCloseTo(0.15, 2)
    for (const value of values(await ask('steady.used'))) expect(value).toBeCloseTo(4 + 5 + 6, 6)
    for (const value of values(await ask('steady.fullest'))) expect(value).toBeCloseTo(6, 6)
    for (const value of values(await ask('steady.level'))) expect(value).toBeCloseTo(15 / 60, 6)
  })

  it.skipIf(!has)('groups and filters by dimensions', async () => {
    const zones = await ask('steady.ok', { groupBy: ['zone'] })
    expect(zones.series.map(({ dimensions }) => dimensions)).toEqual([{ zone: 'A' }, { zone: 'B' }])
    for (const [t, value] of zones.series[0]!.points) expect([t, value! / 240]).toEqual([t, expect.closeTo(1, 2)])
    const some = await ask('steady.ok', { where: { host: ['h-a-1', 'h-b-1'] }, groupBy: ['host'] })
    expect(some.series.map(({ dimensions }) => dimensions.host)).toEqual(['h-a-1', 'h-b-1'])
    expect(some.quality.completeness).toBe(1)
    // Were the value not quoted, it would match everything.
    for (const host of ['x"} or vector(1) #', '.*', 'h-a-1|h-b-1', '\\', 'a\nb']) {
      const none = await ask('steady.ok', { where: { host } })
      expect(values(none).every((value) => value === null)).toBe(true)
      expect(none.quality.completeness).toBe(0)
      const list = await ask('steady.ok', { where: { host: [host, 'nobody'] } })
      expect(values(list).every((value) => value === null)).toBe(true)
    }
  })

  it.skipIf(!has)('says which host is lost, and that the answer is not whole', async () => {
    const result = await ask('lost.all')
    expect(result.quality.completeness).toBeCloseTo(2 / 3, 2)
    const [day, time] = new Date(lostSince - 5_000).toISOString().split('T') as [string, string]
    // The day is said when it is another one, as in the hours after midnight.
    const date = day === new Date(now).toISOString().slice(0, 10) ? '' : `${day} `
    expect(result.quality.notes).toEqual([`h-b-1: no samples since ${date}${time.slice(0, 5)} UTC`])
    expect(result.quality.freshnessSeconds).toBe(0)
    const byHost = await ask('lost.all', { groupBy: ['host'] })
    const lost = byHost.series.find(({ dimensions }) => dimensions.host === 'h-b-1')!
    expect(lost.points.at(-1)![1]).toBeNull()
    expect(lost.quality.completeness).toBe(0)
    expect(byHost.series[0]!.quality.completeness).toBe(1)
    // By an hour ago it was not lost yet.
    const before = await ask('lost.all', { from: now - 2 * hour, to: now - hour, asOf: now - hour })
    expect(before.quality).toEqual({ completeness: 1, freshnessSeconds: 0, resolutionSeconds: 60, notes: [] })
  })

  it.skipIf(!has)('does not take samples of four minutes ago for fresh ones', async () => {
    const result = await ask('stale.all', { stepSeconds: 30 })
    expect(result.quality.freshnessSeconds).toBe(240)
    expect(result.quality.completeness).toBe(0.3)
    expect(values(result).slice(-6)).toEqual([null, null, null, null, null, null])
    expect(result.quality.notes).toHaveLength(3)
  })

  it.skipIf(!has)('answers for a metric that is not there with nothing, not with zero', async () => {
    for (const measure of ['absent.all', 'absent.share', 'absent.slow', 'absent.used']) {
      const result = await ask(measure)
      expect(values(result).every((value) => value === null)).toBe(true)
      expect(result.quality).toMatchObject({ completeness: 0, freshnessSeconds: null })
      expect(result.quality.notes[0]).toBe('no samples in the time asked for')
      expect((await ask(measure, { groupBy: ['zone'] })).series).toEqual([])
    }
  })

  it.skipIf(!has)('reads nothing after asOf', async () => {
    const asOf = now - 20 * minute
    const result = await ask('lost.all', { asOf })
    expect(result.series[0]!.points.at(-1)![0]).toBe(asOf)
    expect(result.quality).toEqual({ completeness: 1, freshnessSeconds: 0, resolutionSeconds: 15, notes: [] })
    expect(result.query.to).toBe(new Date(asOf).toISOString())
  })

  it.skipIf(!has)('knows a version that came by who could run it', async () => {
    const result = await ask('rollout.all', { groupBy: ['version'] })
    expect(result.series.map(({ dimensions }) => dimensions.version)).toEqual(['v1', 'v2'])
    const [, second] = result.series
    expect(second!.points[0]![1]).toBeNull()
    expect(second!.points.at(-1)![1]).toBeCloseTo(60, 0)
    // All hosts report the whole time, so what v2 lacks before its rollout is not lost data.
    expect(second!.quality.completeness).toBe(1)
    const filtered = await ask('rollout.all', { where: { version: 'v2' } })
    expect(values(filtered)).toEqual(second!.points.map(([, value]) => value))
    expect(filtered.quality.completeness).toBe(1)
    const never = await ask('rollout.all', { where: { version: 'v3' } })
    expect(never.quality.completeness).toBe(0)
  })

  it.skipIf(!has)('gives the query that reproduces the answer', async () => {
    const result = await ask('steady.share', { where: { zone: 'A' } })
    const url = new URL('/api/v1/query_range', store.url)
    const { expression, from, to, stepSeconds } = result.query
    for (const [key, value] of Object.entries({ query: expression, start: from, end: to, step: String(stepSeconds) }))
      url.searchParams.set(key, value)
    url.searchParams.set('nocache', '1')
    const body = (await (await fetch(url)).json()) as { data: { result: { values: [number, string][] }[] } }
    expect(body.data.result[0]!.values.map(([t, value]) => [t * 1000, Number(value)])).toEqual(result.series[0]!.points)
  })

  it.skipIf(!has)('answers what is asked together as what is asked alone, though one of it is refused', async () => {
    const broken = { ...model.tables.steady!, measures: { ok: counter('x{host=~"("}') } }
    const both = modelFile.parse({ ...model, tables: { ...model.tables, broken } })
    const sources = async () => ({ kind: 'prometheus', url: store.url, secret: null })
    const [one, other] = [createDataService({ model: both, sources }), createDataService({ model: both, sources })]
    const common = { from: now - 3 * hour, to: now, stepSeconds: 30, asOf: now, qualityFrom: now - 10 * minute }
    const queries = ['steady', 'lost', 'rollout'].flatMap((table) =>
      ['ok', 'all', 'share', 'slow', 'used', 'level'].map((name) => ({ ...common, measure: `${table}.${name}` })),
    )
    const alone: DataResult[] = []
    for (const query of queries) alone.push(await one.data(query))
    const refused = other.data({ ...common, measure: 'broken.ok' })
    const together = Promise.all(queries.map((query) => other.data(query)))
    await expect(refused).rejects.toMatchObject({ code: 'source-refused' })
    const told = ({ series, quality }: DataResult) => ({ series, quality })
    expect((await together).map(told)).toEqual(alone.map(told))
  })

  it.skipIf(!has)('gives the same points whether all is judged or only the newest part', async () => {
    const times = { from: now - 3 * hour, stepSeconds: 30 }
    for (const table of Object.keys(model.tables))
      for (const measure of ['ok', 'share', 'slow'].map((name) => `${table}.${name}`)) {
        const whole = await ask(measure, times)
        const part = await ask(measure, { ...times, qualityFrom: now - 5 * minute })
        expect([measure, values(part)]).toEqual([measure, values(whole)])
      }
  })

  it.skipIf(!has)('passes on what the source says of a query that it refuses', async () => {
    const { tables } = model
    const broken = { ...tables.steady!, measures: { ok: counter('x{host=~"("}') } }
    const other = createDataService({
      model: modelFile.parse({ ...model, tables: { broken } }),
      sources: async () => ({ kind: 'prometheus', url: store.url, secret: null }),
    })
    await expect(
      other.data({ measure: 'broken.ok', from: now - hour, to: now, stepSeconds: 60, asOf: now }),
    ).rejects.toMatchObject({
      code: 'source-refused',
      retryable: false,
      message: expect.stringMatching(/missing|closing|parenthesis|regex/i),
    })
  })
})

describe('data queries without a source', () => {
  it('ends when its caller does', async () => {
    const silent = createServer(() => {})
    const url = await new Promise<string>((resolve) =>
      silent.listen(0, '127.0.0.1', () => {
        const address = silent.address()
        resolve(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`)
      }),
    )
    const data = createDataService({ model, sources: async () => ({ kind: 'prometheus', url, secret: null }) })
    const stop = new AbortController()
    const asked = data.data(query, { signal: stop.signal })
    stop.abort(new Error('the run was cancelled'))
    await expect(asked).rejects.toThrow('the run was cancelled')
    await expect(data.data(query, { signal: stop.signal })).rejects.toThrow('the run was cancelled')
    silent.closeAllConnections()
    silent.close()
  })

  const query = { measure: 'steady.ok', from: now - hour, to: now, stepSeconds: 60, asOf: now }

  it('says that it cannot be reached', async () => {
    const url = `http://127.0.0.1:${await freePort()}`
    const data = createDataService({ model, sources: async () => ({ kind: 'prometheus', url, secret: 'user:hidden' }) })
    const failed = data.data(query)
    await expect(failed).rejects.toMatchObject({ code: 'source-unreachable', retryable: true })
    await expect(failed).rejects.not.toThrow(/hidden/)
  })

  it('says that no connection has the name', async () => {
    const data = createDataService({ model, sources: async () => null })
    const unknown = { code: 'unknown-source', fix: expect.stringContaining('"metrics"') }
    await expect(data.data(query)).rejects.toMatchObject(unknown)
  })
})
