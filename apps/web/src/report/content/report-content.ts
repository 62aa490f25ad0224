/**
 * What a report is made of, cut loose from the run that made it: the page, the frozen link and every export read this and nothing else. Steps keep their
 * verdicts and evidence; their inputs and outputs stay with the run. Pure.
 */
import { evidence, report, verdict, verdictValue } from '@tenon/runbook'
import * as z from 'zod'

/** Reports that were kept before a change of form are still read. */
const currentForm = 1

const stepStatus = z.enum(['pending', 'running', 'backing-off', 'waiting', 'done', 'failed', 'skipped', 'cancelled'])
const stepError = z.object({ code: z.string(), message: z.string(), fix: z.string().optional() })
const time = z.string()

const reportStep = z.object({
  stepId: z.string(),
  type: z.string(),
  title: z.string(),
  status: stepStatus,
  outcome: z.string().nullable(),
  summary: z.string().nullable(),
  verdict: verdict.nullable(),
  evidence: z.array(evidence),
  error: stepError.nullable(),
  /** Why it was skipped. */
  reason: z.string().nullable(),
  startedAt: time.nullable(),
  endedAt: time.nullable(),
})

/** Times are ISO 8601. */
export const reportContent = z.object({
  form: z.literal(currentForm),
  run: z.object({
    id: z.string(),
    runbook: z.object({ name: z.string(), title: z.string() }),
    version: z.number().nullable(),
    planHash: z.string(),
    environment: z.string(),
    status: z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled', 'timed-out']),
    verdict: verdictValue.nullable(),
    conclusion: z.string().nullable(),
    error: stepError.nullable(),
    trigger: z.string(),
    requestedBy: z.string(),
    params: z.array(z.object({ name: z.string(), value: z.string() })),
    /** The alert that it is about, and when it fired. */
    alert: z.object({ label: z.string(), at: time }).nullable().default(null),
    /** What Diagnose chose this runbook for: "latency of Payment: Latency rise". Null when somebody chose it. */
    chosenFor: z.string().nullable().default(null),
    asOf: time,
    startedAt: time,
    concludedAt: time.nullable(),
    endedAt: time.nullable(),
  }),
  report: report.nullable(),
  steps: z.array(reportStep),
})
export type ReportContent = z.infer<typeof reportContent>
export type ReportStep = ReportContent['steps'][number]

/** A run as its rows have it; what a report does not need is left out. */
export interface RecordedRun extends Omit<ReportContent['run'], 'params'> {
  params: Record<string, unknown>
  report: ReportContent['report']
}

/** Makes the content of a run's report as the run is now; nothing of it points back into the rows. */
export function contentOf(run: RecordedRun, steps: readonly ReportStep[]): ReportContent {
  return {
    form: currentForm,
    run: {
      id: run.id,
      runbook: { name: run.runbook.name, title: run.runbook.title },
      version: run.version,
      planHash: run.planHash,
      environment: run.environment,
      status: run.status,
      verdict: run.verdict,
      conclusion: run.conclusion,
      error: run.error && errorOf(run.error),
      trigger: run.trigger,
      requestedBy: run.requestedBy,
      alert: run.alert,
      chosenFor: run.chosenFor,
      params: Object.entries(run.params).map(([name, value]) => ({ name, value: textOf(value) })),
      asOf: run.asOf,
      startedAt: run.startedAt,
      concludedAt: run.concludedAt,
      endedAt: run.endedAt,
    },
    report: run.report,
    steps: steps.map((step) => ({
      stepId: step.stepId,
      type: step.type,
      title: step.title,
      status: step.status,
      outcome: step.outcome,
      summary: step.summary,
      verdict: step.verdict,
      evidence: step.evidence,
      error: step.error && errorOf(step.error),
      reason: step.reason,
      startedAt: step.startedAt,
      endedAt: step.endedAt,
    })),
  }
}

function errorOf({ code, message, fix }: NonNullable<ReportStep['error']>): NonNullable<ReportStep['error']> {
  return { code, message, ...(fix === undefined ? {} : { fix }) }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))
