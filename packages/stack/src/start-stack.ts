/** Starts everything on one machine, what is independent side by side, and hands back how to reach and stop it. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createShopClient, type ShopClient } from '@tenon/demo'
import { type AppEnvironment, reachable, shopPart, webPart, workerPart } from './app-parts.ts'
import { build } from './build.ts'
import { type Home, homeUser, openHome, repository } from './home.ts'
import { removeRunning, untilFormerIsGone, writeRunning } from './running.ts'
import {
  hasAlertTools,
  type Server,
  type ServerContext,
  startAlerting,
  startMetricsStore,
  startPostgres,
  startTemporal,
} from './servers.ts'
import { StackError } from './stack-error.ts'
import type { Stack, StackOptions } from './stack-options.ts'
import { choosePorts, type StackPorts } from './stack-ports.ts'
import { Supervisor } from './supervisor.ts'

/** How long a start that failed waits for what it cannot stop. */
const SETTLE_MS = 10_000

/**
 * Starts Tenon in a data folder and resolves once every part is ready. Whatever fails, all that was started is stopped.
 *
 * @throws StackError that names the part, with the end of its log and what to do.
 * @example
 * const stack = await startStack({ home: await mkdtemp(join(tmpdir(), 'tenon-')), fault: 'bad-change' })
 * await page.goto(stack.adminLink)
 * await stack.stop()
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  if (homeUser(options.home) === null && (await untilFormerIsGone(options.home, { timeoutMs: 20_000 }))) {
    options.report?.note?.('Waited for the parts of a start that was killed.')
  }
  const home = openHome(options.home, { reset: options.reset })
  const supervisor = new Supervisor({
    logDirectory: home.path('logs'),
    onEvent: (event) => {
      keepRunningFile()
      options.report?.event?.(event)
    },
  })
  let keepRunningFile = (): void => undefined
  const end = (): void => {
    removeRunning(home.directory)
    home.release()
  }
  const givenUp = new AbortController()
  const stop = async (): Promise<void> => {
    // What is still being built in the background ends too.
    givenUp.abort()
    await supervisor.stop()
    end()
  }
  const signal = options.signal ? AbortSignal.any([options.signal, givenUp.signal]) : givenUp.signal
  const onAbort = (): void => void supervisor.stop()
  signal.addEventListener('abort', onAbort)
  let settled: Promise<unknown> = Promise.resolve()
  try {
    signal.throwIfAborted()
    const ports = await choosePorts(home, options)
    const starting = startParts({ home, supervisor, ports, options: { ...options, signal } })
    settled = starting.settled
    const started = await starting.started
    keepRunningFile = () => {
      const groups = supervisor.running().map(({ pid }) => pid)
      const { url, shopUrl, databaseUrl, temporalAddress, metricsUrl } = started
      const addresses = { url, shopUrl, databaseUrl, temporalAddress, metricsUrl, alertmanagerUrl }
      writeRunning(home.directory, { ...addresses, groups })
    }
    let alertmanagerUrl = started.alertmanagerUrl
    keepRunningFile()
    const onAlerting = (address: string | null): void => {
      if (signal.aborted) return
      alertmanagerUrl = address
      keepRunningFile()
    }
    starting.alerting.then(onAlerting, (error: unknown) => options.report?.note?.(`Without alerts: ${String(error)}`))
    return {
      ...started,
      get alertmanagerUrl() {
        return alertmanagerUrl
      },
      get pids() {
        return Object.fromEntries(supervisor.running().map(({ name, pid }) => [name, pid]))
      },
      kill: (part) => supervisor.kill(part),
      stop,
      abandon() {
        givenUp.abort()
        supervisor.abandon()
        end()
      },
    }
  } catch (error) {
    const asked = options.signal?.aborted ?? false
    givenUp.abort()
    // Programs that are no parts (initdb, a build) end too before the folder is given back; a download may be left to its end.
    await Promise.race([settled, sleep(SETTLE_MS)])
    await stop()
    throw asked ? new StackError('stopped', 'The start was given up.', '', { cause: error }) : error
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

interface Parts {
  home: Home
  supervisor: Supervisor
  ports: StackPorts
  options: StackOptions
}

type ShopHealth = Awaited<ReturnType<ShopClient['health']>>

type Started = Omit<Stack, 'pids' | 'kill' | 'stop' | 'abandon'>

interface Starting {
  started: Promise<Started>
  /** The Alertmanager's address; null without one. It comes after `started` when a tool has to be fetched or built first. */
  alerting: Promise<string | null>
  /** Resolves when nothing is under way any more, however it went. */
  settled: Promise<unknown>
}

