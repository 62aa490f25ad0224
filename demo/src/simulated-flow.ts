/** One step of simulated time: orders enter at the source, pass the services, and are counted on every host on their way. */
import { conditionsUnder, type Conditions, type HostCondition } from './conditions.ts'
import { countCalls, emptyCounters, hostSeries, hostValues, type HostCounters } from './host-counters.ts'
import { addDrawn, addFixed, latencyShape, type LatencyShape } from './latency.ts'
import * as names from './metric-names.ts'
import { binomial, poisson, type Random } from './random.ts'
import { ordersPerSecond } from './season.ts'
import type { Columns } from './simulated-series.ts'
import {
  CALL_SECONDS,
  DATABASE,
  HANG_SECONDS,
  HOSTS,
  hostsOf,
  ORDER_FLOW,
  SERVICES,
  serviceOf,
  SIDE_CALL_SECONDS,
  SIDE_CALLS,
  SLOW_ZONE_FACTOR,
  SOURCE,
  type Host,
  type ServiceId,
} from './world.ts'

export interface Flow {
  /** From here on the world is under these conditions. */
  under(conditions: Conditions): void
  /** Lets `seconds` pass around the moment `at` (unix milliseconds). */
  advance(at: number, seconds: number): void
  /** Writes what a scrape would read now into row `row`. */
  sample(columns: Columns, row: number): void
}

interface HostState extends HostCounters {
  host: Host
  condition: HostCondition
  shape: LatencyShape
}

interface DatabaseState {
  inUse: number
  waitSum: number
  waitCount: number
}

interface Delay {
  /** Share of the served requests that take `seconds` because they waited for something. */
  share: number
  seconds: number
  /** Share of the requests fine on the host that then get no database connection; they take `seconds`, too. */
  starved: number
}
const NO_DELAY: Delay = { share: 0, seconds: 0, starved: 0 }

/** While the database starves, a payment that gets through waited nearly as long as one that does not. */
const STARVED_WAIT_SECONDS = 0.52
const STARVED_PAYMENT_SECONDS = 0.78

