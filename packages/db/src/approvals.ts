import {
  parameter,
  personOf,
  type ActionPlan,
  type ApprovalRequest,
  type Parameter,
  type StepStatus,
} from '@tenon/runbook'
import * as z from 'zod'
import { DbError } from './db-error.ts'
import type { Prisma } from './generated/client.ts'
import { runSummary, summaryColumns, type RunSummary } from './run-row.ts'
import type { Store, Transaction } from './store.ts'
import { iso, isoOrNull, jsonValue, storedActionPlans, storedObject } from './stored.ts'

export type ApprovalStatus = 'waiting' | 'approved' | 'rejected' | 'expired' | 'cancelled'

/** Times are ISO 8601. */
export interface ApprovalRow {
  id: string
  runId: string
  stepId: string
  status: ApprovalStatus
  question: string
  plans: ActionPlan[]
  /** Whether the one who asked for the run may also approve. */
  allowRequester: boolean
  /** How many people must approve. */
  needed: number
  /** Who may decide; everyone who may decide when empty. */
  approvers: string[]
  /** What people fill in when they approve. */
  form: Record<string, Parameter>
  /** Who said yes so far. */
  decisions: ApprovalDecision[]
  requestedAt: string
  expiresAt: string
  decidedBy: string | null
  decidedAt: string | null
  comment: string | null
}

/** A person's yes. */
export type ApprovalDecision = z.infer<typeof decision>

export interface ApprovalSummary extends ApprovalRow {
  run: RunSummary
}

/** What somebody decided, about the plans with these hashes. */
export interface GivenDecision {
  runId: string
  stepId: string
  decision: 'approved' | 'rejected'
  hashes: readonly string[]
  /** Who decides, as people and runs know them. */
  by: string
  /** The same, as the audit log does: `user:<id>`, `token:<id>`. */
  actor: string
}

const approvalStatus = z.enum(['waiting', 'approved', 'rejected', 'expired', 'cancelled'])
const decision = z.object({
  by: z.string(),
  at: z.string(),
  comment: z.string().default(''),
  form: storedObject.default({}),
})
const withRun = { include: { run: summaryColumns } } as const

/**
 * What waits for people, and how it ended. A decision is judged and recorded here first, then told to the run, which judges what it alone knows; how it ended
 * is the run's projection.
 */
export function createApprovals(store: Store) {
  return {
    /**
     * Records that people are asked. Idempotent: the same run and step asks once. One that ended before it could be recorded is left out:
     * nothing would ever end it.
     */
    async request(request: ApprovalRequest): Promise<void> {
      await store.write(async (tx, tell) => {
        if (await isPast(tx, request)) return
        const { count } = await tx.approval.createMany({
          data: [
            {
              runId: request.runId,
              stepId: request.stepId,
              status: 'waiting',
              question: request.question,
              plans: jsonValue(request.plans),
              allowRequester: request.allowRequester,
              needed: request.needed,
              approvers: jsonValue(request.approvers),
              form: jsonValue(request.form),
              requestedAt: new Date(request.requestedAt),
              expiresAt: new Date(request.expiresAt),
            },
          ],
          skipDuplicates: true,
        })
        if (count > 0) tell({ topic: 'approval', id: request.runId })
      })
    },

    /** Newest first. */
    async list(query: { status?: ApprovalStatus; limit?: number } = {}): Promise<ApprovalSummary[]> {
      const rows = await store.client.approval.findMany({
        where: query.status ? { status: query.status } : {},
        ...withRun,
        orderBy: { requestedAt: 'desc' },
        take: Math.min(query.limit ?? 100, 200),
      })
      return rows.map((row) => ({ ...approvalRow(row), run: runSummary(row.run) }))
    },

    async get(runId: string, stepId: string): Promise<ApprovalRow | null> {
      const row = await store.client.approval.findUnique({ where: { runId_stepId: { runId, stepId } } })
      return row && approvalRow(row)
    },

    /**
     * Judges and records a decision, in one transaction and by PostgreSQL's clock. One that is refused is on record as well. Tell the run of it afterwards.
     *
     * @throws DbError `unknown-approval`, `approval-expired`, `author-may-not-approve`.
     */
    async decide(given: GivenDecision): Promise<void> {
      const refused = await store.write(async (tx) => {
        const refusal = await judge(tx, given)
        const { runId, stepId, decision, hashes, actor } = given
        await tx.auditEvent.create({
          data: {
            actor,
            action: refusal ? 'approvals.refused' : 'approvals.decide',
            subject: `${runId}/${stepId}`,
            detail: jsonValue({
              decision,
              hashes,
              ...(refusal ? { code: refusal.code, message: refusal.message } : {}),
            }),
          },
        })
        return refusal
      })
      if (refused) throw refused
    },

    /** Who wrote what a run does: of each version that it and the runs it is a part of are of, who published it; of a draft, who saved it. */
    authors: (runId: string): Promise<string[]> => readAuthors(store.client, runId),

    async ofRun(runId: string): Promise<ApprovalRow[]> {
      const rows = await store.client.approval.findMany({ where: { runId }, orderBy: { requestedAt: 'asc' } })
      return rows.map(approvalRow)
    },
  }
}

