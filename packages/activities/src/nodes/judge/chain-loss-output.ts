/** What `judge.chain-loss` puts out. Apart from the node, because `conclude` reads it within the workflow. */
import { verdictValue } from '@tenon/runbook'
import * as z from 'zod'

export const localisedPlace = z.object({
  /** The zone that all failing hosts are in; null when they are in several. */
  zone: z.string().nullable(),
  hosts: z.array(z.string()),
  /** The version that all failing hosts have and no healthy one; null when versions do not tell them apart. */
  version: z.string().nullable(),
  /** The zone with the fewest failures among the others, to switch to; null when there is none. */
  healthyZone: z.string().nullable(),
})
export type LocalisedPlace = z.infer<typeof localisedPlace>

export const chainLossOutput = z.object({
  chain: z.string(),
  chainTitle: z.string(),
  /** Id of the chain step with the greatest loss; null when none loses. */
  step: z.string().nullable(),
  /** Entity of that step; null when none loses. */
  entity: z.string().nullable(),
  /** Whose traffic a switch should move: the entity, or, when a whole zone is at fault, what stands for all services behind the same edge. */
  switchEntity: z.string().nullable(),
  /** Onset, ISO 8601; null when nothing is lost, or when it began before the hours that are looked at. */
  since: z.string().nullable(),
  /** Completed events a minute of the chain's last step, expected and actual; null when not known. */
  expected: z.number().nullable(),
  actual: z.number().nullable(),
  /** actual / expected - 1 of the last step. */
  deviation: z.number().nullable(),
  /** Completed events a minute that are missing because of the parts found abnormal; 0 when none. */
  lostPerMinute: z.number(),
  parts: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      entity: z.string(),
      /** Part of (actual - expected) of the last step, events a minute; the parts sum to it. */
      change: z.number(),
      verdict: verdictValue,
      reason: z.string(),
    }),
  ),
  /** Where it loses; null when it is spread over all hosts, at the source, or not known. */
  localised: localisedPlace.nullable(),
  /** Whether it is a zone as such, one version, or just these hosts; null without a place. Results of earlier versions do not have it. */
  placeKind: z.enum(['zone', 'version', 'host']).nullable().default(null),
  /** What fails there, as the end of a sentence; null without a place. Results of earlier versions do not have it. */
  cause: z.string().nullable().default(null),
  /** Who owns the entity, else the chain; null when the model does not say. */
  owner: z.string().nullable(),
})
export type ChainLossOutput = z.infer<typeof chainLossOutput>
