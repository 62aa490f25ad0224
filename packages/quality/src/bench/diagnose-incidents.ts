/** The incidents of the diagnose bench: what is wrong, who is asked about what, and what a right report says. */
import type { FaultKind } from '@tenon/demo'

/** What somebody presses Diagnose on. */
export interface Asked {
  kind: 'chain' | 'entity'
  id: string
  symptom?: 'drop' | 'latency' | 'errors' | 'saturation' | 'outlier' | 'source'
}

export interface Incident {
  name: string
  fault: FaultKind | null
  severity?: number
  /** Other hosts than the fault's own. */
  hosts?: readonly string[]
  asked: Asked
  /** What was changed at the onset, when a change did it. */
  change?: { kind: string; title: string; scope: ChangeScope }
  /** Minutes from the onset to the diagnosis; 6 when left out. */
  judgedAfter?: number
  expect: { kind: 'cause'; keys: readonly RegExp[] } | { kind: 'not-abnormal' } | { kind: 'inconclusive' }
}

export interface ChangeScope {
  entity?: string
  hosts?: string[]
  zone?: string
  version?: string
}

const card: Asked = { kind: 'chain', id: 'card-payment' }
const stock: Asked = { kind: 'chain', id: 'stock-reservation' }
const service = (id: string, symptom: NonNullable<Asked['symptom']>): Asked => ({ kind: 'entity', id, symptom })
const hosts = (prefix: string, zone: 'a' | 'b'): string[] => [1, 2, 3].map((n) => `${prefix}-${zone}-${n}`)
const zoneB = ['gw', 'trade', 'cashier', 'pay', 'risk', 'stock'].flatMap((prefix) => hosts(prefix, 'b'))
const causes = (...keys: RegExp[]): Incident['expect'] => ({ kind: 'cause', keys })
const healthy: Incident['expect'] = { kind: 'not-abnormal' }
const inconclusive: Incident['expect'] = { kind: 'inconclusive' }
/** The change's own id is put in for `THE-CHANGE`. */
const theChange = causes(/^change:THE-CHANGE$/)

const percent = (share: number): string => `${Math.round(share * 100)} %`

function badChanges(): Incident[] {
  const deploy = (entity: string, ids: string[], zone?: string) => ({
    kind: 'deploy',
    title: `${entity} v2 to ${ids.join(', ')}`,
    scope: { entity, hosts: ids, version: 'v2', ...(zone === undefined ? {} : { zone }) },
  })
  const made = (
    severity: number,
    entity: string,
    ids: string[],
    more: { zone?: string; asked?: Asked } = {},
  ): Incident => ({
    name: `bad change of ${entity}, ${percent(severity)} on ${ids.length} hosts`,
    fault: 'bad-change',
    severity,
    hosts: ids,
    asked: more.asked ?? card,
    change: deploy(entity, ids, more.zone),
    expect: theChange,
  })
  return [
    ...[0.15, 0.25, 0.4].map((severity) => made(severity, 'payment', hosts('pay', 'a'), { zone: 'A' })),
    made(0.3, 'payment', hosts('pay', 'b'), { zone: 'B' }),
    made(0.25, 'payment', [...hosts('pay', 'a'), ...hosts('pay', 'b')]),
    made(0.5, 'payment', ['pay-b-3'], { zone: 'B' }),
    made(0.3, 'trade-create', hosts('trade', 'b'), { zone: 'B' }),
    made(0.25, 'trade-create', [...hosts('trade', 'a'), 'trade-b-1']),
    made(0.35, 'cashier-render', hosts('cashier', 'a'), { zone: 'A' }),
    made(0.3, 'stock', hosts('stock', 'a'), { zone: 'A', asked: stock }),
    made(0.3, 'payment', hosts('pay', 'a'), { zone: 'A', asked: service('payment', 'errors') }),
    made(0.35, 'cashier-render', hosts('cashier', 'b'), { zone: 'B', asked: service('cashier-render', 'errors') }),
  ]
}