const asked = z.array(z.object({ status: approvalStatus, isLate: z.boolean(), allowRequester: z.boolean() }))

/** The lock makes a projection of how it ended wait, or be seen. */
async function judge(tx: Transaction, { runId, stepId, decision, by }: GivenDecision): Promise<DbError | null> {
  const [row] = asked.parse(
    await tx.$queryRaw`
SELECT "status", "expiresAt" <= (clock_timestamp() AT TIME ZONE 'UTC') AS "isLate", "allowRequester"
FROM "approval" WHERE "runId" = ${runId} AND "stepId" = ${stepId} FOR UPDATE`,
  )
  if (!row) {
    return new DbError('unknown-approval', 'Nobody is asked for this.', {
      fix: 'Open the run to see what it waits for, or list the approvals.',
    })
  }
  if (row.status === 'expired' || (row.status === 'waiting' && row.isLate)) {
    return new DbError('approval-expired', 'The time to decide is over.', { fix: 'Run it again to get a new plan.' })
  }
  // Anyone who may decide can say no; only a yes is bound to certain people.
  if (decision === 'rejected' || row.allowRequester) return null
  const person = personOf(by)
  const authors = (await readAuthors(tx, runId)).map(personOf)
  if (person === null || !authors.includes(person)) return null
  return new DbError(
    'author-may-not-approve',
    'You wrote this version of the runbook, and its actions need the yes of somebody else.',
    { fix: 'Ask another operator.' },
  )
}

const writers = z.array(z.object({ author: z.string() }))

/** A part of a run does what the runbook that it is a part of tells it: who wrote that one wrote both. */
async function readAuthors(tx: Transaction, runId: string): Promise<string[]> {
  const rows = await tx.$queryRaw`
WITH RECURSIVE "line" AS (
  SELECT "id", "parentRunId", "runbookId", "version" FROM "run" WHERE "id" = ${runId}
  UNION
  SELECT "run"."id", "run"."parentRunId", "run"."runbookId", "run"."version" FROM "run" JOIN "line" ON "run"."id" = "line"."parentRunId"
)
SELECT DISTINCT coalesce("runbook_version"."publishedBy", "runbook_draft"."savedBy") AS "author" FROM "line"
LEFT JOIN "runbook_version" ON "runbook_version"."runbookId" = "line"."runbookId" AND "runbook_version"."number" = "line"."version"
LEFT JOIN "runbook_draft" ON "line"."version" IS NULL AND "runbook_draft"."runbookId" = "line"."runbookId"
WHERE coalesce("runbook_version"."publishedBy", "runbook_draft"."savedBy") IS NOT NULL ORDER BY "author"`
  return writers.parse(rows).map(({ author }) => author)
}

/** Whether the run or the step has ended, as projections tell. The lock makes a projection under way wait, or be seen. */
async function isPast(tx: Transaction, { runId, stepId }: ApprovalRequest): Promise<boolean> {
  const [run] = await tx.$queryRaw<{ status: string; revision: number }[]>`
    SELECT "status", "revision" FROM "run" WHERE "id" = ${runId} FOR UPDATE`
  if (!run || (run.status !== 'running' && run.revision > 0)) return true
  const step = await tx.step.findUnique({ where: { runId_stepId: { runId, stepId } }, select: { status: true } })
  return step !== null && ended.has(step.status)
}

const ended = new Set<string>(['done', 'failed', 'skipped', 'cancelled'] satisfies StepStatus[])

export type Approvals = ReturnType<typeof createApprovals>

function approvalRow(row: Prisma.ApprovalGetPayload<object>): ApprovalRow {
  return {
    id: row.id,
    runId: row.runId,
    stepId: row.stepId,
    status: approvalStatus.parse(row.status),
    question: row.question,
    plans: storedActionPlans.parse(row.plans),
    allowRequester: row.allowRequester,
    needed: row.needed,
    approvers: z.array(z.string()).parse(row.approvers),
    form: z.record(z.string(), parameter).parse(row.form),
    decisions: z.array(decision).parse(row.decisions),
    requestedAt: iso(row.requestedAt),
    expiresAt: iso(row.expiresAt),
    decidedBy: row.decidedBy,
    decidedAt: isoOrNull(row.decidedAt),
    comment: row.comment,
  }
}
