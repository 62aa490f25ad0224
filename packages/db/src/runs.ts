import { randomUUID } from 'node:crypto'
import {
  evidence,
  hypothesis,
  report,
  verdict,
  verdictValue,
  type Evidence,
  type Hypothesis,
  type Plan,
  type Report,
  type RunProjection,
  type RunStatus,
  type StepError,
  type StepStatus,
  type Verdict,
  type VerdictValue,
} from '@tenon/runbook'
import * as z from 'zod'
import { DbError, isUniqueViolation } from './db-error.ts'
import type { Prisma } from './generated/client.ts'
import { createProjection } from './run-projection.ts'
import type { Store } from './store.ts'
import { iso, isoOrNull, json, jsonValue, storedError, storedObject, storedPlan } from './stored.ts'

export type TriggerKind = 'button' | 'api' | 'schedule' | 'test'

/** A run in a list. Times are ISO 8601. */
export interface RunSummary {
  id: string
  runbook: { name: string; title: string }
  /** null for a run of a draft. */
  version: number | null
  trigger: TriggerKind
  /** An e-mail address, `token:<name>` or `schedule`. */
  requestedBy: string
  status: RunStatus
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
  report: Report | null
  error: StepError | null
}

export interface StepRow {
  stepId: string
  type: string
  title: string
  status: StepStatus
  attempt: number
  outcome: string | null
  summary: string | null
  input: unknown
  output: unknown
  verdict: Verdict | null
  evidence: Evidence[]
  hypotheses: Hypothesis[]
  error: StepError | null
  reason: string | null
  startedAt: string | null
  endedAt: string | null
}

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
}

export interface Idempotency {
  actor: string
  key: string
  /** SHA-256 of the request. */
  request: string
}

const trigger = z.enum(['button', 'api', 'schedule', 'test'])
const runStatus = z.enum(['running', 'succeeded', 'failed', 'cancelled', 'timed-out'])
const stepStatus = z.enum(['pending', 'running', 'backing-off', 'waiting', 'done', 'failed', 'skipped', 'cancelled'])

const named = {
  include: { runbook: { select: { name: true, title: true } } },
  omit: { plan: true, report: true },
} as const

