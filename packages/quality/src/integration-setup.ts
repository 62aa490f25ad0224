/**
 * Starts what integration tests share, once a vitest run: PostgreSQL, Temporal and VictoriaMetrics, in a temporary folder, on free
 * ports. Tests find them in TEST_DATABASE_URL (its database `postgres`; each file makes its own with `createTestDatabase`),
 * TEST_TEMPORAL_ADDRESS (namespace default; use your own task queue) and TEST_METRICS_URL. What is set already is used as it is.
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
  temporalAddress,
  temporalPart,
  temporalTool,
} from '@tenon/stack'

export default async function setup(): Promise<() => Promise<void>> {
  const directory = mkdtempSync(join(tmpdir(), 'tenon-test-'))
  const supervisor = new Supervisor({ logDirectory: join(directory, 'logs') })
  const say = (line: string): void => console.error(line)
  const stop = async (): Promise<void> => {
    await supervisor.stop()
    rmSync(directory, { recursive: true, force: true })
  }
  try {
    const ports = new Ports()
    const [postgres, temporal, metrics] = [await ports.choose(0), await ports.choose(0), await ports.choose(0)]
    await Promise.all([
      provide('TEST_DATABASE_URL', async () => {
        const port = postgres.port
        await supervisor.start(await postgresPart({ directory: join(directory, 'postgres'), port, durable: false }))
        return postgresUrl({ port }, 'postgres')
      }),
      provide('TEST_TEMPORAL_ADDRESS', async () => {
        const { path: executable } = await findTool(temporalTool, { say })
        await supervisor.start(temporalPart({ executable, port: temporal.port }))
        return temporalAddress({ port: temporal.port })
      }),
      provide('TEST_METRICS_URL', async () => {
        const { path: executable } = await findTool(metricsTool, { say })
        const store = { executable, port: metrics.port, directory: join(directory, 'metrics') }
        await supervisor.start(metricsStorePart(store))
        return metricsStoreUrl({ port: metrics.port })
      }),
    ])
  } catch (error) {
    await stop()
    throw error
  }
  return stop
}

/** Test processes start after this and inherit the environment. */
async function provide(variable: string, start: () => Promise<string>): Promise<void> {
  if (!process.env[variable]) process.env[variable] = await start()
}
