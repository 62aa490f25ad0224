import { planStepOf, type Plan, type Report, type RunState } from '@tenon/runbook'
import type { Plans } from './plans.ts'
import { stepColumns } from './step-row.ts'
import type { Statement, Store } from './store.ts'
import { jsonText } from './stored.ts'
import { channel } from './live.ts'

/** A run that ended in one process, without a workflow. */
export interface FinishedRun {
  runbookId: string
  /** null for a run of a draft. */
  version: number | null
  baseRunId: string | null
  plan: Plan
  state: RunState
}

const insertAll: Statement = {
  name: 'run-insert-finished',
  text: `
WITH "made" AS (
  INSERT INTO "run" ("id", "runbookId", "version", "planHash", "params", "trigger", "requestedBy", "asOf", "environment", "payload", "parentRunId",
    "parentStepId", "baseRunId", "status", "startedAt", "endedAt", "error", "report", "verdict", "conclusion", "concludedAt", "record", "express",
    "revision")
  SELECT "id", "runbookId", "version", "planHash", "params", "trigger", "requestedBy", "asOf", "environment", "payload", "parentRunId",
    "parentStepId", "baseRunId", "status", "startedAt", "endedAt", "error", "report", "verdict", "conclusion", "concludedAt", "record", true, 1
  FROM jsonb_to_recordset($1::jsonb) AS "new" ("id" text, "runbookId" text, "version" int, "planHash" text, "params" jsonb, "trigger" text,
    "requestedBy" text, "asOf" timestamp(3), "environment" text, "payload" jsonb, "parentRunId" text, "parentStepId" text, "baseRunId" text,
    "status" text, "startedAt" timestamp(3), "endedAt" timestamp(3), "error" jsonb, "report" jsonb, "verdict" text, "conclusion" text,
    "concludedAt" timestamp(3), "record" jsonb)
  WHERE EXISTS (SELECT FROM "runbook" WHERE "runbook"."id" = "new"."runbookId")
  ON CONFLICT ("id") DO NOTHING
  RETURNING "id"
),
"last" AS (SELECT "id" FROM "made" LIMIT 1)
SELECT pg_notify('${channel}', json_build_object('topic', 'run', 'id', "id")::text)::text FROM "last"`,
}

/**
 * Writes runs that have ended, many in one statement. Idempotent by their ids. Listeners are told once a batch, of one of its runs: lists are read anew,
 * and nobody waits for a run that has ended. A run whose runbook was deleted meanwhile is left out, as its other runs were.
 */
export async function insertFinishedRuns(
  { store, plans }: { store: Store; plans: Plans },
  runs: readonly FinishedRun[],
): Promise<void> {
  if (runs.length === 0) return
  const unknown = new Map(runs.map(({ plan }) => [plan.hash, plan]))
  for (const plan of unknown.values()) await plans.put(plan)
  await store.run(insertAll, [jsonText(runs.map(row))])
}

function row({ runbookId, version, baseRunId, plan, state }: FinishedRun) {
  const { context } = state
  const concluded = newestReport(state)
  return {
    id: context.runId,
    runbookId,
    version,
    planHash: plan.hash,
    params: context.params,
    trigger: context.trigger.kind,
    requestedBy: context.trigger.by,
    asOf: time(context.asOf),
    environment: context.environment ?? 'production',
    payload: context.trigger.payload,
    parentRunId: context.parent?.runId,
    parentStepId: context.parent?.stepId,
    baseRunId,
    status: state.status,
    startedAt: time(state.startedAt),
    endedAt: state.endedAt === null ? null : time(state.endedAt),
    error: state.error,
    report: concluded?.report,
    verdict: concluded?.report.verdict.value,
    conclusion: concluded?.report.conclusion,
    concludedAt: concluded && time(concluded.endedAt),
    record: Object.entries(state.steps).map(([stepId, step]) => {
      const { type, title } = planStepOf(plan, stepId)
      return { stepId, type, title, ...stepColumns(step) }
    }),
  }
}

function newestReport({ steps }: RunState): { report: Report; endedAt: number } | null {
  let newest: { report: Report; endedAt: number } | null = null
  for (const state of Object.values(steps)) {
    if (state.status !== 'done' || !state.result.report) continue
    if (!newest || state.endedAt >= newest.endedAt) newest = { report: state.result.report, endedAt: state.endedAt }
  }
  return newest
}

const time = (ms: number): string => new Date(ms).toISOString()
