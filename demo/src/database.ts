/** `payment-db`: a pool of connections that payments wait for, with its metrics. */
import { exposition, EXPOSITION_TYPE } from './exposition.ts'
import { listenOnLoopback, type LoopbackServer } from './loopback-server.ts'
import { databaseSeries } from './metric-names.ts'
import { logNormal, type Random } from './random.ts'
import { DATABASE } from './world.ts'

export interface Database {
  /** Waits for a connection, holds it for a query, gives it back; false when there was none in time. */
  query(): Promise<boolean>
  server: LoopbackServer
  close(): Promise<void>
}

export interface DatabaseOptions {
  random: Random
  /** Share of queries that a runaway report starves; 0 is healthy. */
  starved: () => number
  /** Connections that a leak holds. */
  leaked: () => number
  /** Unix milliseconds. */
  now?: () => number
}

/** Starts the database and its `/metrics`. */
export async function startDatabase({ random, starved, leaked, now = Date.now }: DatabaseOptions): Promise<Database> {
  let held = 0
  let waitSum = 0
  let waitCount = 0
  const waiting: { enter: () => void }[] = []
  const arrivals: number[] = []

  /** Under the fault the report leaves a single connection, which must be shared. */
  const slots = () => (starved() > 0 ? 1 : DATABASE.maxConnections - DATABASE.backgroundConnections - leaked())
  const inUse = () =>
    starved() > 0
      ? DATABASE.maxConnections
      : Math.min(DATABASE.maxConnections, DATABASE.backgroundConnections + leaked() + held)

  /** One connection serves `1 / hold` queries a second: just so many that the starved share of those that arrive waits in vain. */
  const holdSeconds = () => {
    const share = starved()
    if (share === 0) return logNormal(random, DATABASE.querySeconds, 0.2)
    const perSecond = Math.max(1, arrivals.length / ARRIVAL_SECONDS)
    return 1 / (Math.max(0.02, 1 - share) * perSecond)
  }

  function admit(): void {
    while (held < slots() && waiting.length > 0) {
      held++
      waiting.shift()!.enter()
    }
  }

  function acquire(): Promise<boolean> {
    return new Promise((resolve) => {
      const entry = {
        enter: () => {
          clearTimeout(timer)
          resolve(true)
        },
      }
      const timer = setTimeout(() => {
        const index = waiting.indexOf(entry)
        if (index >= 0) waiting.splice(index, 1)
        resolve(false)
      }, DATABASE.acquireSeconds * 1000)
      waiting.push(entry)
      admit()
    })
  }

  async function query(): Promise<boolean> {
    const arrivedAt = now()
    arrivals.push(arrivedAt)
    while (arrivals[0]! < arrivedAt - ARRIVAL_SECONDS * 1000) arrivals.shift()
    const started = performance.now()
    const entered = await acquire()
    const queued = waiting.length > 0 || !entered ? (performance.now() - started) / 1000 : 0
    waitSum += queued + (entered ? logNormal(random, DATABASE.checkoutSeconds, 0.2) : 0)
    waitCount++
    if (!entered) return false
    await new Promise((resolve) => setTimeout(resolve, holdSeconds() * 1000))
    held--
    admit()
    return true
  }

  const series = databaseSeries()
  const server = await listenOnLoopback((_request, response) => {
    response.setHeader('content-type', EXPOSITION_TYPE)
    response.end(exposition(series, [inUse(), DATABASE.maxConnections, waitSum, waitCount]))
  })
  return { query, server, close: () => server.close() }
}

/** Over so many seconds the arrival rate is measured. */
const ARRIVAL_SECONDS = 10
