/** What `judge.changes` puts out. Apart from the node, because `conclude` reads it within the workflow. */
import * as z from 'zod'

export const rankedChange = z.object({
  id: z.string(),
  title: z.string(),
  kind: z.string(),
  /** 0..1; null when ruled out. */
  score: z.number().nullable(),
  /** How long before the onset it began; negative when after. */
  secondsBeforeOnset: z.number(),
  reason: z.string(),
})
export type RankedChangeOutput = z.infer<typeof rankedChange>

export const changesOutput = z.object({
  entity: z.string(),
  /** The onset that changes were compared with, ISO 8601. */
  since: z.string(),
  /** The likeliest change; null when none is likely. */
  top: rankedChange.nullable(),
  /** Most likely first, then the ruled out. */
  ranked: z.array(rankedChange),
})
export type ChangesOutput = z.infer<typeof changesOutput>
