import type { Report, RunProjection } from '@tenon/runbook'
import { stepColumns } from './step-row.ts'
import { telling, type Statement, type Store } from './store.ts'
import { jsonText, jsonTextOrNull } from './stored.ts'

/**
 * The run's row is locked first: that makes the compare-and-write safe against another worker's late attempt, and lets a question to people that is being
 * asked at the same time wait, or be seen. The row moves on when the projection is newer and the run goes on (revision 0 that does not go on: the start
 * seemed to fail, and the workflow says otherwise). The newest report wins, whatever its revision; a runbook may conclude on several paths, though only
 * one is usually taken.
 */
const project: Statement = {
  name: 'run-project',
  text: `
WITH "locked" AS (SELECT "id" FROM "run" WHERE "id" = $1 FOR NO KEY UPDATE),
"moved" AS (
  UPDATE "run" SET
    "revision" = CASE WHEN ${moves()} THEN $2 ELSE "run"."revision" END,
    "status" = CASE WHEN ${moves()} THEN $3 ELSE "run"."status" END,
    "endedAt" = CASE WHEN ${moves()} THEN $4::timestamp(3) ELSE "run"."endedAt" END,
    "error" = CASE WHEN ${moves()} THEN $5::jsonb ELSE "run"."error" END,
    "report" = CASE WHEN ${concludes()} THEN $6::jsonb ELSE "run"."report" END,
    "verdict" = CASE WHEN ${concludes()} THEN $7 ELSE "run"."verdict" END,
    "conclusion" = CASE WHEN ${concludes()} THEN $8 ELSE "run"."conclusion" END,
    "concludedAt" = CASE WHEN ${concludes()} THEN $9::timestamp(3) ELSE "run"."concludedAt" END
  FROM "locked" WHERE "run"."id" = "locked"."id" AND (${moves()} OR ${concludes()})
),
"stepped" AS (
  INSERT INTO "step" ("runId", "revision", "stepId", "type", "title", "status", "attempt", "outcome", "summary", "input", "output", "verdict",
    "evidence", "hypotheses", "error", "reason", "startedAt", "endedAt")
  SELECT "locked"."id", $2, "new"."stepId", "new"."type", "new"."title", "new"."status", coalesce("new"."attempt", 0), "new"."outcome",
    "new"."summary", "new"."input", "new"."output", "new"."verdict", "new"."evidence", "new"."hypotheses", "new"."error", "new"."reason",
    "new"."startedAt", "new"."endedAt"
  FROM "locked", jsonb_to_recordset($10::jsonb) AS "new" ("stepId" text, "type" text, "title" text, "status" text, "attempt" int, "outcome" text,
    "summary" text, "input" jsonb, "output" jsonb, "verdict" jsonb, "evidence" jsonb, "hypotheses" jsonb, "error" jsonb, "reason" text,
    "startedAt" timestamp(3), "endedAt" timestamp(3))
  ON CONFLICT ("runId", "stepId") DO UPDATE SET
    "revision" = excluded."revision", "type" = excluded."type", "title" = excluded."title", "status" = excluded."status",
    "attempt" = excluded."attempt", "outcome" = excluded."outcome", "summary" = excluded."summary", "input" = excluded."input",
    "output" = excluded."output", "verdict" = excluded."verdict", "evidence" = excluded."evidence", "hypotheses" = excluded."hypotheses",
    "error" = excluded."error", "reason" = excluded."reason", "startedAt" = excluded."startedAt", "endedAt" = excluded."endedAt"
  WHERE "step"."revision" < excluded."revision"
)
SELECT "id", ${telling('run', '"id"')} FROM "locked"`,
}

function moves(): string {
  return `("run"."revision" < $2 AND ("run"."status" IN ('queued', 'running') OR "run"."revision" = 0))`
}

function concludes(): string {
  return `($9::timestamp(3) IS NOT NULL AND ("run"."concludedAt" IS NULL OR "run"."concludedAt" <= $9::timestamp(3)))`
}

