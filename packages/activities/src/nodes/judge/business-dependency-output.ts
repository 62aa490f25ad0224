/** What `judge.business-dependency` puts out. Apart from the node, because `conclude` reads it within the workflow. */
import { verdictValue } from '@tenon/runbook'
import * as z from 'zod'

export const judgedStep = z.object({
  id: z.string(),
  title: z.string(),
  entity: z.string(),
  verdict: verdictValue,
  /** actual / expected - 1; null when not known. */
  deviation: z.number().nullable(),
  /** ISO 8601; null unless abnormal, and when it began more than an hour ago. */
  onset: z.string().nullable(),
})

export const businessDependencyOutput = z.object({
  chain: z.string(),
  verdict: verdictValue,
  /** The earliest onset among abnormal steps, ISO 8601; null when none is abnormal. */
  since: z.string().nullable(),
  source: judgedStep.extend({
    /** Events a minute over the judged stretch; null when not known. */
    actual: z.number().nullable(),
    expected: z.number().nullable(),
  }),
  /** The steps after the source, in flow order. */
  steps: z.array(judgedStep),
})
export type BusinessDependencyOutput = z.infer<typeof businessDependencyOutput>
