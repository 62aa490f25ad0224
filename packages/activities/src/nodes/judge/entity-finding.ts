/** What steps that judge an entity have in common in their output: `conclude` and the steps after them read it. */
import * as z from 'zod'
import { localisedPlace } from './chain-loss-output.ts'

export const entityFinding = z.object({
  /** The entity at fault as far as this step sees, or that was asked about; null when there is none. */
  entity: z.string().nullable(),
  /** Onset, ISO 8601; null when nothing is wrong, or when it began before the hours that were looked at. */
  since: z.string().nullable(),
  /** What is wrong, as the beginning of a sentence: "Payment success rate is 88.1 %, expected 96 %"; null when nothing is. */
  headline: z.string().nullable(),
  owner: z.string().nullable(),
})
export type EntityFinding = z.infer<typeof entityFinding>

/** Where it is, too. */
export const placedFinding = entityFinding.extend({
  /** Null when it is spread over all parts, or not known. */
  localised: localisedPlace.nullable(),
  /** Whether it is a zone as such, one version, or just these hosts; null without a place. */
  placeKind: z.enum(['zone', 'version', 'host']).nullable(),
  /** What fails there, as the end of a sentence; null without a place. */
  cause: z.string().nullable(),
  /** Whose traffic a switch should move; null when there is nothing to switch. */
  switchEntity: z.string().nullable(),
})
export type PlacedFinding = z.infer<typeof placedFinding>
