/**
 * The planner's part of the data bench, on a real VictoriaMetrics. What the product takes for a query, over what the store takes for
 * the same PromQL by plain HTTP; and a diagnosis's twenty measures, over the store's own time for the same values.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDataService, modelFile, type DataQuery, type DataResult, type OpenDataService } from '@tenon/data'
import { findTool, metricsStorePart, metricsStoreUrl, metricsTool, Ports, Supervisor } from '@tenon/stack'
import type { BenchOptions, Measured } from './bench.ts'
import { percentile, rounded } from './percentile.ts'

const services = ['gateway', 'trade', 'cashier', 'payment', 'risk', 'stock', 'ledger']
const hostsOf = (service: string) => ['a', 'b'].flatMap((zone) => [1, 2, 3].map((n) => `${service}-${zone}-${n}`))
const scrapeSeconds = 15
const points = 500
const stepSeconds = 30
/** As many as the planner lets run at one source at a time. */
const concurrency = 4
const rounds = { short: 40, full: 120 }

export async function measurePlanner({ full, say }: BenchOptions): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'tenon-bench-planner-'))
  const supervisor = new Supervisor({ logDirectory: join(folder, 'logs') })
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency })
  let data: OpenDataService | null = null
  try {
    const { port } = await new Ports().choose(0)
    const { path: executable } = await findTool(metricsTool, { say })
    await supervisor.start(metricsStorePart({ executable, port, directory: join(folder, 'metrics') }))
    const url = metricsStoreUrl({ port })
    const now = Math.floor(Date.now() / 60_000) * 60_000 - 5 * 60_000
    await fill(url, now)
    const open = () => createDataService({ model, sources: async () => ({ kind: 'prometheus', url, secret: null }) })
    data = open()
    const world: World = { url, agent, data, open, now, count: full ? rounds.full : rounds.short }
    const overhead = await measureOverhead(world)
    const fetched = await measureDiagnosis(world)
    return {
      figures: { planner_overhead_p50_ms: overhead.figure, diagnosis_fetch_ratio: fetched.figure },
      notes: [overhead.note, ...fetched.notes],
    }
  } finally {
    await data?.close()
    agent.destroy()
    await supervisor.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

interface World {
  url: string
  agent: Agent
  data: OpenDataService
  /** Another one, that knows nothing yet. */
  open(): OpenDataService
  now: number
  count: number
}

/** One measure, an hour by the minute, as a chart asks it; each round another hour, so that nothing is shared. */
async function measureOverhead(world: World): Promise<{ figure: number | null; note: string }> {
  const own: number[] = []
  const plain: number[] = []
  const rest = Math.floor(world.count / 4)
  for (let round = 0; round < world.count * 3 + rest; round++) {
    const asOf = world.now - round * 10_000
    const query = { measure: 'payment.succeeded', from: asOf - 3_600_000, to: asOf, stepSeconds: 60, asOf }
    const began = performance.now()
    const result = await world.data.data(query)
    const took = performance.now() - began
    const store = await ask(world, result)
    if (round < rest) continue
    own.push(took)
    plain.push(store)
  }
  const [product, store] = [percentile(own, 0.5), percentile(plain, 0.5)]
  const figure = product === null || store === null ? null : rounded(product - store, 2)
  return {
    figure,
    note: `Planner: a query takes ${rounded(product, 2)} ms, the store alone ${rounded(store, 2)} ms for its PromQL (p50 of ${own.length} each, in turns).`,
  }
}

async function measureDiagnosis(world: World): Promise<{ figure: number | null; notes: string[] }> {
  const warm: Ratio = { own: [], plain: [] }
  const cold: Ratio = { own: [], plain: [] }
  let questions = 0
  for (let round = 0; round < world.count + 5; round++) {
    const { results, took } = await diagnose(world, world.data, round)
    const store = await plainly(world, results)
    if (round < 5) continue
    warm.own.push(took)
    warm.plain.push(store)
    questions = results.reduce((sum, { cost }) => sum + (cost?.fetched ?? 0), 0)
  }
  for (let round = 0; round < Math.ceil(world.count / 4); round++) {
    const fresh = world.open()
    const { results, took } = await diagnose(world, fresh, world.count + 5 + round)
    cold.own.push(took)
    cold.plain.push(await plainly(world, results))
    await fresh.close()
  }
  const figure = ratioOf(warm)
  return {
    figure,
    notes: [
      `Diagnosis: ${measures.length} measures of ${points} points take ${rounded(percentile(warm.own, 0.5), 1)} ms (${questions} questions, short ones together), the store alone ${rounded(percentile(warm.plain, 0.5), 1)} ms for the values (medians of ${warm.own.length}, in turns, ${concurrency} at a time).`,
      `Diagnosis by a process that has asked nothing before: ratio ${ratioOf(cold)}, ${rounded(percentile(cold.own, 0.5), 1)} ms against ${rounded(percentile(cold.plain, 0.5), 1)} ms.`,
    ],
  }
}

interface Ratio {
  own: number[]
  plain: number[]
}

function ratioOf({ own, plain }: Ratio): number | null {
  const [product, store] = [percentile(own, 0.5), percentile(plain, 0.5)]
  return product === null || store === null ? null : rounded(product / store, 2)
}

/** As the judging nodes ask it: hours for the baseline, whole and fresh in the judged half hour. Each round is a minute apart. */
async function diagnose(
  { now }: World,
  data: OpenDataService,
  round: number,
): Promise<{ results: DataResult[]; took: number }> {
  const asOf = now - 4 * 60 * 60_000 + round * 60_000
  const common = { from: asOf - (points - 1) * stepSeconds * 1000, to: asOf, stepSeconds, asOf }
  const queries = measures.map((measure): DataQuery => ({ measure, ...common, qualityFrom: asOf - 30 * 60_000 }))
  const began = performance.now()
  const results = await Promise.all(queries.map((query) => data.data(query)))
  const took = performance.now() - began
  for (const { measure, series, quality } of results) {
    const known = series[0]?.points.filter(([, value]) => value !== null).length ?? 0
    if (known < points || quality.completeness !== 1)
      throw new Error(`${measure} has ${known} of ${points} points, ${quality.completeness} whole`)
  }
  return { results, took }
}

/** The same values by plain HTTP, as many at a time. */
async function plainly(world: World, results: readonly DataResult[]): Promise<number> {
  const began = performance.now()
  const left = [...results]
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next; next = left.shift()) await ask(world, next)
  }
  await Promise.all(Array.from({ length: concurrency }, work))
  return performance.now() - began
}

