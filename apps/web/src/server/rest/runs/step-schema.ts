import { evidence, hypothesis, verdict } from '@tenon/runbook'
import * as z from 'zod'
import { stepError, time } from './run-schema.ts'

export const stepStatus = z.enum([
  'pending',
  'running',
  'backing-off',
  'waiting',
  'done',
  'failed',
  'skipped',
  'cancelled',
])

/** A step as the REST API gives it. */
export const stepSchema = z
  .object({
    stepId: z.string().describe('Its id, with the rounds of its loops: `probe#2` ran in round 2.'),
    type: z.string(),
    title: z.string(),
    status: stepStatus,
    attempt: z.int(),
    outcome: z.string().nullable(),
    summary: z.string().nullable().describe('One line for people.'),
    input: z.unknown(),
    output: z.unknown(),
    verdict: verdict.nullable(),
    evidence: z.array(evidence),
    hypotheses: z.array(hypothesis),
    error: stepError.nullable(),
    reason: z.string().nullable().describe('Why it was skipped.'),
    startedAt: time.nullable(),
    endedAt: time.nullable(),
  })
  .meta({ id: 'Step' })
