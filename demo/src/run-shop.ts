/** The whole shop in one process: hosts behind an edge, a database, a marketplace that orders, and the door to break it by. */
import { join } from 'node:path'
import { openChangePoster } from './change-poster.ts'
import { startControlServer } from './control-server.ts'
import { startDatabase } from './database.ts'
import { earlierChanges, earlierSimulated } from './earlier-faults.ts'
import type { Edge } from './edge.ts'
import { startBuiltinEdge } from './edge-builtin.ts'
import { createEdgeClient } from './edge-client.ts'
import { findHaproxy, startHaproxyEdge } from './edge-haproxy.ts'
import { openFaultBoard, type FaultBoard } from './fault-board.ts'
import { startFlowMeter, type FlowMeter } from './flow-meter.ts'
import { backfill, historyBegin } from './history.ts'
import { startHost, type RunningHost } from './host.ts'
import { seededRandom } from './random.ts'
import { scrapeTargets } from './scrape-targets.ts'
import type { Settings } from './settings.ts'
import { changesThatEnd, changeThatBegan, ordinaryChanges } from './shop-changes.ts'
import { ShopError } from './shop-error.ts'
import { startTraffic } from './traffic.ts'
import { HOSTS } from './world.ts'
import { writeWhole } from './write-whole.ts'

export interface RunningShop {
  /** Of the page and the control API. */
  url: string
  edge: Pick<Edge, 'kind' | 'adminAddress' | 'trafficUrl'>
  hosts: readonly RunningHost[]
  close(): Promise<void>
}

export interface ShopOptions extends Settings {
  say: (line: string) => void
  /** Multiplies the season; tests send more. */
  volume?: number
  /** Tests without a store leave history and scraping out. */
  withHistory?: boolean
}

/** An incident that a newcomer meets has begun so long ago: long enough to be seen beyond noise. */
const FIRST_FAULT_BEGAN_MS = 6 * 60_000

export async function runShop(options: ShopOptions): Promise<RunningShop> {
  const { board, isNew } = await openFaultBoard(join(options.home, 'state.json'))
  const poster = options.tenon
    ? await openChangePoster({ ...options.tenon, file: join(options.home, 'changes.json'), say: options.say })
    : null
  if (isNew) {
    poster?.post([...ordinaryChanges(board.made), ...earlierChanges(options.earlier, board.made)])
    if (options.firstFault) await board.set(options.firstFault, { since: board.made - FIRST_FAULT_BEGAN_MS })
  }
  // Told again at every start: the same id is the same change.
  poster?.post(board.active().flatMap((fault) => changeThatBegan(fault) ?? []))

  const random = seededRandom(Date.now() % 2 ** 31)
  const database = await startDatabase({
    random,
    starved: () => board.conditions().databaseStarved,
    leaked: () => board.conditions().leakedConnections(Date.now()),
  })
  let edge: Edge | null = null
  const client = createEdgeClient(() => edge?.trafficUrl ?? '')
  const hosts = await Promise.all(
    HOSTS.map((host) =>
      startHost({ host, condition: () => board.conditions().host(host), edge: client, database, random }),
    ),
  )
  edge = await startEdge(options, hosts)
  let meter: FlowMeter | null = null
  const control = await startControlServer(
    {
      board,
      edge,
      ready: () => meter !== null,
      flow: () => meter?.read() ?? { ordersPerMinute: 0, hosts: [] },
      async setFault(kind, severity) {
        const fault = await board.set(kind, severity === undefined ? {} : { severity })
        const change = changeThatBegan(fault)
        if (change) poster?.post([change])
        options.say(`${kind} at ${fault.severity}`)
      },
      async clearFaults(kind) {
        const at = Date.now()
        const ended = await board.clear(kind)
        poster?.post(ended.flatMap((fault) => changesThatEnd(fault, { at, rollbackId: `${fault.changeId}-rollback` })))
        options.say(ended.length === 0 ? 'nothing was wrong' : `mended: ${ended.map((fault) => fault.kind).join(', ')}`)
      },
    },
    options.port,
  )
  const withHistory = options.withHistory ?? true
  if (withHistory) await writeHistory(board, options)
  // Orders begin where history ends: earlier ones would be counted twice.
  const traffic = await startTraffic({
    edge: client,
    conditions: () => board.conditions(),
    random,
    ...(options.volume === undefined ? {} : { volume: options.volume }),
  })
  meter = startFlowMeter(hosts, traffic)
  if (withHistory) {
    const targets = scrapeTargets({
      hosts: hosts.map(({ host, server }) => ({ id: host.id, port: server.port })),
      sourcePort: traffic.server.port,
      databasePort: database.server.port,
      edgeMetrics: edge.metrics,
    })
    await writeWhole(options.targetsFile, `${JSON.stringify(targets, null, 1)}\n`)
  }
  const running = edge
  const measuring = meter
  return {
    url: control.url,
    edge: running,
    hosts,
    async close() {
      measuring.close()
      await Promise.all([poster?.close(), control.close(), traffic.close()])
      client.close()
      await running.close()
      await Promise.all([database.close(), ...hosts.map(({ server }) => server.close())])
    },
  }
}

async function startEdge(settings: Settings, hosts: readonly RunningHost[]): Promise<Edge> {
  const { trafficPort, edgeAdminPort: adminPort, home } = settings
  const targets = hosts.map(({ host, server }) => ({ host, port: server.port }))
  const binary = settings.edge === 'builtin' ? null : (process.env.TENON_HAPROXY_BIN ?? (await findHaproxy()))
  if (binary) return startHaproxyEdge({ binary, home, targets, trafficPort, adminPort })
  if (settings.edge === 'haproxy') {
    throw new ShopError('haproxy-missing', 'HAProxy was not found.', {
      fix: 'Install haproxy, set TENON_HAPROXY_BIN, or set SHOP_EDGE=auto to use the shop’s own edge.',
    })
  }
  return startBuiltinEdge({ targets, trafficPort, adminPort })
}

/** Two weeks at first, later what was missed. What passes while it is written is filled in after it. */
async function writeHistory(board: FaultBoard, { storeUrl, say, earlier }: ShopOptions): Promise<void> {
  let samples = 0
  let from = await historyBegin(storeUrl, Date.now())
  const began = performance.now()
  for (let round = 0; round < 2; round++) {
    const now = Date.now()
    const faults = [...earlierSimulated(earlier, board.made), ...board.simulated()]
    const written = await backfill({ storeUrl, now, from, faults })
    samples += written.samples
    from = now
  }
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  say(`history written: ${(samples / 1e6).toFixed(1)} million samples in ${seconds} s`)
}
