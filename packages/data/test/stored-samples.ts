/** Puts samples into a real VictoriaMetrics or a real Prometheus, for tests of what comes back out. */
import { execFile } from 'node:child_process'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { answersOk, freePort, ownServer, type OwnServer } from './own-server.ts'

export interface StoredSeries {
  name: string
  labels: Record<string, string>
  /** Unix ms, ascending. */
  samples: [t: number, value: number][]
}

export interface Store extends OwnServer {
  url: string
}

/** The store of all integration tests; series need names of their own. */
export async function victoriaMetrics(url: string, series: StoredSeries[]): Promise<Store> {
  const body = series
    .map(({ name, labels, samples }) =>
      JSON.stringify({
        metric: { __name__: name, ...labels },
        values: samples.map(([, value]) => value),
        timestamps: samples.map(([t]) => t),
      }),
    )
    .join('\n')
  for (const [path, content] of [
    ['/api/v1/import', body],
    ['/internal/force_flush', ''],
  ] as const) {
    const response = await fetch(new URL(path, url), { method: 'POST', body: content })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  }
  return { url, stop: async () => {} }
}

/** A Prometheus of its own that has just these series: Prometheus takes the past only as blocks. */
export async function prometheus(series: StoredSeries[]): Promise<Store> {
  const folder = await mkdtemp(join(tmpdir(), 'tenon-prometheus-'))
  await writeFile(join(folder, 'samples.txt'), openMetrics(series))
  const run = promisify(execFile)
  await run('promtool', [
    'tsdb',
    'create-blocks-from',
    'openmetrics',
    join(folder, 'samples.txt'),
    join(folder, 'data'),
  ])
  return runPrometheus(folder)
}

/** An empty one that takes samples by remote write: the past in any order, up to an hour late. */
export async function prometheusReceiver(): Promise<Store> {
  const folder = await mkdtemp(join(tmpdir(), 'tenon-prometheus-'))
  return runPrometheus(folder, {
    config: 'storage: { tsdb: { out_of_order_time_window: 1h } }\n',
    flags: ['--web.enable-remote-write-receiver'],
  })
}

async function runPrometheus(folder: string, { config = 'global: {}\n', flags = [] as string[] } = {}): Promise<Store> {
  await writeFile(join(folder, 'prometheus.yml'), config)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const { stop } = await ownServer({
    executable: 'prometheus',
    args: [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      '--storage.tsdb.retention.time=10y',
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
      ...flags,
    ],
    folder,
    isReady: () => answersOk(`${url}/-/ready`),
  })
  return { url, stop }
}

function openMetrics(series: StoredSeries[]): string {
  const lines = [...Map.groupBy(series, ({ name }) => name)].flatMap(([name, family]) => [
    `# TYPE ${name} unknown`,
    ...family.flatMap(({ labels, samples }) => {
      const inner = Object.entries(labels).map(([key, value]) => `${key}="${escaped(value)}"`)
      return samples.map(([t, value]) => `${name}{${inner.join()}} ${value} ${t / 1000}`)
    }),
  ])
  return `${lines.join('\n')}\n# EOF\n`
}

const escaped = (value: string) => value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