/** @returns milliseconds until the whole answer is there; it is not looked at. */
function ask({ url, agent }: World, { query }: DataResult): Promise<number> {
  const form = new URLSearchParams({
    query: query.expression,
    start: String(Date.parse(query.from) / 1000),
    end: String(Date.parse(query.to) / 1000),
    step: String(query.stepSeconds),
    nocache: '1',
    latency_offset: '1ms',
  }).toString()
  const began = performance.now()
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'accept-encoding': 'gzip' }
    const sent = request(new URL('/api/v1/query_range', url), { method: 'POST', agent, headers }, (response) => {
      response.on('data', () => undefined)
      response.on('error', reject)
      response.on('end', () => {
        if (response.statusCode === 200) resolve(performance.now() - began)
        else reject(new Error(`The store answered ${response.statusCode}.`))
      })
    })
    sent.on('error', reject)
    sent.end(form)
  })
}

const common = { unit: 'requests/min', bad: 'down' as const }
const model = modelFile.parse({
  tenonModel: 1,
  entities: services.flatMap((service) => [
    { id: service, kind: 'service' },
    ...hostsOf(service).map((host) => ({ id: host, kind: 'host', attributes: { service } })),
  ]),
  tables: Object.fromEntries(
    services.map((service) => [
      service,
      {
        entity: service,
        source: 'metrics',
        dimensions: { host: 'host' },
        expected: { service },
        measures: {
          attempts: {
            title: 'Attempts',
            kind: 'counter',
            ...common,
            select: `bench_requests_total{service="${service}"}`,
          },
          succeeded: {
            title: 'Succeeded',
            kind: 'counter',
            ...common,
            select: `bench_requests_total{service="${service}",outcome="ok"}`,
          },
          latency: {
            title: 'Latency',
            kind: 'histogram',
            unit: 's',
            bad: 'up',
            quantile: 0.95,
            select: `bench_seconds_bucket{service="${service}"}`,
          },
        },
      },
    ]),
  ),
})
const measures = services
  .flatMap((service) => ['attempts', 'succeeded', 'latency'].map((name) => `${service}.${name}`))
  .slice(0, 20)

/** Ten hours of seven services, six hosts each: requests by outcome, and a histogram of eight buckets. */
async function fill(url: string, now: number): Promise<void> {
  const from = now - 10 * 3_600_000
  const timestamps: number[] = []
  for (let t = from; t <= now; t += scrapeSeconds * 1000) timestamps.push(t)
  const line = (metric: Record<string, string>, perScrape: number): string =>
    JSON.stringify({ metric, timestamps, values: timestamps.map((_, index) => Math.round(index * perScrape)) })
  for (const service of services) {
    const lines = hostsOf(service).flatMap((host, index) => [
      ...['ok', 'error', 'timeout'].map((outcome, rank) =>
        line({ __name__: 'bench_requests_total', service, host, outcome }, (30 + index) / (1 + 20 * rank)),
      ),
      ...['0.01', '0.05', '0.1', '0.2', '0.5', '1', '2', '+Inf'].map((le, rank) =>
        line({ __name__: 'bench_seconds_bucket', service, host, le }, (30 + index) * Math.min(1, 0.4 + 0.1 * rank)),
      ),
    ])
    const response = await fetch(new URL('/api/v1/import', url), { method: 'POST', body: lines.join('\n') })
    if (!response.ok) throw new Error(`The store did not take the samples: ${response.status}`)
  }
  await fetch(new URL('/internal/force_flush', url))
}