/**
 * After the first, in a statement of its own, so that it sees a question that the first one waited for. A run that was ended from outside (terminated) had
 * no chance to say how its approvals ended, or that it waits for no event any more.
 */
const settle: Statement = {
  name: 'run-settle',
  text: `
WITH "end" AS (
  SELECT * FROM jsonb_to_recordset($3::jsonb) AS "end" ("stepId" text, "status" text, "by" text, "comment" text, "at" timestamp(3), "decisions" jsonb)
),
"ended" AS (
  UPDATE "approval" SET
    "status" = coalesce("end"."status", CASE WHEN $4::boolean THEN 'cancelled' ELSE "approval"."status" END),
    "decidedBy" = "end"."by", "comment" = "end"."comment",
    "decidedAt" = coalesce("end"."at", CASE WHEN $4::boolean THEN now()::timestamp(3) END),
    "decisions" = coalesce("end"."decisions", "approval"."decisions"),
    "revision" = $2
  FROM "approval" AS "old" LEFT JOIN "end" ON "end"."stepId" = "old"."stepId"
  WHERE "old"."id" = "approval"."id" AND "approval"."runId" = $1 AND "approval"."status" = 'waiting' AND "approval"."revision" < $2
    AND ("end"."stepId" IS NOT NULL OR $4::boolean)
  RETURNING "approval"."runId"
),
"unheard" AS (DELETE FROM "event_wait" WHERE "runId" = $1 AND $4::boolean)
SELECT ${telling('approval', '"runId"')} FROM (SELECT DISTINCT "runId" FROM "ended") AS "told"`,
}

/**
 * Writes a projection, serial per run. Idempotent and monotone: rows keep the revision that wrote them, so a projection that is sent twice or arrives late
 * never takes back what a newer one wrote, and a run that a projection ended stays ended. A run that does not exist (any more) is left out.
 */
export async function createProjection(store: Store, projection: RunProjection): Promise<void> {
  const { runId, revision, status } = projection
  const report = newestReport(projection)
  const [run] = await store.run(project, [
    runId,
    revision,
    status,
    timeOrNull(projection.endedAt),
    jsonTextOrNull(projection.error),
    jsonTextOrNull(report?.report),
    report?.report.verdict.value ?? null,
    report?.report.conclusion ?? null,
    timeOrNull(report?.endedAt),
    jsonText(
      projection.steps.map(({ stepId, type, title, state }) => ({ stepId, type, title, ...stepColumns(state) })),
    ),
  ])
  const over = status !== 'running'
  const questions = questionsOf(projection)
  if (run && (over || questions.length > 0)) await store.run(settle, [runId, revision, jsonText(questions), over])
}

/** How approvals ended or, of those that go on, who said yes so far. */
function questionsOf({ approvals, decisions = [] }: RunProjection): { stepId: string }[] {
  const yeses = new Map(
    decisions.map(({ stepId, approvals: so }) => [stepId, so.map((one) => ({ ...one, at: timeOrNull(one.at) }))]),
  )
  const ended = approvals.map((end) => ({ ...end, at: timeOrNull(end.at), decisions: yeses.get(end.stepId) }))
  const going = [...yeses]
    .filter(([stepId]) => !approvals.some((end) => end.stepId === stepId))
    .map(([stepId, so]) => ({ stepId, decisions: so }))
  return [...ended, ...going]
}

function newestReport(projection: RunProjection): { report: Report; endedAt: number } | null {
  let newest: { report: Report; endedAt: number } | null = null
  for (const { state } of projection.steps) {
    if (state.status !== 'done' || !state.result.report) continue
    if (!newest || state.endedAt >= newest.endedAt) newest = { report: state.result.report, endedAt: state.endedAt }
  }
  return newest
}

const timeOrNull = (ms: number | null | undefined): string | null =>
  ms === null || ms === undefined ? null : new Date(ms).toISOString()
