/** The measures that are asked, apart from any source; each kind of source has its own way to write them into a model. */
import { modelFile, type Measure, type Model, type Table } from '../../src/model/model.ts'
import { hosts } from './dataset.ts'

export type RelationName = 'events' | 'readings' | 'calls'

export interface Part {
  /** `*` counts rows. */
  column: string
  /** As in a selector, `{outcome="ok"}`; empty for all. */
  matchers: string
}

export type ConformanceMeasure = {
  id: string
  relation: RelationName
} & (
  | { kind: 'counter'; select: Part }
  | { kind: 'gauge'; select: Part; aggregate: 'sum' | 'avg' | 'max' | 'min' }
  | { kind: 'ratio'; of: Part; per: Part; operands: 'counter' | 'gauge'; aggregate: 'sum' | 'avg' | 'max' | 'min' }
  | { kind: 'histogram'; select: Part; quantile: number }
)

const part = (column: string, matchers = ''): Part => ({ column, matchers })
const counter = (id: string, select: Part): ConformanceMeasure => ({ id, relation: 'events', kind: 'counter', select })
const gauge = (id: string, aggregate: 'sum' | 'avg' | 'max' | 'min', select: Part): ConformanceMeasure => ({
  id,
  relation: 'readings',
  kind: 'gauge',
  aggregate,
  select,
})
const quantile = (id: string, value: number, matchers = ''): ConformanceMeasure => ({
  id,
  relation: 'calls',
  kind: 'histogram',
  quantile: value,
  select: part('seconds', matchers),
})

export const measures: ConformanceMeasure[] = [
  counter('requests', part('requests')),
  counter('amount', part('amount')),
  counter('rows', part('*')),
  counter('failed', part('requests', '{outcome="failed"}')),
  counter('notOk', part('requests', '{outcome!="ok"}')),
  counter('failedRows', part('*', '{outcome="failed"}')),
  counter('ofCheckout', part('requests', '{app="checkout"}')),
  counter('ofQuote', part('requests', `{app="o'brien"}`)),
  counter('ofBackslash', part('requests', String.raw`{app="back\\slash"}`)),
  counter('ofEmpty', part('requests', '{app=""}')),
  counter('notEmpty', part('requests', '{app!="",app!="idle"}')),
  counter('ofPattern', part('requests', '{app=~"check.*|[aA]"}')),
  counter('ofChoice', part('requests', '{app=~"a|A|á"}')),
  counter('ofEscaped', part('requests', String.raw`{app=~"a\\|b|\\.\\*|\\("}`)),
  counter('ofClass', part('requests', String.raw`{app=~"[a-z]{5}[^x]ut",host=~"h-[ab]-\\d"}`)),
  // Prometheus 2 takes "." for any character but the end of a line, all others for any.
  counter('notPattern', part('requests', String.raw`{app!~".*[a-zA-Z].*",app!="new\nline"}`)),
  counter('ofAny', part('requests', String.raw`{app=~".+",app!="new\nline"}`)),
  {
    id: 'share',
    relation: 'events',
    kind: 'ratio',
    operands: 'counter',
    aggregate: 'sum',
    of: part('requests', '{outcome="ok"}'),
    per: part('requests'),
  },
  {
    id: 'failedShare',
    relation: 'events',
    kind: 'ratio',
    operands: 'counter',
    aggregate: 'sum',
    of: part('requests', '{outcome="failed"}'),
    per: part('requests'),
  },
  {
    id: 'idleShare',
    relation: 'events',
    kind: 'ratio',
    operands: 'counter',
    aggregate: 'sum',
    of: part('requests', '{app="idle",outcome="ok"}'),
    per: part('requests', '{app="idle"}'),
  },
  gauge('used', 'sum', part('used')),
  gauge('meanUsed', 'avg', part('used')),
  gauge('mostUsed', 'max', part('used')),
  gauge('leastUsed', 'min', part('used')),
  gauge('mainUsed', 'sum', part('used', '{pool="main"}')),
  {
    id: 'level',
    relation: 'readings',
    kind: 'ratio',
    operands: 'gauge',
    aggregate: 'sum',
    of: part('used'),
    per: part('capacity'),
  },
  {
    id: 'fullest',
    relation: 'readings',
    kind: 'ratio',
    operands: 'gauge',
    aggregate: 'max',
    of: part('used'),
    per: part('capacity'),
  },
  quantile('median', 0.5),
  quantile('slow', 0.95),
  quantile('slowest', 1),
  quantile('slowOfCheckout', 0.9, '{app="checkout"}'),
]

