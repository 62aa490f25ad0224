/** The marketplace: sends orders through the edge to the gateway as a Poisson process that follows the season. */
import type { Conditions } from './conditions.ts'
import type { EdgeClient } from './edge-client.ts'
import { exposition, EXPOSITION_TYPE } from './exposition.ts'
import { listenOnLoopback, type LoopbackServer } from './loopback-server.ts'
import { ORDER_KINDS, sourceSeries, type OrderKind } from './metric-names.ts'
import { exponential, type Random } from './random.ts'
import { ordersPerSecond } from './season.ts'

export interface Traffic {
  server: LoopbackServer
  /** Orders sent since the start. */
  sent(): Record<OrderKind, number>
  close(): Promise<void>
}

export interface TrafficOptions {
  edge: EdgeClient
  conditions: () => Conditions
  random: Random
  /** Multiplies the season; tests send more. */
  volume?: number
}

/** More orders than this under way would only be load on the machine; further ones are counted and lost at the door. */
const MOST_IN_FLIGHT = 200
/** A gateway in a slow zone, and three steps that each run into their limit. */
const ORDER_SECONDS = 6
/** Waiting is cut into pieces so that a new rate takes effect at once; a Poisson process does not notice (it has no memory). */
const LONGEST_WAIT_SECONDS = 0.25

/** Starts sending. */
export async function startTraffic({ edge, conditions, random, volume = 1 }: TrafficOptions): Promise<Traffic> {
  const sent: Record<OrderKind, number> = { normal: 0, 'load-test': 0 }
  const series = sourceSeries()
  const server = await listenOnLoopback((_request, response) => {
    response.setHeader('content-type', EXPOSITION_TYPE)
    response.end(exposition(series, [...ORDER_KINDS.map((kind) => sent[kind]), calls]))
  })
  let inFlight = 0
  let calls = 0
  let next = performance.now()
  let timer: NodeJS.Timeout | undefined

  function tick(): void {
    while (next <= performance.now()) {
      const season = ordersPerSecond(Date.now()) * volume
      const { normalOrders, loadTestOrders } = conditions()
      const rate = season * (normalOrders + loadTestOrders)
      const wait = rate > 0 ? exponential(random, rate) : Number.POSITIVE_INFINITY
      if (wait > LONGEST_WAIT_SECONDS) next += LONGEST_WAIT_SECONDS * 1000
      else {
        next += wait * 1000
        send(random() * (normalOrders + loadTestOrders) < normalOrders ? 'normal' : 'load-test')
      }
    }
    timer = setTimeout(tick, Math.max(1, next - performance.now()))
  }

  function send(kind: OrderKind): void {
    sent[kind]++
    if (inFlight >= MOST_IN_FLIGHT) return
    inFlight++
    calls++
    void edge.call('gateway', ORDER_SECONDS, kind).then(() => inFlight--)
  }

  tick()
  return {
    server,
    sent: () => ({ ...sent }),
    close: async () => {
      clearTimeout(timer)
      await server.close()
    },
  }
}