/** A healthy shop whose counters stand at 0. */
export function createFlow(random: Random): Flow {
  let conditions = conditionsUnder([])
  const hosts = new Map(HOSTS.map((host) => [host.id, freshHost(host, conditions.host(host))]))
  const groups = new Map(
    SERVICES.map((service) => [service.id, hostsOf(service.id).map((host) => hosts.get(host.id)!)] as const),
  )
  const orders = { normal: 0, 'load-test': 0 }
  const nextHost = new Map<ServiceId, number>()
  let nextCaller = 0
  const database: DatabaseState = { inUse: DATABASE.backgroundConnections, waitSum: 0, waitCount: 0 }

  /** Sends `requests` to a service and gives how many it served and how many of those then starved at the database. */
  function serve(id: ServiceId, requests: number, delay: Delay = NO_DELAY): { served: number; starved: number } {
    const group = groups.get(id)!
    const losses = serviceOf(id).losses
    const total = { served: 0, starved: 0 }
    for (const [index, mine] of roundRobin(id, requests).entries()) {
      const state = group[index]!
      const hanging = binomial(random, mine, state.condition.hanging)
      const extra = binomial(random, mine - hanging, state.condition.extraErrors)
      const errors = extra + binomial(random, mine - hanging - extra, losses.error)
      const rejected = binomial(random, mine - hanging - errors, losses.rejected)
      const fine = mine - hanging - errors - rejected
      const starved = binomial(random, fine, delay.starved)
      const late = starved + binomial(random, fine - starved, delay.share)
      state.outcomes.ok += fine - starved
      state.outcomes.error += errors
      state.outcomes.timeout += hanging + starved
      state.outcomes.rejected += rejected
      addFixed(state.latency, hanging, HANG_SECONDS)
      addFixed(state.latency, late, delay.seconds)
      addDrawn(random, state.latency, mine - hanging - late, state.shape)
      total.served += fine - starved
      total.starved += starved
    }
    return total
  }

  /** Calls of a service's hosts, who served about the same number of requests each. */
  function call(id: ServiceId, called: string, count: number): void {
    const group = groups.get(id)!
    const whole = Math.floor(count / group.length)
    const first = nextCaller++
    for (const [index, state] of group.entries()) {
      const isLate = (index + first) % group.length < count - whole * group.length
      countCalls(state, id, called, isLate ? whole + 1 : whole)
    }
  }

  /** The edge balances round robin: hosts get equal numbers, and the remainder goes on from where it last ended. */
  function roundRobin(id: ServiceId, requests: number): number[] {
    const count = groups.get(id)!.length
    const first = nextHost.get(id) ?? 0
    const whole = Math.floor(requests / count)
    const rest = requests - whole * count
    nextHost.set(id, (first + rest) % count)
    return Array.from({ length: count }, (_, index) => whole + ((index - first + count) % count < rest ? 1 : 0))
  }

  /** Payments need the database as well: when it starves, payments that were fine on the host run out of time. */
  function pay(requests: number): { asked: number } {
    const starving = conditions.databaseStarved
    const { served, starved } = serve(
      'payment',
      requests,
      starving > 0
        ? { share: 1, seconds: STARVED_PAYMENT_SECONDS, starved: starving }
        : { share: sideDelay('payment'), seconds: SIDE_CALL_SECONDS + 0.06, starved: 0 },
    )
    useDatabase(served, starved)
    return { asked: served + starved }
  }

  function useDatabase(served: number, starved: number): void {
    database.waitCount += served + starved
    database.waitSum +=
      conditions.databaseStarved === 0
        ? served * DATABASE.checkoutSeconds
        : served * STARVED_WAIT_SECONDS + starved * DATABASE.acquireSeconds
  }

  /** Share of requests of which at least one side call hangs. */
  function sideDelay(id: ServiceId): number {
    const calls = SIDE_CALLS[id] ?? []
    return 1 - calls.reduce((fine, called) => fine * (1 - meanHanging(called)), 1)
  }

  function meanHanging(id: ServiceId): number {
    const group = groups.get(id)!
    return group.reduce((sum, state) => sum + state.condition.hanging, 0) / group.length
  }

  return {
    under(next) {
      conditions = next
      for (const state of hosts.values()) {
        const condition = next.host(state.host)
        // Another version is another process: its counters begin at 0, and the old one's series end.
        const restarted = condition.version !== state.condition.version
        Object.assign(state, restarted ? freshHost(state.host, condition) : shaped(state.host, condition))
      }
    },

    advance(at, seconds) {
      const expected = ordersPerSecond(at) * seconds
      const normal = poisson(random, expected * conditions.normalOrders)
      const loadTest = poisson(random, expected * conditions.loadTestOrders)
      orders.normal += normal
      orders['load-test'] += loadTest

      const downstreamHangs = 1 - ORDER_FLOW.reduce((fine, id) => fine * (1 - meanHanging(id)), 1)
      const gatewayDelay = { share: downstreamHangs, seconds: CALL_SECONDS + 0.3, starved: 0 }
      const tradeDelay = { share: sideDelay('trade-create'), seconds: SIDE_CALL_SECONDS + 0.05, starved: 0 }
      const entered = serve('gateway', normal + loadTest, gatewayDelay).served
      const created = serve('trade-create', entered, tradeDelay).served
      serve('stock', created)
      const rendered = serve('cashier-render', created).served
      const { asked } = pay(rendered)
      serve('risk', created + asked)
      for (const [called, count] of [
        ['trade-create', entered],
        ['cashier-render', created],
        ['payment', rendered],
      ] as const)
        call('gateway', called, count)
      for (const called of ['risk', 'stock']) call('trade-create', called, created)
      for (const called of ['risk', DATABASE.id]) call('payment', called, asked)

      const busy = (asked / seconds) * DATABASE.querySeconds
      database.inUse =
        conditions.databaseStarved > 0
          ? DATABASE.maxConnections
          : Math.min(
              DATABASE.maxConnections,
              DATABASE.backgroundConnections + conditions.leakedConnections(at) + poisson(random, busy),
            )
    },

    sample(columns, row) {
      for (const state of hosts.values()) if (state.condition.scraped) sampleHost(columns, row, state)
      const source = columns.block(SOURCE, () => scrapedAs(SOURCE, names.sourceSeries()))
      const sent = names.ORDER_KINDS.map((kind) => orders[kind])
      for (const [column, value] of [...sent, sum(sent)].entries()) source[column]![row] = value
      const values = [database.inUse, DATABASE.maxConnections, database.waitSum, database.waitCount]
      const block = columns.block(DATABASE.id, () => scrapedAs(DATABASE.id, names.databaseSeries()))
      for (const [column, value] of values.entries()) block[column]![row] = value
    },
  }
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

function sampleHost(columns: Columns, row: number, state: HostState): void {
  const { host, condition } = state
  const key = `${host.id}/${condition.version}`
  const block = columns.block(key, () => scrapedAs(host.id, hostSeries(host, condition.version)))
  for (const [column, value] of hostValues(state).entries()) block[column]![row] = value
}

function scrapedAs(instance: string, series: names.SeriesName[]): names.SeriesName[] {
  return series.map(({ name, labels }) => ({ name, labels: { ...labels, ...names.scrapeLabels(instance) } }))
}

function freshHost(host: Host, condition: HostCondition): HostState {
  return { host, ...shaped(host, condition), ...emptyCounters(host.service) }
}

function shaped(host: Host, condition: HostCondition): { condition: HostCondition; shape: LatencyShape } {
  const { medianSeconds, sigma } = serviceOf(host.service).latency
  return { condition, shape: latencyShape(condition.slowed ? medianSeconds * SLOW_ZONE_FACTOR : medianSeconds, sigma) }
}
