import {
  report,
  triggerKind,
  verdictValue,
  type Plan,
  type Report,
  type RunStatus,
  type StepError,
  type TriggerKind,
  type VerdictValue,
} from '@tenon/runbook'
import * as z from 'zod'
import { iso, isoOrNull, storedError, storedObject } from './stored.ts'

/** A run that is `queued` waits for another of its concurrency key. */
export type RunRowStatus = RunStatus | 'queued'

/** A run in a list. Times are ISO 8601. */
export interface RunSummary {
  id: string
  runbook: { name: string; title: string }
  /** null for a run of a draft. */
  version: number | null
  environment: string
  trigger: TriggerKind
  /** An e-mail address, `token:<name> of <address>` or `schedule`. */
  requestedBy: string
  /** It ran in one process, without a workflow. */
  express: boolean
  /** Writes are planned and never carried out. */
  dryRun: boolean
  status: RunRowStatus
  verdict: VerdictValue | null
  conclusion: string | null
  asOf: string
  startedAt: string
  concludedAt: string | null
  endedAt: string | null
}

export interface RunRecord extends RunSummary {
  runbookId: string
  planHash: string
  plan: Plan
  params: Record<string, unknown>
  /** What the trigger brought; null when nothing. */
  payload: unknown
  /** The run whose step started this one. */
  parentRunId: string | null
  parentStepId: string | null
  /** The run whose results this one reuses. */
  baseRunId: string | null
  concurrencyKey: string | null
  /** Of the newest projection; 0 while its workflow told nothing yet. */
  revision: number
  report: Report | null
  error: StepError | null
}

/** What a list reads: not the large columns. */
export const summaryColumns = {
  include: { runbook: { select: { name: true, title: true } } },
  omit: { report: true, record: true, payload: true },
} as const

/** The same for a raw statement over `run` and `runbook`. */
const small = [
  'id',
  'runbookId',
  'version',
  'planHash',
  'params',
  'environment',
  'trigger',
  'express',
  'dryRun',
  'parentRunId',
  'parentStepId',
  'baseRunId',
  'concurrencyKey',
  'requestedBy',
  'revision',
  'asOf',
  'status',
  'verdict',
  'conclusion',
  'error',
  'startedAt',
  'concludedAt',
  'endedAt',
]
const from = `json_build_object('name', "runbook"."name", 'title', "runbook"."title") AS "runbook"
FROM "run" JOIN "runbook" ON "runbook"."id" = "run"."runbookId"`
const sql = (columns: string[]): string => `SELECT ${columns.map((column) => `"run"."${column}"`).join(', ')}, ${from}`
export const selectSummary = sql(small)
export const selectRecord = sql([...small, 'payload', 'report'])

export const runStatus: z.ZodType<RunRowStatus> = z.enum([
  'queued',
  'running',
  'succeeded',
  'failed',
  'cancelled',
  'timed-out',
])

const storedSummary = z.object({
  id: z.string(),
  runbook: z.object({ name: z.string(), title: z.string() }),
  version: z.number().nullable(),
  environment: z.string(),
  trigger: triggerKind,
  requestedBy: z.string(),
  express: z.boolean(),
  dryRun: z.boolean(),
  status: runStatus,
  verdict: verdictValue.nullable(),
  conclusion: z.string().nullable(),
  asOf: z.date().transform(iso),
  startedAt: z.date().transform(iso),
  concludedAt: z.date().nullable().transform(isoOrNull),
  endedAt: z.date().nullable().transform(isoOrNull),
})

const storedRecord = storedSummary.extend({
  runbookId: z.string(),
  planHash: z.string(),
  params: storedObject,
  payload: z.unknown(),
  parentRunId: z.string().nullable(),
  parentStepId: z.string().nullable(),
  baseRunId: z.string().nullable(),
  concurrencyKey: z.string().nullable(),
  revision: z.number(),
  report: report.nullable(),
  error: storedError.nullable(),
})

/** Reads a row of `run` with its runbook. */
export function runSummary(row: unknown): RunSummary {
  return storedSummary.parse(row)
}

/** All but the plan. */
export function runRecord(row: unknown): Omit<RunRecord, 'plan'> {
  return storedRecord.parse(row)
}
