/** A company's model with 50,000 data services: services with measures of their own, their hosts, and one table of every host. */
import { modelFile, writeModelFile } from '@tenon/data'

const nouns =
  'payment trade cashier risk stock gateway order ledger refund coupon search user session cart invoice settle fraud quota feed inbox media image video auth token profile address ship track price promo tax wallet bank card fx'.split(
    ' ',
  )
const verbs =
  'create render check reserve query list get put sync push pull retry cancel close open load store scan'.split(' ')
const measures = [
  { id: 'attempts', title: 'attempts', kind: 'counter', unit: 'requests/min', select: 'requests_total' },
  { id: 'errors', title: 'errors and time-outs', kind: 'counter', unit: 'requests/min', select: 'errors_total' },
  { id: 'success-rate', title: 'success rate', kind: 'ratio', unit: 'ratio', of: 'ok_total', per: 'requests_total' },
  {
    id: 'latency-p95',
    title: 'latency p95',
    kind: 'histogram',
    unit: 's',
    quantile: 0.95,
    select: 'request_seconds_bucket',
  },
  { id: 'connections', title: 'connections in use', kind: 'gauge', unit: 'connections', select: 'db_connections' },
  { id: 'queue-depth', title: 'queue depth', kind: 'gauge', unit: 'jobs', select: 'queue_depth' },
  { id: 'cpu', title: 'CPU busy', kind: 'gauge', unit: 'ratio', select: 'cpu_busy' },
  { id: 'memory', title: 'memory used', kind: 'gauge', unit: 'bytes', select: 'memory_used_bytes' },
  { id: 'restarts', title: 'restarts', kind: 'counter', unit: 'restarts/min', select: 'restarts_total' },
  { id: 'cache-hits', title: 'cache hits', kind: 'counter', unit: 'hits/min', select: 'cache_hits_total' },
]
const WANTED = 50_000
const HOSTS = 5_000

/** What is typed, and what must come first. */
export const searches = [
  { text: 'success rate payment create order zone A', ref: 'payment-create-order.success-rate' },
  { text: 'response time trade reserve ledger', ref: 'trade-reserve-ledger.latency-p95' },
  { text: 'payment create order failures', ref: 'payment-create-order.errors' },
  { text: 'gateway sync user qps', ref: 'gateway-sync-user.attempts' },
  { text: 'cashier render refund memory', ref: 'cashier-render-refund.memory' },
  { text: 'fruad', ref: null },
  { text: 'paymnet creat order latncy', ref: 'payment-create-order.latency-p95' },
  { text: 'risk che', ref: null },
  { text: 'e', ref: null },
  { text: 'errors', ref: null },
  { text: 'host-1999 memory', ref: 'host-1999.free' },
  { text: 'payment-create-order.success-rate', ref: 'payment-create-order.success-rate' },
  { text: 'fraud team saturation', ref: null },
  { text: 'requests per second zone B', ref: null },
  { text: '', ref: null },
]

/** A file as discovery writes it. */
export function companyModel(): { text: string; services: number } {
  const entities: object[] = ['A', 'B', 'C'].map((zone) => ({ id: `zone-${zone}`, kind: 'zone', attributes: { zone } }))
  for (let host = 0; host < HOSTS; host += 1)
    entities.push({ id: `host-${host}`, kind: 'host', attributes: { zone: 'ABC'[host % 3] } })
  const machine = {
    title: 'memory free',
    kind: 'gauge',
    unit: 'bytes',
    bad: 'down',
    select: 'machine_memory_free_bytes',
  }
  const tables: Record<string, object> = {
    machine: { each: 'host', source: 'metrics', dimensions: { host: 'instance' }, measures: { free: machine } },
  }
  let services = 1
  for (const id of names()) {
    if (services >= WANTED) break
    entities.push({ id, kind: 'service', owner: `${id.split('-')[0]}-team` })
    tables[id] = {
      entity: id,
      source: 'metrics',
      dimensions: { zone: 'zone', host: 'instance' },
      measures: Object.fromEntries(
        measures.map(({ id: measure, title, ...of }) => [
          measure,
          { ...of, title: `${id.replaceAll('-', ' ')} ${title}`, bad: measure === 'success-rate' ? 'down' : 'up' },
        ]),
      ),
    }
    services += measures.length
  }
  return { text: writeModelFile(modelFile.parse({ tenonModel: 1, entities, tables })), services }
}

/** In an order that mixes them, so that the first 5,000 are of all kinds. */
function* names(): Generator<string> {
  for (let shift = 0; shift < nouns.length; shift += 1)
    for (const [first, noun] of nouns.entries())
      for (const verb of verbs) yield `${noun}-${verb}-${nouns[(first + shift + 6) % nouns.length]}`
}
