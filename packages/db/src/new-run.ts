import type { Plan, TriggerKind } from '@tenon/runbook'
import { randomUUID } from 'node:crypto'
import type { Plans } from './plans.ts'
import { telling, type Statement, type Store } from './store.ts'
import { jsonText, jsonTextOrNull } from './stored.ts'

export interface NewRun {
  /** Drawn by the caller when it must be the same on a retry. */
  id?: string
  runbookId: string
  version: number | null
  plan: Plan
  params: Record<string, unknown>
  trigger: TriggerKind
  requestedBy: string
  /** Unix milliseconds. */
  asOf: number
  /** `production` without it. */
  environment?: string
  /** What the trigger brought. */
  payload?: unknown
  parentRunId?: string | null
  parentStepId?: string | null
  baseRunId?: string | null
  concurrencyKey?: string | null
  /** Writes are planned and never carried out. */
  dryRun?: boolean
}

export interface Idempotency {
  actor: string
  key: string
  /** SHA-256 of the request. */
  request: string
}

const columns = `"id", "runbookId", "version", "planHash", "params", "trigger", "requestedBy", "asOf", "environment", "payload", "parentRunId",
  "parentStepId", "baseRunId", "concurrencyKey", "dryRun", "status", "startedAt"`
const given = `$1, $2, $3::int, $4, $5::jsonb, $6, $7, $8::timestamp(3), $9, $10::jsonb, $11, $12, $13, $14, $15::boolean, 'running', $16::timestamp(3)`
/** With the plan when this process does not know that it is stored; foreign keys are checked when the statement ends. */
const withPlan = `"planned" AS (
  INSERT INTO "plan" ("hash", "content") SELECT $4, $17::jsonb WHERE $17 IS NOT NULL ON CONFLICT DO NOTHING
)`

const create: Statement = {
  name: 'run-create',
  text: `
WITH ${withPlan},
"made" AS (INSERT INTO "run" (${columns}) VALUES (${given}) ON CONFLICT ("id") DO NOTHING RETURNING "id")
SELECT "id", ${telling('run', '"id"')} FROM "made"`,
}

const createOnce: Statement = {
  name: 'run-create-once',
  text: `
WITH ${withPlan},
"claimed" AS (
  INSERT INTO "idempotency_key" ("actor", "key", "request", "runId") VALUES ($18, $19, $20, $1) ON CONFLICT DO NOTHING RETURNING "runId"
),
"made" AS (INSERT INTO "run" (${columns}) SELECT ${given} FROM "claimed" RETURNING "id")
SELECT "id", ${telling('run', '"id"')} FROM "made"`,
}

/**
 * Makes a run's row, and its key's, in one round trip.
 *
 * @returns the run's id, and whether it was made now: not when its id exists, or the caller used the key before.
 */
export async function insertRun(
  { store, plans }: { store: Store; plans: Plans },
  run: NewRun,
  once?: Idempotency,
): Promise<{ id: string; created: boolean }> {
  const id = run.id ?? randomUUID()
  const stored = plans.isKnown(run.plan.hash)
  const values = [
    id,
    run.runbookId,
    run.version,
    run.plan.hash,
    jsonText(run.params),
    run.trigger,
    run.requestedBy,
    new Date(run.asOf).toISOString(),
    run.environment ?? 'production',
    jsonTextOrNull(run.payload),
    run.parentRunId ?? null,
    run.parentStepId ?? null,
    run.baseRunId ?? null,
    run.concurrencyKey ?? null,
    run.dryRun ?? false,
    new Date().toISOString(),
    stored ? null : jsonText(run.plan),
  ]
  const rows = once
    ? await store.run(createOnce, [...values, once.actor, once.key, once.request])
    : await store.run(create, values)
  if (!stored) plans.know(run.plan)
  return { id, created: rows.length > 0 }
}