/** Every promise below is awaited at the end, in the turn that made it: a part that fails early is never unhandled. */
function startParts({ home, supervisor, ports, options }: Parts): Starting {
  const report = options.report ?? {}
  const environment = options.environment ?? process.env
  const context: ServerContext = {
    supervisor,
    directory: home.directory,
    environment,
    say: (line) => report.note?.(line),
    signal: options.signal,
  }
  const withDemo = options.demo ?? true
  const host = options.host ?? '127.0.0.1'
  const url = (environment.TENON_PUBLIC_URL ?? `http://${publicHost(host)}:${ports.web}`).replace(/\/+$/, '')

  /** Where parts on this machine reach the web server. */
  const webUrl = `http://${reachable(host)}:${ports.web}`

  const step = async <T>(title: string, work: () => Promise<[value: T, detail: string]>): Promise<T> => {
    report.began?.(title)
    const began = performance.now()
    const [value, detail] = await work()
    report.ready?.(title, performance.now() - began, detail)
    return value
  }
  const server = (title: string, start: () => Promise<Server>): Promise<string> =>
    step(title, async () => {
      const { address, detail } = await start()
      return [address, detail]
    })

  const built = buildParts({ home, options, step })
  const postgres = server('PostgreSQL', () => startPostgres(context, ports.postgres))
  const temporal = server('Temporal', () => startTemporal(context, ports.temporal))
  const targetsFile = home.path('shop', 'targets.json')
  const needsStore = withDemo || Boolean(environment.TENON_METRICS_URL)
  const metrics = needsStore
    ? server('Metrics store', () => startMetricsStore(context, { port: ports.metrics, targetsFile }))
    : Promise.resolve(null)

  const database = (async () => {
    const [databaseUrl] = await Promise.all([postgres, built.client])
    return step('Database', async () => {
      const seed = await import('./seed.ts')
      const migrations = await seed.migrate(databaseUrl)
      const detail = migrations.length === 0 ? 'up to date' : `${migrations.length} migrations applied`
      return [{ seed, databaseUrl }, detail]
    })
  })()
  const token = (async () => {
    if (!withDemo) return null
    const { seed, databaseUrl } = await database
    const found = await seed.withDatabase(databaseUrl, (db) => seed.shopToken(db, home.state.shopToken))
    if (found !== home.state.shopToken) home.saveState({ shopToken: found })
    return found
  })()
  const runbooks = (async () => {
    if (!withDemo) return
    const { seed, databaseUrl } = await database
    await step('Runbooks', async () => {
      const published = await seed.withDatabase(databaseUrl, seed.seedRunbooks)
      return [null, published.length === 0 ? 'as they were' : `published ${published.join(', ')}`]
    })
  })()
  const shop = (async (): Promise<ShopHealth | null> => {
    const [storeUrl, tenonToken] = await Promise.all([metrics, token])
    if (storeUrl === null || tenonToken === null) return null
    return step('Demo shop', async () => {
      await supervisor.start(
        shopPart({
          directory: home.path('shop'),
          port: ports.shop,
          trafficPort: ports.shopTraffic,
          edgeAdminPort: ports.edgeAdmin,
          edge: options.edge ?? 'auto',
          storeUrl,
          targetsFile,
          tenonUrl: webUrl,
          tenonToken,
          fault: options.fault ?? 'none',
          earlier: options.earlier ?? '',
        }),
      )
      const health = await createShopClient(`http://127.0.0.1:${ports.shop}`).health()
      return [health, describeEdge(health)]
    })
  })()
  const alerting = (async (): Promise<string | null> => {
    if (!withDemo) return null
    const [{ seed, databaseUrl }, storeUrl] = await Promise.all([database, metrics])
    if (storeUrl === null) return null
    try {
      const secret = await seed.withDatabase(databaseUrl, seed.alertHookSecret, home.encryptionKeyFile)
      const webhook = { url: `${webUrl}/api/v1/hooks/${seed.ALERT_TRIGGER}`, secret }
      const rules = { alertmanager: ports.alertmanager, rules: ports.rules }
      const address = await server('Alerts', () =>
        startAlerting(context, { ports: rules, storeUrl, tenonUrl: url, webhook }),
      )
      const connection = { name: seed.ALERTS, kind: 'alertmanager' as const, url: address }
      await seed.withDatabase(databaseUrl, (db) => seed.saveConnection(db, connection))
      return address
    } catch (error) {
      // Alerts are one way to a diagnosis of many: without them all else works.
      const why = error instanceof StackError ? `${error.message} ${error.fix}` : String(error)
      if (!options.signal?.aborted) report.note?.(`Without alerts: ${why}`)
      return null
    }
  })()
  const connections = (async () => {
    const [{ seed, databaseUrl }, storeUrl, health] = await Promise.all([database, metrics, shop])
    await seed.withDatabase(databaseUrl, async (db) => {
      if (storeUrl) {
        await seed.saveConnection(db, {
          name: withDemo ? 'shop-metrics' : 'metrics',
          kind: 'prometheus',
          url: storeUrl,
        })
      }
      if (health) {
        await seed.saveConnection(db, { name: 'shop-edge', kind: health.edge.kind, url: health.edge.adminAddress })
      }
    })
  })()

  const app = (async (): Promise<AppEnvironment> => {
    const [{ databaseUrl }, temporalAddress] = await Promise.all([database, temporal])
    const modelDirectory = environment.TENON_MODEL_DIR ?? modelFolder(home, withDemo)
    const { encryptionKeyFile } = home
    return { databaseUrl, temporalAddress, modelDirectory, encryptionKeyFile, publicUrl: url }
  })()
  const worker = (async () => {
    const [variables] = await Promise.all([app, built.rest])
    await step('Worker', async () => {
      await supervisor.start(workerPart(variables, { port: ports.worker, buildsDirectory: home.path('builds') }))
      return [null, '']
    })
  })()
  const web = (async () => {
    const [variables] = await Promise.all([app, built.rest])
    const dev = options.dev ?? false
    await step('Web', async () => {
      await supervisor.start(webPart(variables, { host, port: ports.web, dev }))
      return [null, dev ? 'compiled as pages are opened' : '']
    })
  })()
  const promptAlerting = hasAlertTools(context) ? alerting : Promise.resolve(null)
  // Whoever started the parts says what became of it.
  alerting.catch(() => undefined)

  const adminLink = (async () => {
    const { seed, databaseUrl } = await database
    // Made last, so that its 15 minutes begin when it can be used.
    await Promise.all([web, worker, shop, connections, promptAlerting])
    return seed.withDatabase(databaseUrl, (db) => seed.createAdminLink(db, url))
  })()

  const parts = [postgres, temporal, metrics, token, shop, adminLink, promptAlerting] as const
  const others = [built.client, built.rest, database, runbooks, connections, app, worker, web]
  const started = async (): Promise<Started> => {
    const [[databaseUrl, temporalAddress, metricsUrl, apiToken, health, link, alertmanagerUrl]] = await Promise.all([
      Promise.all(parts),
      Promise.all(others),
    ])
    return {
      url,
      adminLink: link,
      shopUrl: health ? `http://127.0.0.1:${ports.shop}` : null,
      edge: health?.edge ?? null,
      databaseUrl,
      temporalAddress,
      metricsUrl,
      alertmanagerUrl,
      apiToken,
    }
  }
  return { started: started(), alerting, settled: Promise.allSettled([...parts, ...others, alerting]) }
}

