/** Names and labels of the shop's metrics: the same in backfilled history and on the live hosts' `/metrics`. */
import {
  calledBy,
  DATABASE,
  LATENCY_BUCKETS,
  SCRAPE_JOB,
  SOURCE,
  type Host,
  type Outcome,
  type ServiceId,
} from './world.ts'

export type Labels = Readonly<Record<string, string>>

export interface SeriesName {
  name: string
  labels: Labels
}

export const REQUESTS_TOTAL = 'shop_requests_total'
export const REQUEST_SECONDS = 'shop_request_seconds'
export const SOURCE_ORDERS_TOTAL = 'shop_source_orders_total'

/** Who calls whom, under the name that tracing collectors give it. */
export const SERVICE_GRAPH_TOTAL = 'traces_service_graph_request_total'

export const ORDER_KINDS = ['normal', 'load-test'] as const
export type OrderKind = (typeof ORDER_KINDS)[number]

/** `le` values of the histogram, `+Inf` last. */
export const BUCKET_LABELS: readonly string[] = [...LATENCY_BUCKETS.map(String), '+Inf']

/** Labels of a host's series. */
export function hostLabels(host: Host, version: string): Labels {
  return { service: host.service, zone: host.zone, host: host.id, version }
}

/** Labels of a host's requests that ended so. */
export function outcomeLabels(host: Host, version: string, outcome: Outcome): Labels {
  return { ...hostLabels(host, version), outcome }
}

/** The source's series, one a kind of order, and its calls of the gateway. */
export function sourceSeries(): SeriesName[] {
  const orders = ORDER_KINDS.map((kind) => ({ name: SOURCE_ORDERS_TOTAL, labels: { source: SOURCE, kind } }))
  return [...orders, callSeries(SOURCE, 'gateway')]
}

/** A host's calls, one series a service that its own calls. */
export function graphSeries(service: ServiceId): SeriesName[] {
  return calledBy(service).map((called) => callSeries(service, called))
}

function callSeries(client: string, server: string): SeriesName {
  const connection: Labels = server === DATABASE.id ? { connection_type: 'database' } : {}
  return { name: SERVICE_GRAPH_TOTAL, labels: { client, server, ...connection } }
}

/** The database's series: connections in use, connections at most, sum and count of waits. */
export function databaseSeries(): SeriesName[] {
  const series = ['connections_in_use', 'connections_max', 'wait_seconds_sum', 'wait_seconds_count']
  return series.map((name) => ({ name: `shop_db_${name}`, labels: { db: DATABASE.id } }))
}

/** What scraping adds. Targets carry the same two labels, so that a series goes on where its history ends. */
export function scrapeLabels(instance: string): Labels {
  return { job: SCRAPE_JOB, instance }
}
