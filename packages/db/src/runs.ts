import type { Plan, RunProjection, StepError, TriggerKind, VerdictValue } from '@tenon/runbook'
import * as z from 'zod'
import { DbError } from './db-error.ts'
import { insertFinishedRuns, type FinishedRun } from './finished-runs.ts'
import type { Prisma } from './generated/client.ts'
import { insertRun, type Idempotency, type NewRun } from './new-run.ts'
import type { Plans } from './plans.ts'
import { createProjection } from './run-projection.ts'
import {
  runRecord,
  runSummary,
  selectRecord,
  selectSummary,
  summaryColumns,
  type RunRecord,
  type RunRowStatus,
  type RunSummary,
} from './run-row.ts'
import { stepRow, type StepRow } from './step-row.ts'
import type { Statement, Store } from './store.ts'
import { json, jsonValue } from './stored.ts'

export interface RunQuery {
  /** Of the runbook. */
  name?: string
  environment?: string
  trigger?: TriggerKind
  status?: RunRowStatus
  verdict?: VerdictValue
  /** The run whose steps started them. */
  parentRunId?: string
  /** `startedAt` of the last one seen, or `<startedAt>_<id>`, which leaves out none that began in the same millisecond. */
  before?: string
  /** At most 200; 50 without it. */
  limit?: number
}

const getRecord: Statement = { name: 'run-get', text: `${selectRecord} WHERE "run"."id" = $1` }
const getSummary: Statement = { name: 'run-summary', text: `${selectSummary} WHERE "run"."id" = $1` }
const stuck: Statement = {
  name: 'run-stuck',
  text: `${selectRecord}
WHERE "run"."status" = 'running' AND "run"."revision" = 0 AND NOT "run"."express" AND "run"."startedAt" < $1::timestamp(3)
ORDER BY "run"."startedAt" LIMIT $2`,
}
const telling: Statement = {
  name: 'run-telling',
  text: `
SELECT "endedAt" IS NOT NULL
  OR EXISTS (SELECT FROM "approval" WHERE "approval"."runId" = "run"."id" AND "approval"."status" = 'waiting') AS "telling"
FROM "run" WHERE "id" = $1`,
}

const goingOn: Statement = {
  name: 'run-going-on',
  text: `
SELECT "run"."id" FROM "idempotency_key" AS "key" JOIN "run" ON "run"."id" = "key"."runId"
WHERE "key"."actor" = $1 AND "key"."key" = ANY($2::text[]) AND "run"."status" IN ('running', 'queued')
ORDER BY "run"."startedAt" DESC LIMIT 1`,
}

