/**
 * The shop itself: what exists, who calls whom, how often a request is normally lost, how long it takes. The simulator and the
 * live shop both read this one definition, so that two weeks of history and the next minute agree.
 */

export const ZONES = ['A', 'B'] as const
export type Zone = (typeof ZONES)[number]

export type Outcome = 'ok' | 'error' | 'timeout' | 'rejected'
/** `rejected` is the buyer's side (declined card, basket given up); `error` and `timeout` are the shop's own. */
export const OUTCOMES: readonly Outcome[] = ['ok', 'error', 'timeout', 'rejected']

export type ServiceId = 'gateway' | 'trade-create' | 'cashier-render' | 'payment' | 'risk' | 'stock'

export interface Service {
  id: ServiceId
  /** Host ids are `<prefix>-<zone>-<n>`. */
  hostPrefix: string
  /** Normal shares of requests that end so; the rest is `ok`. */
  losses: { error: number; rejected: number }
  /** Time from request to answer, calls to others included: log-normal with this median and spread of its logarithm. */
  latency: { medianSeconds: number; sigma: number }
  /** Requests per second that one host can serve; beyond it, it rejects. */
  capacityPerHost: number
}

export const SERVICES: readonly Service[] = [
  service('gateway', 'gw', { error: 0.001, rejected: 0 }, 0.45, 12),
  service('trade-create', 'trade', { error: 0.002, rejected: 0.018 }, 0.09, 12),
  service('cashier-render', 'cashier', { error: 0.002, rejected: 0.078 }, 0.05, 12),
  service('payment', 'pay', { error: 0.003, rejected: 0.037 }, 0.12, 12),
  service('risk', 'risk', { error: 0.002, rejected: 0 }, 0.025, 24),
  service('stock', 'stock', { error: 0.005, rejected: 0 }, 0.02, 12),
]

export const HOSTS_PER_ZONE = 3

export interface Host {
  id: string
  service: ServiceId
  zone: Zone
}

export const HOSTS: readonly Host[] = SERVICES.flatMap((each) =>
  ZONES.flatMap((zone) =>
    Array.from({ length: HOSTS_PER_ZONE }, (_, index) => ({
      id: `${each.hostPrefix}-${zone.toLowerCase()}-${index + 1}`,
      service: each.id,
      zone,
    })),
  ),
)

/** Hosts that get payment v2 in the fault `bad-change`. */
export const BAD_CHANGE_HOSTS: readonly string[] = HOSTS.filter(
  (host) => host.service === 'payment' && host.zone === 'A',
).map((host) => host.id)

/** The host that is slow in the fault `slow-host`. */
export const SLOW_HOST = 'trade-b-2'

/**
 * Calls whose failure loses the order, in order; the gateway drives them. `risk` and `stock` are asked by others, who go on without
 * an answer after `SIDE_CALL_SECONDS`: they delay an order but do not lose it.
 */
export const ORDER_FLOW: readonly ServiceId[] = ['trade-create', 'cashier-render', 'payment']
export const SIDE_CALLS: Partial<Record<ServiceId, readonly ServiceId[]>> = {
  'trade-create': ['risk', 'stock'],
  payment: ['risk'],
}

/** Whom each service calls, the database last: what its service-graph counter tells apart. */
export function calledBy(id: ServiceId): readonly string[] {
  const called = id === 'gateway' ? ORDER_FLOW : (SIDE_CALLS[id] ?? [])
  return id === 'payment' ? [...called, DATABASE.id] : called
}

/** A caller gives up after so long. */
export const CALL_SECONDS = 1
export const SIDE_CALL_SECONDS = 0.4
/** How long a hanging request keeps its host: a little beyond the caller's patience. */
export const HANG_SECONDS = 1.05
/** How many times slower a host in a slow zone is. */
export const SLOW_ZONE_FACTOR = 2.5

/** Upper bounds of `shop_request_seconds`; `+Inf` follows. */
export const LATENCY_BUCKETS: readonly number[] = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]

export const DATABASE = {
  id: 'payment-db',
  maxConnections: 20,
  /** Connections that settlement jobs hold at any time. */
  backgroundConnections: 5,
  /** How long a payment holds its connection. */
  querySeconds: 0.02,
  /** Part of the wait for a connection that is always there: the connection is checked before use. */
  checkoutSeconds: 0.002,
  /** A payment that waited so long for a connection gives up. */
  acquireSeconds: 0.6,
} as const

export const SOURCE = 'marketplace'
/** Scrape labels, equal in backfilled and scraped series. `instance` is the host's id, never its port. */
export const SCRAPE_JOB = 'shop'

/** The service of that id. */
export function serviceOf(id: ServiceId): Service {
  const found = SERVICES.find((each) => each.id === id)
  if (!found) throw new Error(`no service ${id} in the demo world`)
  return found
}

/** Ids of a service's hosts, zone A first. */
export function hostsOf(id: ServiceId): readonly Host[] {
  return HOSTS.filter((host) => host.service === id)
}

function service(
  id: ServiceId,
  hostPrefix: string,
  losses: Service['losses'],
  medianSeconds: number,
  capacityPerHost: number,
): Service {
  return { id, hostPrefix, losses, latency: { medianSeconds, sigma: 0.35 }, capacityPerHost }
}
