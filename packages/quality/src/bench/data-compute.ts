/**
 * Dynamic compute at its size: ten million lines of two services' logs on five hosts, more than a gigabyte, asked through the data service as a runbook
 * asks: calls of one service on the hosts of zone A within an hour, by method and status, with the 95th percentile of what they took.
 */
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDataService, modelFile } from '@tenon/data'
import type { BenchOptions, Measured } from './bench.ts'
import { rounded } from './percentile.ts'

const LINES = 10_000_000
const HOUR = 3_600_000
const BEGIN = Date.UTC(2026, 10, 28, 10)
const HOSTS = ['a-1', 'a-2', 'a-3', 'b-1', 'b-2']
const PARSE = '<time> <level> <service> <method> <path> <status> <bytes> <took> "<agent>"'

export async function computePart({ say }: BenchOptions): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'tenon-bench-logs-'))
  const allowed = process.env['TENON_FILES_DIR']
  process.env['TENON_FILES_DIR'] = folder
  try {
    const bytes = await writeLogs(folder)
    say(`${LINES / 1e6} million lines, ${(bytes / 1e9).toFixed(2)} GB`)
    return await measure(folder, bytes)
  } finally {
    if (allowed === undefined) delete process.env['TENON_FILES_DIR']
    else process.env['TENON_FILES_DIR'] = allowed
    await rm(folder, { recursive: true, force: true })
  }
}

async function measure(folder: string, bytes: number): Promise<Measured> {
  const hosts = HOSTS.map((host) => ({
    id: `trade-${host}`,
    kind: 'host',
    attributes: { zone: host.startsWith('a') ? 'A' : 'B' },
  }))
  const table = { source: 'logs', from: '{host}/access.log', parse: PARSE, dimensions: { host: 'host' }, measures: {} }
  const model = modelFile.parse({ tenonModel: 1, entities: hosts, tables: { access: table } })
  const data = createDataService({ model, sources: async () => ({ kind: 'files', url: folder, secret: null }) })
  const before = process.memoryUsage.rss()
  const watch = watchMemory()
  const result = await data.compute({
    from: 'access',
    range: { from: BEGIN, to: BEGIN + HOUR },
    where: [{ field: 'service', op: '=', value: 'trade' }],
    groupBy: ['host', 'method', 'status'],
    aggregates: [{ fn: 'count' }, { fn: 'sum', field: 'bytes' }, { fn: 'quantile', field: 'took', quantile: 0.95 }],
    // A slow machine gives a figure, too.
    limits: { seconds: 300 },
  })
  const peak = await watch.stop()
  await data.close()
  const { read } = result
  const seen = read ? read.matched + read.outside + read.malformed : 0
  if (seen !== LINES) throw new Error(`of ${LINES} lines ${seen} were seen`)
  const added = Math.max(0, peak.own - before)
  return {
    figures: {
      compute_10m_lines_s: rounded(result.tookSeconds, 1),
      compute_peak_mb: rounded((peak.children + added) / 1e6, 0),
    },
    notes: [
      `compute_10m_lines_s: ${LINES / 1e6} million lines (${(bytes / 1e9).toFixed(2)} GB in ${HOSTS.length} files), parsed, filtered, grouped by 3 fields with a quantile: ${read?.matched} lines in ${result.rows.length} groups. compute_peak_mb: the process that computes and what it added to the one that asked.`,
    ],
  }
}

/** Every 997th line is of another form, as a stack trace in a log is. */
async function writeLogs(folder: string): Promise<number> {
  const methods = ['GET', 'POST', 'PUT', 'DELETE']
  const paths = ['/api/v1/orders', '/api/v1/payments', '/api/v1/stock/items', '/render/cashier', '/health']
  const each = LINES / HOSTS.length
  let bytes = 0
  for (const [number, host] of HOSTS.entries()) {
    const path = join(folder, `trade-${host}`, 'access.log')
    await mkdir(join(path, '..'))
    const file = createWriteStream(path)
    let seed = number + 1
    for (let index = 0; index < each;) {
      const lines: string[] = []
      for (; lines.length < 20_000 && index < each; index++) {
        // xorshift: the same logs on every machine.
        seed ^= seed << 13
        seed ^= seed >>> 17
        seed ^= seed << 5
        const chance = seed >>> 0
        const time = new Date(BEGIN + Math.floor((index * 2 * HOUR) / each)).toISOString()
        lines.push(
          index % 997 === 0
            ? `    at com.example.trade.Order.create(Order.java:${chance % 500})`
            : `${time} info ${chance % 3 === 0 ? 'stock' : 'trade'} ${methods[chance & 3]} ${paths[(chance >>> 3) % 5]}/${chance % 10_000} ${chance % 50 === 0 ? 500 : 200} ${chance % 9_000} 0.${String(chance % 1_000).padStart(3, '0')} "shop-client/1.4 (linux) trace-${chance}"`,
        )
      }
      if (!file.write(`${lines.join('\n')}\n`)) await once(file, 'drain')
    }
    file.end()
    await once(file, 'close')
    bytes += (await stat(path)).size
  }
  return bytes
}

/** The highest resident size of this process and, together, of those that it started meanwhile. */
function watchMemory() {
  const known = childrenOf(process.pid)
  let [own, children] = [0, 0]
  let isOver = false
  const watching = (async () => {
    const before = new Set(await known)
    while (!isOver) {
      own = Math.max(own, process.memoryUsage.rss())
      const started = (await childrenOf(process.pid)).filter((pid) => !before.has(pid))
      const sizes = await Promise.all(started.map(residentBytes))
      children = Math.max(
        children,
        sizes.reduce((sum, size) => sum + size, 0),
      )
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  })()
  return {
    async stop() {
      isOver = true
      await watching
      return { own, children }
    },
  }
}

async function childrenOf(pid: number): Promise<number[]> {
  const tasks = await readdir(`/proc/${pid}/task`)
  const lists = await Promise.all(
    tasks.map((task) => readFile(`/proc/${pid}/task/${task}/children`, 'utf8').catch(() => '')),
  )
  return lists.join(' ').split(/\s+/).filter(Boolean).map(Number)
}

async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024
}
