/** One host of one service: a real HTTP server that serves orders, calls what it depends on through the edge, and can be scraped. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { HostCondition } from './conditions.ts'
import type { Database } from './database.ts'
import type { EdgeClient } from './edge-client.ts'
import { exposition, EXPOSITION_TYPE } from './exposition.ts'
import { countCalls, emptyCounters, hostSeries, hostValues, type HostCounters } from './host-counters.ts'
import { addFixed } from './latency.ts'
import { listenOnLoopback, type LoopbackServer } from './loopback-server.ts'
import { logNormal, type Random } from './random.ts'
import {
  CALL_SECONDS,
  DATABASE,
  HANG_SECONDS,
  ORDER_FLOW,
  serviceOf,
  SIDE_CALL_SECONDS,
  SIDE_CALLS,
  SLOW_ZONE_FACTOR,
  type Host,
  type Outcome,
  type ServiceId,
} from './world.ts'

export interface HostOptions {
  host: Host
  condition: () => HostCondition
  edge: EdgeClient
  /** Only payment asks it. */
  database: Pick<Database, 'query'>
  random: Random
}

export interface RunningHost {
  host: Host
  server: LoopbackServer
  /** Requests answered since the host's server began, over all versions. */
  answered(): { requests: number; ok: number }
  version(): string
}

const STATUS: Record<Outcome, number> = { ok: 200, error: 500, timeout: 504, rejected: 422 }

/** Starts a host on a free port. */
export async function startHost(options: HostOptions): Promise<RunningHost> {
  const { host, condition, random } = options
  const service = serviceOf(host.service)
  const total = { requests: 0, ok: 0 }
  let version = condition().version
  let counters: HostCounters = emptyCounters(host.service)
  let second = 0
  let inThisSecond = 0

  /** Another version is another process: its counters begin at 0. */
  function currentCounters(): HostCounters {
    const wanted = condition().version
    if (wanted !== version) {
      version = wanted
      counters = emptyCounters(host.service)
    }
    return counters
  }

  function overCapacity(): boolean {
    const now = Math.floor(performance.now() / 1000)
    if (now !== second) {
      second = now
      inThisSecond = 0
    }
    return ++inThisSecond > service.capacityPerHost
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const started = performance.now()
    const mine = currentCounters()
    const now = condition()
    const outcome = await decide(now, started, orderKindOf(request))
    mine.outcomes[outcome]++
    addFixed(mine.latency, 1, (performance.now() - started) / 1000)
    total.requests++
    if (outcome === 'ok') total.ok++
    response.writeHead(STATUS[outcome], { 'content-type': 'application/json' })
    response.end(`{"host":"${host.id}","outcome":"${outcome}"}`)
  }

  async function decide(now: HostCondition, started: number, orderKind: string): Promise<Outcome> {
    if (overCapacity()) return 'rejected'
    if (random() < now.hanging) {
      await until(started, HANG_SECONDS)
      return 'timeout'
    }
    const seconds = logNormal(random, service.latency.medianSeconds, service.latency.sigma)
    const outcome = draw(now)
    const served = outcome === 'ok' ? await doWork(orderKind) : outcome
    await until(started, now.slowed ? seconds * SLOW_ZONE_FACTOR : seconds)
    return served
  }

  function draw(now: HostCondition): Outcome {
    if (random() < now.extraErrors || random() < service.losses.error) return 'error'
    return random() < service.losses.rejected ? 'rejected' : 'ok'
  }

  async function doWork(orderKind: string): Promise<Outcome> {
    if (host.service === 'gateway') {
      // An order that is lost further down is not the gateway's failure: it answers, and the step that lost it has counted it.
      for (const next of ORDER_FLOW) if ((await call(next, CALL_SECONDS, orderKind)).status !== 200) break
      return 'ok'
    }
    const asked = SIDE_CALLS[host.service] ?? []
    await Promise.all(asked.map((next) => call(next, SIDE_CALL_SECONDS, orderKind)))
    if (host.service !== 'payment') return 'ok'
    countCalls(currentCounters(), host.service, DATABASE.id)
    return (await options.database.query()) ? 'ok' : 'timeout'
  }

  function call(next: ServiceId, seconds: number, orderKind: string): ReturnType<EdgeClient['call']> {
    countCalls(currentCounters(), host.service, next)
    return options.edge.call(next, seconds, orderKind)
  }

  const server = await listenOnLoopback((request, response) => {
    if (request.url === '/healthz') response.end('ok')
    else if (request.url === '/metrics') scrape(response)
    else
      serve(request, response).catch(() => {
        response.statusCode = 500
        response.end()
      })
  })

  function scrape(response: ServerResponse): void {
    if (!condition().scraped) {
      response.destroy()
      return
    }
    const mine = currentCounters()
    response.setHeader('content-type', EXPOSITION_TYPE)
    response.end(exposition(hostSeries(host, version), hostValues(mine)))
  }

  return { host, server, answered: () => ({ ...total }), version: () => condition().version }
}

function orderKindOf(request: IncomingMessage): string {
  return request.headers['x-order-kind'] === 'load-test' ? 'load-test' : 'normal'
}

/** Waits until `seconds` after `started` (of `performance.now()`); not at all when that is past. */
function until(started: number, seconds: number): Promise<void> {
  const left = started + seconds * 1000 - performance.now()
  return left <= 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, left))
}