/** Runs: a projection of what Temporal knows, for lists, pages and search. */
export function createRuns(store: Store) {
  return {
    /** Makes the row before the workflow starts, so that no run is ever unknown. The same id twice makes one row. */
    async create(run: NewRun): Promise<{ id: string }> {
      const id = run.id ?? randomUUID()
      await store.write(async (tx, tell) => {
        const made = await tx.run.createMany({ data: [newRow(id, run)], skipDuplicates: true })
        if (made.count > 0) tell({ topic: 'run', id })
      })
      return { id }
    },

    /**
     * Makes a run once a caller and key.
     * @throws DbError `idempotency-key-reused` when the key was used for another request.
     */
    async createOnce(run: NewRun, once: Idempotency): Promise<{ id: string; created: boolean }> {
      const id = run.id ?? randomUUID()
      try {
        await store.write(async (tx, tell) => {
          await tx.idempotencyKey.create({ data: { ...once, runId: id } })
          await tx.run.create({ data: newRow(id, run) })
          tell({ topic: 'run', id })
        })
        return { id, created: true }
      } catch (error) {
        const earlier = isUniqueViolation(error) ? await this.madeBy(once) : null
        if (!earlier) throw error
        return { ...earlier, created: false }
      }
    },

    /**
     * The run that the same request with the same key made before; null when there is none.
     * @throws DbError `idempotency-key-reused` when the key was used for another request.
     */
    async madeBy({ actor, key, request }: Idempotency): Promise<{ id: string } | null> {
      const seen = await store.client.idempotencyKey.findUnique({ where: { actor_key: { actor, key } } })
      if (!seen) return null
      if (seen.request === request) return { id: seen.runId }
      throw new DbError('idempotency-key-reused', `Idempotency-Key "${key}" was used for another request.`, {
        fix: 'Send a new key with a new request, or repeat the first request unchanged.',
        detail: { runId: seen.runId },
      })
    },

    /**
     * For a request that is repeated: a run whose workflow never told anything may not have been started, and is `running` again.
     * @returns the run to start; null when it began, so that there is nothing to start.
     */
    async reopen(id: string): Promise<RunRecord | null> {
      const reopened = await store.write(async (tx, tell) => {
        const { count } = await tx.run.updateMany({
          where: { id, revision: 0, status: { in: ['running', 'failed'] satisfies RunStatus[] } },
          data: { status: 'running', error: json(null), endedAt: null },
        })
        if (count > 0) tell({ topic: 'run', id })
        return count > 0
      })
      return reopened ? this.get(id) : null
    },

    /** Writes what changed. Older projections that arrive late change nothing, and a run that ended stays ended. */
    project: (projection: RunProjection): Promise<void> => createProjection(store, projection),

    /**
     * Ends a run whose workflow could not be started. A run that ended otherwise stays as it is. Should the workflow run after all (the answer to
     * its start was lost), its first projection takes this back.
     */
    async fail(id: string, error: StepError): Promise<void> {
      await store.write(async (tx, tell) => {
        const { count } = await tx.run.updateMany({
          where: { id, status: 'running' },
          data: { status: 'failed', error: jsonValue(error), endedAt: new Date() },
        })
        if (count > 0) tell({ topic: 'run', id })
      })
    },

    async get(id: string): Promise<RunRecord | null> {
      if (!isUuid(id)) return null
      const row = await store.client.run.findUnique({
        where: { id },
        include: { runbook: { select: { name: true, title: true } } },
      })
      if (!row) return null
      return {
        ...summary(row),
        runbookId: row.runbookId,
        planHash: row.planHash,
        plan: storedPlan.parse(row.plan),
        params: storedObject.parse(row.params),
        report: row.report === null ? null : report.parse(row.report),
        error: row.error === null ? null : storedError.parse(row.error),
      }
    },

    async summary(id: string): Promise<RunSummary | null> {
      if (!isUuid(id)) return null
      const row = await store.client.run.findUnique({ where: { id }, ...named })
      return row && summary(row)
    },

    /** In order of beginning; steps that did not begin come last. */
    async steps(runId: string): Promise<StepRow[]> {
      const rows = await store.client.step.findMany({
        where: { runId },
        orderBy: [{ startedAt: { sort: 'asc', nulls: 'last' } }, { stepId: 'asc' }],
      })
      return rows.map(stepRow)
    },

    /** Newest first. `before` is the `startedAt` of the last one seen. */
    async list(
      query: { name?: string; before?: string; limit?: number; status?: RunStatus } = {},
    ): Promise<RunSummary[]> {
      const rows = await store.client.run.findMany({
        where: {
          ...(query.name ? { runbook: { name: query.name } } : {}),
          ...(query.status ? { status: query.status } : {}),
          ...(query.before ? { startedAt: { lt: new Date(query.before) } } : {}),
        },
        ...named,
        orderBy: { startedAt: 'desc' },
        take: Math.min(query.limit ?? 50, 200),
      })
      return rows.map(summary)
    },

    /** The newest run of each of these runbooks. */
    async newestOf(runbookIds: string[]): Promise<Map<string, RunSummary>> {
      const rows = await store.client.run.findMany({
        where: { runbookId: { in: runbookIds } },
        distinct: ['runbookId'],
        ...named,
        orderBy: { startedAt: 'desc' },
      })
      return new Map(rows.map((row) => [row.runbookId, summary(row)]))
    },
  }
}

export type Runs = ReturnType<typeof createRuns>

function newRow(id: string, run: NewRun): Prisma.RunUncheckedCreateInput {
  return {
    id,
    runbookId: run.runbookId,
    version: run.version,
    planHash: run.plan.hash,
    plan: jsonValue(run.plan),
    params: jsonValue(run.params),
    trigger: run.trigger,
    requestedBy: run.requestedBy,
    asOf: new Date(run.asOf),
    status: 'running',
    report: json(null),
    error: json(null),
    startedAt: new Date(),
  }
}

type SummaryRow = Prisma.RunGetPayload<typeof named>

/** Maps a row joined with its runbook. */
export function summary(row: SummaryRow): RunSummary {
  return {
    id: row.id,
    runbook: row.runbook,
    version: row.version,
    trigger: trigger.parse(row.trigger),
    requestedBy: row.requestedBy,
    status: runStatus.parse(row.status),
    verdict: verdictValue.nullable().parse(row.verdict),
    conclusion: row.conclusion,
    asOf: iso(row.asOf),
    startedAt: iso(row.startedAt),
    concludedAt: isoOrNull(row.concludedAt),
    endedAt: isoOrNull(row.endedAt),
  }
}

function stepRow(row: Prisma.StepGetPayload<object>): StepRow {
  return {
    stepId: row.stepId,
    type: row.type,
    title: row.title,
    status: stepStatus.parse(row.status),
    attempt: row.attempt,
    outcome: row.outcome,
    summary: row.summary,
    input: row.input,
    output: row.output,
    verdict: row.verdict === null ? null : verdict.parse(row.verdict),
    evidence: z.array(evidence).parse(row.evidence ?? []),
    hypotheses: z.array(hypothesis).parse(row.hypotheses ?? []),
    error: row.error === null ? null : storedError.parse(row.error),
    reason: row.reason,
    startedAt: isoOrNull(row.startedAt),
    endedAt: isoOrNull(row.endedAt),
  }
}

/** Ids come from addresses that people type. */
function isUuid(id: string): boolean {
  return z.uuid().safeParse(id).success
}