/** Runs: a projection of what Temporal knows, for lists, pages and search. */
export function createRuns(store: Store, plans: Plans) {
  const parts = { store, plans }

  async function record(row: unknown): Promise<RunRecord> {
    const all = runRecord(row)
    return { ...all, plan: await planOf(plans, all.planHash) }
  }

  return {
    /** Makes the row before the workflow starts, so that no run is ever unknown. The same id twice makes one row. */
    async create(run: NewRun): Promise<{ id: string }> {
      const { id } = await insertRun(parts, run)
      return { id }
    },

    /**
     * Makes a run once a caller and key.
     * @throws DbError `idempotency-key-reused` when the key was used for another request.
     */
    async createOnce(run: NewRun, once: Idempotency): Promise<{ id: string; created: boolean }> {
      const made = await insertRun(parts, run, once)
      return made.created ? made : this.earlier(once)
    },

    /**
     * Takes a key for a run whose row is made when it has ended.
     * @returns the run that has the key, and whether it was free.
     * @throws DbError `idempotency-key-reused` when the key was used for another request.
     */
    async claim(once: Idempotency, runId: string): Promise<{ id: string; created: boolean }> {
      const { count } = await store.client.idempotencyKey.createMany({
        data: [{ ...once, runId }],
        skipDuplicates: true,
      })
      return count > 0 ? { id: runId, created: true } : this.earlier(once)
    },

    async earlier(once: Idempotency): Promise<{ id: string; created: false }> {
      const earlier = await this.madeBy(once)
      if (earlier) return { ...earlier, created: false }
      // Between the two statements the runbook was deleted, and the key with it.
      throw new DbError('unknown-run', 'The run that this key made was deleted meanwhile.', { fix: 'Send it again.' })
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

    /** The newest run of one caller's keys that has not ended; null when there is none. */
    async goingOn({ actor, keys }: { actor: string; keys: readonly string[] }): Promise<string | null> {
      const [row] = await store.run(goingOn, [actor, keys])
      return row ? z.object({ id: z.string() }).parse(row).id : null
    },

    /**
     * Writes runs that ended in one process, without a workflow; many in one statement. Idempotent by their ids. Durable when it resolves.
     */
    createMany: (runs: readonly FinishedRun[]): Promise<void> => insertFinishedRuns(parts, runs),

    /**
     * For a request that is repeated: a run whose workflow never told anything may not have been started, and is `running` again.
     * @returns the run to start; null when it began, so that there is nothing to start.
     */
    async reopen(id: string): Promise<RunRecord | null> {
      const reopened = await store.write(async (tx, tell) => {
        const { count } = await tx.run.updateMany({
          where: { id, revision: 0, status: { in: ['running', 'queued', 'failed'] satisfies RunRowStatus[] } },
          data: { status: 'running', error: json(null), endedAt: null },
        })
        if (count > 0) tell({ topic: 'run', id })
        return count > 0
      })
      return reopened ? this.get(id) : null
    },

    /** Says that a run waits for another of its concurrency key. One that began meanwhile stays as it is. */
    async queued(id: string): Promise<void> {
      await store.write(async (tx, tell) => {
        const { count } = await tx.run.updateMany({
          where: { id, revision: 0, status: 'running' },
          data: { status: 'queued' },
        })
        if (count > 0) tell({ topic: 'run', id })
      })
    },

    /**
     * A run that is none of its own: it joined another, or was dropped for it. Its row goes, and its idempotency key answers with the other from now on.
     * One that has begun stays.
     */
    async giveWay(id: string, to: string): Promise<void> {
      await store.write(async (tx, tell) => {
        const { count } = await tx.run.deleteMany({ where: { id, revision: 0 } })
        if (count === 0) return
        await tx.idempotencyKey.updateMany({ where: { runId: id }, data: { runId: to } })
        tell({ topic: 'run', id })
      })
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
          where: { id, status: { in: ['running', 'queued'] satisfies RunRowStatus[] } },
          data: { status: 'failed', error: jsonValue(error), endedAt: new Date() },
        })
        if (count > 0) tell({ topic: 'run', id })
      })
    },

    async get(id: string): Promise<RunRecord | null> {
      if (!isUuid(id)) return null
      const [row] = await store.run(getRecord, [id])
      return row ? record(row) : null
    },

    async summary(id: string): Promise<RunSummary | null> {
      if (!isUuid(id)) return null
      const [row] = await store.run(getSummary, [id])
      return row ? runSummary(row) : null
    },

    /** Whether a run has ended, or can go no further without a person. One that is gone tells nothing more. */
    async isTelling(id: string): Promise<boolean> {
      const [row] = await store.run(telling, [id])
      return row ? z.object({ telling: z.boolean() }).parse(row).telling : true
    },

    /** In order of beginning; steps that did not begin come last. */
    async steps(runId: string): Promise<StepRow[]> {
      const rows = await store.client.step.findMany({ where: { runId } })
      if (rows.length > 0) return rows.map(stepRow).toSorted(byBeginning)
      const run = await store.client.run.findFirst({ where: { id: runId, express: true }, select: { record: true } })
      return z
        .array(z.unknown())
        .parse(run?.record ?? [])
        .map(stepRow)
        .toSorted(byBeginning)
    },

    /** Newest first. */
    async list(query: RunQuery = {}): Promise<RunSummary[]> {
      const { name, environment, trigger, status, verdict, parentRunId } = query
      const rows = await store.client.run.findMany({
        where: {
          environment,
          trigger,
          status,
          verdict,
          parentRunId,
          ...(name === undefined ? {} : { runbook: { name } }),
          ...(query.before === undefined ? {} : isBefore(query.before)),
        },
        ...summaryColumns,
        orderBy: [{ startedAt: 'desc' }, { id: 'desc' }],
        take: Math.min(query.limit ?? 50, 200),
      })
      return rows.map(runSummary)
    },

    /**
     * Runs that were accepted and whose workflow told nothing since: it may never have been started. Oldest first.
     * @param of.olderThanMs younger ones are being started.
     */
    async stuck(of: { olderThanMs: number; limit?: number }): Promise<RunRecord[]> {
      const before = new Date(Date.now() - of.olderThanMs).toISOString()
      const rows = await store.run(stuck, [before, of.limit ?? 100])
      return Promise.all(rows.map(record))
    },

    /** The newest run of each of these runbooks. */
    async newestOf(runbookIds: string[]): Promise<Map<string, RunSummary>> {
      const rows = await store.client.run.findMany({
        where: { runbookId: { in: runbookIds } },
        distinct: ['runbookId'],
        ...summaryColumns,
        orderBy: { startedAt: 'desc' },
      })
      return new Map(rows.map((row) => [row.runbookId, runSummary(row)]))
    },
  }
}

export type Runs = ReturnType<typeof createRuns>

async function planOf(plans: Plans, hash: string): Promise<Plan> {
  const plan = await plans.get(hash)
  if (plan) return plan
  // The foreign key forbids it.
  throw new Error(`The plan ${hash} of a run is not in the database.`)
}

function isBefore(cursor: string): Prisma.RunWhereInput {
  const [at = '', id] = cursor.split('_')
  const startedAt = new Date(at)
  if (id === undefined) return { startedAt: { lt: startedAt } }
  return { OR: [{ startedAt: { lt: startedAt } }, { startedAt, id: { lt: id } }] }
}

function byBeginning(one: StepRow, other: StepRow): number {
  const [a, b] = [one.startedAt, other.startedAt]
  if (a !== b) return a === null ? 1 : b === null ? -1 : a < b ? -1 : 1
  // What follows at once begins in the same millisecond: what ended first led to it.
  const [aEnd, bEnd] = [one.endedAt, other.endedAt]
  if (aEnd !== bEnd) return aEnd === null ? 1 : bEnd === null ? -1 : aEnd < bEnd ? -1 : 1
  return one.stepId < other.stepId ? -1 : one.stepId > other.stepId ? 1 : 0
}

/** Ids come from addresses that people type. */
function isUuid(id: string): boolean {
  return z.uuid().safeParse(id).success
}