function otherFaults(): Incident[] {
  const source = (severity: number, asked: Asked): Incident => ({
    name: `source drop, ${percent(severity)}, ${asked.id}`,
    fault: 'source-drop',
    severity,
    asked,
    expect: causes(/^source:/),
  })
  const zone = (severity: number, which: 'A' | 'B', asked: Asked): Incident => ({
    name: `zone ${which} slow, ${percent(severity)}, ${asked.id} ${asked.symptom ?? ''}`.trimEnd(),
    fault: 'zone-latency',
    severity,
    ...(which === 'A' ? {} : { hosts: zoneB }),
    asked,
    expect: causes(new RegExp(`^zone:${which}$`)),
  })
  const database = (severity: number, asked: Asked): Incident => ({
    name: `database saturation, ${percent(severity)}, ${asked.id} ${asked.symptom ?? ''}`.trimEnd(),
    fault: 'db-saturation',
    severity,
    asked,
    expect: causes(/^(dependency|entity|capacity):payment-db$/),
  })
  return [
    ...[0.25, 0.4, 0.6].map((severity) => source(severity, card)),
    source(0.35, stock),
    source(0.5, { ...card, symptom: 'source' }),
    ...[0.15, 0.2, 0.3].map((severity) => zone(severity, 'A', card)),
    zone(0.25, 'B', card),
    zone(0.25, 'A', service('trade-create', 'latency')),
    ...[0.2, 0.3, 0.5].map((severity) => database(severity, card)),
    database(0.4, service('payment', 'latency')),
    database(0.3, service('payment-db', 'saturation')),
    ...[0.15, 0.25].map((severity): Incident => ({
      name: `error burst of cashier-render, ${percent(severity)}`,
      fault: 'error-burst',
      severity,
      asked: card,
      expect: causes(/^(step|entity|part):cashier-render$/),
    })),
    {
      name: 'error burst of cashier-render, asked about it',
      fault: 'error-burst',
      severity: 0.2,
      asked: service('cashier-render', 'errors'),
      expect: causes(/^(step|entity|part):cashier-render$/),
    },
    ...(['trade-b-2', 'pay-a-1'] as const).map((id): Incident => ({
      name: `slow host ${id}`,
      fault: 'slow-host',
      severity: 0.3,
      hosts: [id],
      asked: service(id.startsWith('trade') ? 'trade-create' : 'payment', 'latency'),
      expect: causes(new RegExp(`^host:${id}$`)),
    })),
    {
      name: 'slow host trade-b-2, asked as an outlier',
      fault: 'slow-host',
      severity: 0.25,
      asked: service('trade-create', 'outlier'),
      expect: causes(/^host:trade-b-2$/),
    },
    ...(['trade-create', 'payment'] as const).map((id): Incident => ({
      name: `slow risk, asked about ${id}`,
      fault: 'slow-dependency',
      severity: 0.4,
      asked: service(id, 'latency'),
      expect: causes(/^(dependency|entity):risk$/),
    })),
    {
      name: 'connection leak of payment-db',
      fault: 'connection-leak',
      severity: 0.8,
      judgedAfter: 35,
      asked: service('payment-db', 'saturation'),
      expect: causes(/^(capacity|dependency|entity):payment-db$/),
    },
  ]
}

function healthyTimes(): Incident[] {
  const quiet = (asked: Asked): Incident => ({
    name: `healthy, ${asked.id} ${asked.symptom ?? ''}`.trimEnd(),
    fault: null,
    asked,
    expect: healthy,
  })
  const loadTest = (severity: number, asked: Asked): Incident => ({
    name: `load test of ${percent(severity)}, ${asked.id}`,
    fault: 'load-test',
    severity,
    asked,
    change: { kind: 'load-test', title: 'Load test of card payment', scope: { entity: 'marketplace' } },
    expect: healthy,
  })
  return [
    ...Array.from({ length: 7 }, () => quiet(card)),
    quiet(stock),
    quiet(stock),
    quiet(service('payment', 'latency')),
    quiet(service('trade-create', 'latency')),
    quiet(service('payment', 'errors')),
    quiet(service('cashier-render', 'errors')),
    quiet(service('stock', 'errors')),
    quiet(service('payment-db', 'saturation')),
    quiet(service('trade-create', 'outlier')),
    quiet({ ...card, symptom: 'source' }),
    ...[0.3, 0.6, 0.8].map((severity) => loadTest(severity, card)),
    loadTest(0.5, stock),
    loadTest(0.5, service('payment', 'errors')),
  ]
}

function unseen(): Incident[] {
  const lost = (asked: Asked): Incident => ({
    name: `lost scrape, ${asked.id}`,
    fault: 'lost-scrape',
    severity: 1,
    asked,
    expect: inconclusive,
  })
  const low = (severity: number): Incident => ({
    name: `low traffic, ${percent(1 - severity)} is left`,
    fault: 'low-traffic',
    severity,
    asked: card,
    expect: inconclusive,
  })
  return [lost(card), lost(card), lost(service('payment', 'errors')), low(0.98)]
}

/** In an order that puts unlike ones side by side, so that none leans on the one before. */
export function allIncidents(): Incident[] {
  const kinds = [badChanges(), healthyTimes(), otherFaults(), unseen()]
  const longest = Math.max(...kinds.map((kind) => kind.length))
  return Array.from({ length: longest }, (_, at) => kinds.flatMap((kind) => kind[at] ?? [])).flat()
}