const dimensionsOf: Record<RelationName, string[]> = {
  events: ['app', 'host', 'zone', 'outcome'],
  readings: ['pool', 'host', 'zone'],
  calls: ['app', 'host'],
}
/** Of the hosts that the model knows; apps of others report besides. */
const expected = { service: 'shop' }

export interface Binding {
  /** What a table has besides: `from`, `time`. */
  table(relation: RelationName): Partial<Pick<Table, 'from' | 'time'>>
  selector(relation: RelationName, part: Part, kind: 'counter' | 'gauge' | 'histogram'): string
}

/** Where a row is a row: databases and files. */
export function rowsBinding(from: (relation: RelationName) => string): Binding {
  return {
    table: (relation) => ({ from: from(relation), time: 'time' }),
    selector: (_, { column, matchers }) => column + matchers,
  }
}

/** A Prometheus API, where the facts are counted and read out every slot. */
export function metricsBinding(prefix: string): Binding {
  return {
    table: () => ({}),
    selector: (relation, { column, matchers }, kind) => metricName(prefix, { relation, column, kind }) + matchers,
  }
}

export function metricName(
  prefix: string,
  { relation, column, kind }: { relation: RelationName; column: string; kind: 'counter' | 'gauge' | 'histogram' },
): string {
  const name = `${prefix}_${relation}_${column === '*' ? 'rows' : column}`
  switch (kind) {
    case 'counter':
      return `${name}_total`
    case 'gauge':
      return name
    case 'histogram':
      return `${name}_bucket`
  }
}

/** A model of one source; a measure is asked as `<relation>.<id>`. */
export function conformanceModel(binding: Binding): Model {
  const relations: RelationName[] = ['events', 'readings', 'calls']
  return modelFile.parse({
    tenonModel: 1,
    entities: [
      { id: 'shop', kind: 'service' },
      ...hosts.map(({ host, zone }) => ({ id: host, kind: 'host', attributes: { service: 'shop', zone } })),
    ],
    tables: Object.fromEntries(
      relations.map((relation) => [
        relation,
        {
          entity: 'shop',
          source: 'conformance',
          ...binding.table(relation),
          dimensions: Object.fromEntries(dimensionsOf[relation].map((name) => [name, name])),
          ...(relation === 'events' ? { expected } : {}),
          measures: Object.fromEntries(
            measures.filter((one) => one.relation === relation).map((one) => [one.id, modelMeasure(one, binding)]),
          ),
        },
      ]),
    ),
  })
}

function modelMeasure(measure: ConformanceMeasure, { selector }: Binding): Partial<Measure> {
  const { id, relation } = measure
  const common = { title: id, unit: 'units', bad: 'down', kind: measure.kind } as const
  switch (measure.kind) {
    case 'counter':
      return { ...common, select: selector(relation, measure.select, 'counter') }
    case 'gauge':
      return { ...common, aggregate: measure.aggregate, select: selector(relation, measure.select, 'gauge') }
    case 'ratio':
      return {
        ...common,
        operands: measure.operands,
        aggregate: measure.aggregate,
        of: selector(relation, measure.of, measure.operands),
        per: selector(relation, measure.per, measure.operands),
      }
    case 'histogram':
      return { ...common, quantile: measure.quantile, select: selector(relation, measure.select, 'histogram') }
  }
}
