/** A store of 50,000 metrics as a company has it, discovered for the first time, and again after a hundred new ones. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { acceptChanges, readModel, runDiscovery, type ModelText } from '@tenon/data'
import { findTool, metricsStorePart, metricsStoreUrl, metricsTool, Ports, Supervisor } from '@tenon/stack'
import type { BenchOptions, Measured } from './bench.ts'
import { companyMetrics, newMetrics } from './data-metrics.ts'
import { rounded } from './percentile.ts'

const source = 'bench-metrics'
const wanted = 50_000

export async function measureDiscovery({ say }: BenchOptions): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'tenon-bench-'))
  const supervisor = new Supervisor({ logDirectory: join(folder, 'logs') })
  try {
    const { path: executable } = await findTool(metricsTool, { say })
    const { port } = await new Ports().choose(0)
    await supervisor.start(metricsStorePart({ executable, port, directory: join(folder, 'metrics') }))
    const url = metricsStoreUrl({ port })
    const stored = await companyMetrics(url)
    say(`${stored.metrics} metrics in ${stored.series} series stored`)

    const first = await timed(() => discoverInto([], url))
    const services = countMeasures(first.value)
    say(`${services} data services in ${first.seconds.toFixed(1)} s`)
    await newMetrics(url, 100)
    const second = await timed(() => discoverInto(first.value, url))
    const added = countMeasures(second.value) - services
    return {
      figures: {
        services: Math.min(services, stored.metrics),
        first_generation_s: rounded(first.seconds, 1),
        increment_s: rounded(second.seconds, 1),
      },
      notes: [
        `discovery: ${stored.metrics} metric names in ${stored.series} series of a real VictoriaMetrics gave ${services} measures; read, named, compared, accepted, written and checked as one model.`,
        `discovery: the increment found ${added} measures of 100 new metrics.`,
        ...(stored.metrics < wanted || services < wanted ? [`discovery: fewer than ${wanted}.`] : []),
        ...(added < 100 ? ['discovery: the increment missed some.'] : []),
      ],
    }
  } finally {
    await supervisor.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Everything that stands between a store and a model that is in use. */
async function discoverInto(files: readonly ModelText[], url: string): Promise<ModelText[]> {
  const address = { name: source, kind: 'prometheus', url, secret: null }
  const { changes } = await runDiscovery(address, { files, now: Date.now() })
  const written = acceptChanges(files, changes)
  const paths = new Set(written.map(({ path }) => path))
  const after = [
    ...files.filter(({ path }) => !paths.has(path)),
    ...written.flatMap(({ path, text }) => (text === null ? [] : [{ path, text }])),
  ]
  readModel(after)
  return after
}

function countMeasures(files: readonly ModelText[]): number {
  return Object.values(readModel(files).tables).reduce((sum, { measures }) => sum + Object.keys(measures).length, 0)
}

async function timed<T>(work: () => Promise<T>): Promise<{ value: T; seconds: number }> {
  const began = performance.now()
  const value = await work()
  return { value, seconds: (performance.now() - began) / 1000 }
}
