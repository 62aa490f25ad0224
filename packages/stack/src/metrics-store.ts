/** The Prometheus-compatible store for one machine: VictoriaMetrics, which scrapes the shop and answers PromQL. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PartSpec } from './supervisor.ts'

export interface MetricsStoreOptions {
  executable: string
  port: number
  host?: string
  /** Data and the scrape configuration. */
  directory: string
  /** A Prometheus `file_sd` file of targets to scrape each 5 s; it may appear later. Nothing is scraped without it. */
  targetsFile?: string
}

export function metricsStoreUrl({ host = '127.0.0.1', port }: Pick<MetricsStoreOptions, 'host' | 'port'>): string {
  return `http://${host}:${port}`
}

/** Writes the scrape configuration and describes the process. */
export function metricsStorePart(options: MetricsStoreOptions): PartSpec {
  const url = metricsStoreUrl(options)
  mkdirSync(options.directory, { recursive: true })
  const scrape: string[] = []
  if (options.targetsFile) {
    const configuration = join(options.directory, 'scrape.yaml')
    writeFileSync(configuration, scrapeConfiguration(options.targetsFile))
    scrape.push(`-promscrape.config=${configuration}`, '-promscrape.fileSDCheckInterval=1s')
  }
  return {
    name: 'victoria-metrics',
    command: options.executable,
    args: [
      `-httpListenAddr=${options.host ?? '127.0.0.1'}:${options.port}`,
      `-storageDataPath=${join(options.directory, 'data')}`,
      // Months. The demo has 14 days of history; a team that stays with this store sees half a year.
      '-retentionPeriod=6',
      // The default hides the newest 30 s; an incident is judged on them. Our reads judge freshness themselves.
      '-search.latencyOffset=0s',
      '-memory.allowedPercent=20',
      '-loggerLevel=WARN',
      ...scrape,
    ],
    ready: async () => (await fetch(`${url}/health`, { signal: AbortSignal.timeout(1_000) })).ok,
    restart: true,
  }
}

/** JSON is YAML: no quoting of paths to get wrong. */
function scrapeConfiguration(targetsFile: string): string {
  const configuration = {
    global: { scrape_interval: '5s', scrape_timeout: '4s' },
    scrape_configs: [{ job_name: 'shop', honor_labels: true, file_sd_configs: [{ files: [targetsFile] }] }],
  }
  return `${JSON.stringify(configuration, null, 2)}\n`
}
