/** A frozen view: chosen series as they were, with what was known of them, and the queries that give them. */
import { dataQuality, point } from '@tenon/runbook'
import * as z from 'zod'

/** How a series is asked for again: at one source, or computed from others. */
export type FrozenQuery =
  | { kind: 'source'; source: string; sourceKind: string; expression: string }
  | { kind: 'derived'; formula: string; inputs: Record<string, FrozenQuery> }

const frozenQuery: z.ZodType<FrozenQuery> = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('source'), source: z.string(), sourceKind: z.string(), expression: z.string() }),
    z.object({ kind: z.literal('derived'), formula: z.string(), inputs: z.record(z.string(), frozenQuery) }),
  ]),
)

const frozenMeasure = z.object({
  measure: z.string(),
  title: z.string(),
  unit: z.string(),
  bad: z.enum(['down', 'up', 'both']),
  where: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
  groupBy: z.array(z.string()),
  series: z.array(
    z.object({ dimensions: z.record(z.string(), z.string()), points: z.array(point), quality: dataQuality }),
  ),
  quality: dataQuality,
  query: frozenQuery,
})
/** One measure of a view, with all its series. */
export type FrozenMeasure = z.infer<typeof frozenMeasure>

/** What a view holds, as it is stored. */
export const frozenMeasures = z.array(frozenMeasure)
