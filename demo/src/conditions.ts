/**
 * What a set of faults does to the world, as numbers: the one place where a fault's effect is defined. The simulator asks it for a
 * past moment, the live shop for now.
 */
import type { FaultKind } from './fault-kinds.ts'
import { BAD_CHANGE_HOSTS, DATABASE, SLOW_HOST, type Host } from './world.ts'

export interface ActiveFault {
  kind: FaultKind
  severity: number
  /** Other hosts than those that the kind says. */
  hosts?: readonly string[]
  /** Unix milliseconds; what grows slowly has grown whole without it. */
  since?: number
}

/** How one host behaves. */
export interface HostCondition {
  version: string
  /** Share of requests that fail beyond the service's normal losses. */
  extraErrors: number
  /** Share of requests that hang beyond the caller's time limit. */
  hanging: number
  slowed: boolean
  scraped: boolean
}

export interface Conditions {
  /** Multiplies the season's normal orders. */
  normalOrders: number
  /** Load-test orders as a share of the season's normal orders. */
  loadTestOrders: number
  /** Share of payments that find no database connection in time. */
  databaseStarved: number
  /** Connections of the database that a leak holds at `at` (unix milliseconds). */
  leakedConnections(at: number): number
  host(host: Host): HostCondition
}

const LEAK_MS = 40 * 60_000
/** A leak leaves so many, so that payments get through. */
const LEFT_BY_LEAK = 2

/** The conditions under these faults; none active is a healthy shop. */
export function conditionsUnder(faults: readonly ActiveFault[]): Conditions {
  const severity = (kind: FaultKind) => faults.find((fault) => fault.kind === kind)?.severity ?? 0
  /** How hard the kind hits this host; `usual` says whether it is one of those that the kind hits by itself. */
  const hit = (kind: FaultKind, host: Host, usual: boolean): number => {
    const fault = faults.find((each) => each.kind === kind)
    return fault !== undefined && (fault.hosts ? fault.hosts.includes(host.id) : usual) ? fault.severity : 0
  }
  return {
    normalOrders: (1 - severity('source-drop')) * (1 - severity('low-traffic')),
    loadTestOrders: severity('load-test'),
    databaseStarved: severity('db-saturation'),
    leakedConnections: (at) =>
      leaked(
        faults.find(({ kind }) => kind === 'connection-leak'),
        at,
      ),
    host: (host) => {
      const changed = hit('bad-change', host, BAD_CHANGE_HOSTS.includes(host.id))
      const burst = hit('error-burst', host, host.service === 'cashier-render')
      const slow = Math.max(hit('zone-latency', host, host.zone === 'A'), hit('slow-host', host, host.id === SLOW_HOST))
      const stuck = hit('slow-dependency', host, host.service === 'risk')
      return {
        version: changed > 0 ? 'v2' : 'v1',
        extraErrors: together(changed, burst),
        hanging: together(slow, stuck),
        slowed: slow > 0,
        scraped: hit('lost-scrape', host, host.service === 'payment') === 0,
      }
    },
  }
}

/** The share of requests that at least one of two faults hits. */
const together = (one: number, other: number): number => (other === 0 ? one : 1 - (1 - one) * (1 - other))

function leaked(fault: ActiveFault | undefined, at: number): number {
  if (fault === undefined) return 0
  const free = DATABASE.maxConnections - DATABASE.backgroundConnections
  const grown = fault.since === undefined ? 1 : Math.min(1, Math.max(0, (at - fault.since) / LEAK_MS))
  return Math.min(free - LEFT_BY_LEAK, Math.round(fault.severity * free * grown))
}
