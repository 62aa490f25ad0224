import { verdictValue } from '@tenon/runbook'
import * as z from 'zod'

/** What a write would do, as people are shown it. */
export const actionPlanSchema = z
  .object({
    stepId: z.string(),
    hash: z.string().describe('Any change of the plan changes it, and voids an approval.'),
    title: z.string(),
    target: z.string(),
    diff: z.array(z.object({ label: z.string(), before: z.string(), after: z.string() })),
    facts: z.array(z.object({ label: z.string(), value: z.string(), tone: verdictValue.optional() })),
    effects: z
      .array(z.object({ label: z.string(), now: z.string(), expected: z.string(), tone: verdictValue.optional() }))
      .optional()
      .describe('What is expected of measures and of traffic.'),
    guards: z.array(z.object({ name: z.string(), pass: z.boolean(), detail: z.string() })),
    intent: z.unknown(),
    leaseSeconds: z.number(),
  })
  .meta({ id: 'ActionPlan' })
