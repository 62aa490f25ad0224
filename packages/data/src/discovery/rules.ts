/** How discovery reads names. A company's own file says only what differs from the conventions. */
import * as z from 'zod'

/** Names are short and the file is the operator's own; still no expression may be one that never ends. */
function isPattern(text: string): boolean {
  if (/[+*}]\)?[+*{]/.test(text)) return false
  try {
    void new RegExp(text)
    return true
  } catch {
    return false
  }
}
const pattern = z.string().refine(isPattern, 'must be a regular expression that repeats nothing twice')
const words = z
  .string()
  .refine(
    (list) => list.split(/\s+/).every(isPattern),
    'must be words, each a regular expression that repeats nothing twice',
  )

const labelRule = z.strictObject({
  /** The kind of entity that its values are. */
  kind: z.string(),
  /** Only of metrics with the kind in their own name: `shop_source_orders_total{source}`. */
  whenNamed: z.boolean().optional(),
  /** Only of metrics with one of these first words. */
  of: z.array(z.string()).optional(),
  /** Only of metrics that have no better label of the kind. */
  fallback: z.boolean().optional(),
})

const metricRule = z.strictObject({
  id: z.string().optional(),
  title: z.string().optional(),
  unit: z.string().optional(),
  bad: z.enum(['down', 'up', 'both']).optional(),
  seasonality: z.enum(['none', 'daily', 'weekly']).optional(),
  minimumEvents: z.number().optional(),
})

const relationKind = z.enum(['calls', 'runs-on', 'stores-in', 'part-of', 'owned-by'])

const discoveryRules = z.strictObject({
  /** Metrics that are left out: regular expressions over their names. */
  ignore: z.array(pattern),
  /** Label or column -> what its values are; null: nothing that exists. */
  labels: z.record(z.string(), labelRule.nullable()),
  /** Kinds, the one that a metric rather tells of first. */
  primary: z.array(z.string()),
  /** First words of metrics that tell of machines, whatever service runs there. */
  machines: z.array(z.string()),
  /** First words of metrics that are asked of another: job and instance are then those of the exporter. */
  exporters: z.array(z.string()),
  /** Labels that are no dimensions unless nothing else says what the metric tells of. */
  plumbing: z.array(z.string()),
  /** Kind -> the kinds that it is in, one of each: a host is of one service and in one zone. */
  within: z.record(z.string(), z.array(z.string())),
  /** What follows from being in something: a host in a service means that the service runs on it. */
  links: z.array(z.strictObject({ of: z.string(), in: z.string(), from: z.string(), kind: relationKind })),
  /** Kinds whose ids begin with the kind: zone A is `zone-A`. */
  prefixed: z.array(z.string()),
  /** Labels that say how something ended, and which values are good and bad; others are neither. */
  outcomes: z.strictObject({ labels: z.array(z.string()), good: pattern, bad: pattern }),
  /** Of counters with such a label: the share that one value has of all, as a measure of its own. */
  shares: z.array(
    z.strictObject({ label: z.string(), value: z.string(), name: z.string(), bad: z.enum(['down', 'up', 'both']) }),
  ),
  /** Pairs of labels that say who calls whom. */
  graph: z.array(z.strictObject({ client: z.string(), server: z.string() })),
  /** Words of names, apart by spaces, each a regular expression: where more is bad, where less is, and what has no season. */
  words: z.strictObject({ up: words, down: words, steady: words }),
  /** What a metric's measure is to be called and judged by, against the conventions. */
  metrics: z.record(z.string(), metricRule),
})
export type DiscoveryRules = z.infer<typeof discoveryRules>

/** What a model's file may say in its section `discovery`. */
export const ownRules = discoveryRules.partial().extend({
  outcomes: discoveryRules.shape.outcomes.partial().optional(),
  words: discoveryRules.shape.words.partial().optional(),
})
export type OwnRules = z.infer<typeof ownRules>
