/** A run as the REST API gives it. */
import { report, verdictValue } from '@tenon/runbook'
import * as z from 'zod'

export const time = z.iso.datetime({ offset: true })

export const runStatus = z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled', 'timed-out'])

export const triggerKind = z.enum(['button', 'api', 'schedule', 'webhook', 'event', 'runbook', 'test', 'backtest'])

export const stepError = z
  .object({
    code: z.string(),
    message: z.string(),
    fix: z.string().optional(),
    retryable: z.boolean(),
  })
  .meta({ id: 'StepError' })

const summary = {
  id: z.string(),
  url: z.string().describe('Its page.'),
  runbook: z.string(),
  version: z.int().nullable().describe('null for a run of a draft.'),
  environment: z.string(),
  status: runStatus,
  verdict: verdictValue.nullable(),
  conclusion: z.string().nullable().describe('One sentence.'),
  trigger: triggerKind,
  requestedBy: z.string(),
  dryRun: z.boolean().describe('Its writes are planned and never carried out.'),
  asOf: time.describe('The clock of its reads.'),
  startedAt: time,
  concludedAt: time.nullable(),
  endedAt: time.nullable(),
}

export const runSummarySchema = z.object(summary).meta({ id: 'RunSummary' })

export const runSchema = z
  .object({
    ...summary,
    params: z.record(z.string(), z.unknown()),
    report: report.nullable().describe('Its evidence arranged conclusion first; null before it has concluded.'),
    error: stepError.nullable().describe('Why it failed.'),
    express: z.boolean().describe('It ran in the server’s process, without a durable workflow.'),
    baseRunId: z.string().nullable().describe('The run whose results it reuses.'),
    parentRunId: z.string().nullable().describe('The run whose step started it.'),
    waitingFor: z
      .array(z.object({ stepId: z.string(), question: z.string(), url: z.string() }))
      .describe('Approvals that it waits for.'),
  })
  .meta({ id: 'Run' })
export type RunView = z.infer<typeof runSchema>

export const runId = z.string().min(1).max(64).describe('The id that starting the run gave.')

export { environmentName } from '../../environments.ts'
