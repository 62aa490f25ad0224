/** The semantic data model: entities, tables with measures, relations and business chains, read from YAML files. */
import * as z from 'zod'

const id = z.string().regex(/^[A-Za-z][A-Za-z0-9-]*$/)

export const entity = z.object({
  id,
  /** `service`, `host`, `zone`, `database`, `source`. */
  kind: z.string(),
  title: z.string().optional(),
  owner: z.string().optional(),
  tier: z.number().int().optional(),
  /** `zone`, `service`, ... */
  attributes: z.record(z.string(), z.string()).default({}),
  /** How its traffic is switched and limited: a connection name (settings) and the name of the backend there. */
  edge: z.object({ connection: z.string(), backend: z.string() }).optional(),
})
export type Entity = z.infer<typeof entity>

export const measure = z.object({
  title: z.string(),
  kind: z.enum(['counter', 'gauge', 'ratio', 'histogram']),
  unit: z.string(),
  /** Which direction is bad. */
  bad: z.enum(['down', 'up', 'both']),
  seasonality: z.enum(['none', 'daily', 'weekly']).default('weekly'),
  /** Below so many events in the judged window a verdict is inconclusive. */
  minimumEvents: z.number().default(50),
  /** A selector of the source, e.g. `shop_requests_total{service="payment",outcome="ok"}`. For ratios: `of` over `per`. */
  select: z.string().optional(),
  of: z.string().optional(),
  per: z.string().optional(),
  /** For histograms. */
  quantile: z.number().optional(),
})
export type Measure = z.infer<typeof measure>

export const table = z.object({
  entity: id,
  source: z.string(),
  /** Dimension -> label of the source. */
  dimensions: z.record(z.string(), z.string()).default({}),
  /** What must report for the table to be whole: host entities, matched by `attributes`; used for completeness. */
  expected: z.record(z.string(), z.string()).optional(),
  measures: z.record(z.string(), measure),
})
export type Table = z.infer<typeof table>

export const relation = z.object({ from: id, to: id, kind: z.enum(['calls', 'runs-on', 'stores-in']) })

export const chain = z.object({
  id,
  title: z.string(),
  owner: z.string().optional(),
  /** In flow order; the first is the source. Each is bound to a counter measure of completed events and, where it has one, to its attempts. */
  steps: z.array(
    z.object({
      id,
      title: z.string(),
      entity: id,
      /** Measure of completed events: `payment.succeeded`. */
      measure: z.string(),
      latency: z.string().optional(),
    }),
  ).min(2),
})
export type Chain = z.infer<typeof chain>

export const model = z.object({
  tenonModel: z.literal(1),
  entities: z.array(entity),
  tables: z.record(id, table),
  relations: z.array(relation),
  chains: z.array(chain),
})
export type Model = z.infer<typeof model>
