import { parameter, type ActionPlan, type ApprovalRequest, type Parameter, type StepStatus } from '@tenon/runbook'
import * as z from 'zod'
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

const approvalStatus = z.enum(['waiting', 'approved', 'rejected', 'expired', 'cancelled'])
const decision = z.object({
  by: z.string(),
  at: z.string(),
  comment: z.string().default(''),
  form: storedObject.default({}),
})
const withRun = { include: { run: summaryColumns } } as const

/** What waits for people, and how it ended. Decisions go through the workflow; this is their projection. */
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

    async ofRun(runId: string): Promise<ApprovalRow[]> {
      const rows = await store.client.approval.findMany({ where: { runId }, orderBy: { requestedAt: 'asc' } })
      return rows.map(approvalRow)
    },
  }
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
