/**
 * Runs the conformance suite against real servers that it starts and stops: `node packages/data/test/conformance/run-conformance.ts`.
 * Progress goes to standard error; the last line of standard output is JSON, `{ "conformance_cases": 588, "conformance_failed": 0, ... }`.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  findTool,
  metricsStorePart,
  metricsStoreUrl,
  metricsTool,
  Ports,
  postgresPart,
  postgresUrl,
  Supervisor,
} from '@tenon/stack'
import { runConformance, type ConformanceReport } from './conformance.ts'
import { makeDataset } from './dataset.ts'
import { conformanceServers } from './servers.ts'

const hour = 3_600_000
const say = (line: string): void => console.error(line)

const folder = mkdtempSync(join(tmpdir(), 'tenon-conformance-'))
const supervisor = new Supervisor({ logDirectory: join(folder, 'logs') })
const reports: (ConformanceReport & { seconds: number })[] = []
try {
  const ports = new Ports()
  const [postgres, metrics] = [await ports.choose(0), await ports.choose(0)]
  await supervisor.start(
    await postgresPart({ directory: join(folder, 'postgres'), port: postgres.port, durable: false }),
  )
  const { path: executable } = await findTool(metricsTool, { say })
  await supervisor.start(metricsStorePart({ executable, port: metrics.port, directory: join(folder, 'metrics') }))
  const dataset = makeDataset(Math.floor(Date.now() / hour) * hour - 2 * hour)
  const servers = conformanceServers(dataset, {
    postgresUrl: postgresUrl({ port: postgres.port }, 'postgres'),
    metricsUrl: metricsStoreUrl({ port: metrics.port }),
  })
  // One after another: a machine of two cores is busy enough with one.
  for (const { name, serve } of servers) {
    const began = performance.now()
    const served = await serve()
    try {
      const report = await runConformance(served.subject, dataset)
      reports.push({ ...report, seconds: Math.round((performance.now() - began) / 100) / 10 })
      say(`${name}: ${report.cases - report.failed.length} of ${report.cases}`)
      for (const { title, problem } of report.failed) say(`  ${title}: ${problem}`)
    } finally {
      await served.stop()
    }
  }
} finally {
  await supervisor.stop()
  rmSync(folder, { recursive: true, force: true })
}

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)
const failed = sum(reports.map((report) => report.failed.length))
console.log(
  JSON.stringify({
    conformance_cases: sum(reports.map(({ cases }) => cases)),
    conformance_failed: failed,
    sources: reports.map(({ name, cases, failed: problems, seconds }) => ({
      name,
      cases,
      failed: problems.length,
      seconds,
    })),
  }),
)
process.exitCode = failed > 0 ? 1 : 0
