/** The semantic data model: entities, tables with measures, relations and business chains, read from YAML files. */
import * as z from 'zod'

const id = z.string().regex(/^[A-Za-z][A-Za-z0-9-]*$/, 'must be letters, digits and hyphens, and begin with a letter')
const measureRef = z.string().regex(/^[A-Za-z][A-Za-z0-9-]*\.[A-Za-z][A-Za-z0-9-]*$/, 'must be <table>.<measure>')

export const entity = z.strictObject({
  id,
  /** `service`, `host`, `zone`, `database`, `source`, `system`. */
  kind: z.string(),
  title: z.string().optional(),
  owner: z.string().optional(),
  tier: z.number().int().optional(),
  /** `zone`, `service`, ... */
  attributes: z.record(z.string(), z.string()).default({}),
  /** How its traffic is switched and limited: a connection name (settings) and the name of the backend there. */
  edge: z.strictObject({ connection: z.string(), backend: z.string() }).optional(),
  /** What runs it: a connection of kind kubernetes and `<namespace>/deployments/<name>` there. */
  workload: z.strictObject({ connection: z.string(), backend: z.string() }).optional(),
  /** Who says that it exists: the connection or catalogue that discovery read; absent when a person wrote it. */
  from: z.string().optional(),
})
export type Entity = z.infer<typeof entity>

export const measure = z.strictObject({
  title: z.string(),
  description: z.string().optional(),
  /** `derived` is computed from other measures by `formula`; all others are read from the table's source. */
  kind: z.enum(['counter', 'gauge', 'ratio', 'histogram', 'derived']),
  unit: z.string(),
  /** Which direction is bad. */
  bad: z.enum(['down', 'up', 'both']),
  seasonality: z.enum(['none', 'daily', 'weekly']).default('weekly'),
  /** Below so many events in the judged window a verdict is inconclusive. */
  minimumEvents: z.number().default(50),
  /**
   * A selector of the source: a name and matchers. At a Prometheus API a metric, e.g. `shop_requests_total{service="payment",outcome="ok"}`,
   * of a histogram its `_bucket` series. At SQL and files a column of the table's `from`, `*` for its rows: a counter sums it (`*` counts),
   * a gauge aggregates it, a histogram takes its quantile, e.g. `amount{status="paid"}`. For ratios: `of` over `per`.
   */
  select: z.string().optional(),
  of: z.string().optional(),
  per: z.string().optional(),
  /** What `of` and `per` of a ratio are: errors over requests are counters, connections in use over the limit are gauges. */
  operands: z.enum(['counter', 'gauge']).default('counter'),
  /** How series of a gauge join to one. */
  aggregate: z.enum(['sum', 'avg', 'max', 'min']).default('sum'),
  /** For histograms, e.g. 0.95. */
  quantile: z.number().min(0).max(1).optional(),
  /** Of a derived measure: arithmetic over the names of `inputs`, e.g. `paid / ordered`. */
  formula: z.string().optional(),
  /** Of a derived measure: name in the formula -> measure, e.g. `{ paid: payment.succeeded, ordered: marketplace.orders }`. */
  inputs: z.record(z.string(), measureRef).optional(),
})
export type Measure = z.infer<typeof measure>

export const table = z.strictObject({
  title: z.string().optional(),
  description: z.string().optional(),
  /** The one entity that it tells of; or `each`, never both. */
  entity: id.optional(),
  /**
   * It tells of every entity of this kind. The table has a dimension of the same name, whose values are the entities' ids; then
   * `<entity>.<measure>` asks for that entity's part of it.
   */
  each: z.string().optional(),
  /** A connection's name. Only a table of derived measures has none. */
  source: z.string().optional(),
  /** Where in the source: `schema.relation` of SQL, an index, a stream selector, a path of files. A Prometheus API needs none. */
  from: z.string().optional(),
  /** The column or field that holds the time; `time` by default. A Prometheus API needs none. */
  time: z.string().optional(),
  /** Of logs in files: how a line becomes fields: `nginx-combined`, `logfmt`, `json`, or a pattern, e.g. `<time> <level> <method> <status>`. */
  parse: z.string().optional(),
  /** Dimension -> label, column or field of the source. */
  dimensions: z.record(z.string(), z.string()).default({}),
  /**
   * What must report for the table to be whole: the entities (of `kind`, by default `host`) whose attributes match, e.g. `{ service: payment }`.
   * The table needs a dimension of the same name as the kind, and its values are the entities' ids. Used for completeness.
   */
  expected: z.record(z.string(), z.string()).optional(),
  measures: z.record(id, measure),
})
export type Table = z.infer<typeof table>

/** `from` calls, runs on or stores in `to`: `to` is what `from` depends on. */
export const relation = z.strictObject({
  from: id,
  to: id,
  kind: z.enum(['calls', 'runs-on', 'stores-in', 'part-of', 'owned-by']),
  /** Who says so: `shop-metrics: traces_service_graph_request_total`; absent when a person wrote it. */
  by: z.string().optional(),
})
export type Relation = z.infer<typeof relation>

/** Relations by which a fault travels: who calls or stores fails when that does. Where something runs or belongs is another matter. */
export const dependencyKinds: readonly Relation['kind'][] = ['calls', 'stores-in']

const chainStep = z.strictObject({
  id,
  title: z.string(),
  entity: id,
  /** Measure of completed events: `payment.succeeded`. */
  measure: measureRef,
  /** Measure of all attempts, whatever their outcome; attempts less completed are the step's failures. */
  attempts: measureRef.optional(),
  latency: measureRef.optional(),
})

/** A step that is only an entity's id is bound to the measures that discovery names of what serves requests. */
const servedStep = id.transform((entity): z.infer<typeof chainStep> => ({
  id: entity,
  title: `${entity.charAt(0).toUpperCase()}${entity.slice(1).replaceAll('-', ' ')}`,
  entity,
  measure: `${entity}.succeeded`,
  attempts: `${entity}.attempts`,
  latency: `${entity}.latency-p95`,
}))

export const chain = z.strictObject({
  id,
  title: z.string(),
  owner: z.string().optional(),
  /** In flow order; the first is the source. Each is bound to a counter measure of completed events and, where it has one, to its attempts. */
  steps: z.array(z.union([chainStep, servedStep])).min(2),
})
export type Chain = z.infer<typeof chain>

export const model = z.strictObject({
  tenonModel: z.literal(1),
  entities: z.array(entity),
  tables: z.record(id, table),
  relations: z.array(relation),
  chains: z.array(chain),
})
export type Model = z.infer<typeof model>

/** One file of a model: any of the sections; the files of a folder together are the model. */
export const modelFile = z.strictObject({
  tenonModel: z.literal(1),
  entities: z.array(entity).default([]),
  tables: z.record(id, table).default({}),
  relations: z.array(relation).default([]),
  chains: z.array(chain).default([]),
})
export type ModelFile = z.infer<typeof modelFile>
