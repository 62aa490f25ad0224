/**
 * What a set of faults does to the world, as numbers: the one place where a fault's effect is defined. The simulator asks it for a
 * past moment, the live shop for now.
 */
import type { FaultKind } from './fault-kinds.ts'
import { BAD_CHANGE_HOSTS, hostsOf, type Host } from './world.ts'

export interface ActiveFault {
  kind: FaultKind
  severity: number
  /** Only for `lost-scrape`: other hosts than those of payment. */
  hosts?: readonly string[]
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
  host(host: Host): HostCondition
}

/** The conditions under these faults; none active is a healthy shop. */
export function conditionsUnder(faults: readonly ActiveFault[]): Conditions {
  const severity = (kind: FaultKind) => faults.find((fault) => fault.kind === kind)?.severity ?? 0
  const badChange = severity('bad-change')
  const zoneLatency = severity('zone-latency')
  const lostScrape = faults.find((fault) => fault.kind === 'lost-scrape')
  const unscraped = lostScrape ? (lostScrape.hosts ?? hostsOf('payment').map((host) => host.id)) : []
  return {
    normalOrders: (1 - severity('source-drop')) * (1 - severity('low-traffic')),
    loadTestOrders: severity('load-test'),
    databaseStarved: severity('db-saturation'),
    host: (host) => {
      const changed = badChange > 0 && BAD_CHANGE_HOSTS.includes(host.id)
      const slowed = zoneLatency > 0 && host.zone === 'A'
      return {
        version: changed ? 'v2' : 'v1',
        extraErrors: changed ? badChange : 0,
        hanging: slowed ? zoneLatency : 0,
        slowed,
        scraped: !unscraped.includes(host.id),
      }
    },
  }
}