type Step = <T>(title: string, work: () => Promise<[value: T, detail: string]>) => Promise<T>

/** The database's client first and alone: it is quick, and the migration waits for it. */
function buildParts({ home, options, step }: { home: Home; options: StackOptions; step: Step }): {
  client: Promise<unknown>
  rest: Promise<unknown>
} {
  const make = (workspaces: string[]): Promise<string[]> =>
    build({ logDirectory: home.path('logs'), workspaces, signal: options.signal })
  const client = make(['@tenon/db'])
  const rest = step('Build', async () => {
    const first = await client
    const built = [...first, ...(await make(options.dev ? ['@tenon/worker'] : ['@tenon/worker', '@tenon/web']))]
    const names = built.map((name) => name.replace('@tenon/', ''))
    return [null, names.length === 0 ? 'nothing changed' : names.join(', ')]
  })
  return { client, rest }
}

/** Without the demo people bring their own model; an empty one lets them start. */
function modelFolder(home: Home, withDemo: boolean): string {
  if (withDemo) return join(repository, 'demo', 'model')
  const folder = home.path('model')
  const file = join(folder, 'model.yaml')
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(
      file,
      '# What exists, what can be asked of it, what calls what. See docs/connect.md.\ntenonModel: 1\n',
    )
  }
  return folder
}

function describeEdge({ edge }: ShopHealth): string {
  return edge.kind === 'haproxy'
    ? `edge: HAProxy, Runtime API at ${edge.adminAddress}`
    : `edge: the shop's own at ${edge.adminAddress}; install haproxy to use that`
}

/** A wildcard is no address to open: the machine's first one on a network is. */
function publicHost(host: string): string {
  if (host !== '0.0.0.0' && host !== '::') return reachable(host)
  const address = Object.values(networkInterfaces())
    .flat()
    .find((one) => one && one.family === 'IPv4' && !one.internal)?.address
  return address ?? reachable(host)
}
