import type { ApprovalSummary } from '@tenon/db'
import { parameter } from '@tenon/runbook'
import * as z from 'zod'
import type { Services } from '../../services.ts'
import { time } from '../runs/run-schema.ts'
import { actionPlanSchema } from './action-plan-schema.ts'

export const approvalStatus = z.enum(['waiting', 'approved', 'rejected', 'expired', 'cancelled'])

export const approvalSchema = z
  .object({
    runId: z.string(),
    stepId: z.string(),
    url: z.string().describe('Its page.'),
    runbook: z.string(),
    status: approvalStatus,
    question: z.string(),
    plans: z.array(actionPlanSchema).describe('What a yes lets happen; send their hashes with the decision.'),
    allowRequester: z.boolean().describe('Whether the one who started the run may approve.'),
    needed: z.int().describe('How many must approve.'),
    approvers: z.array(z.string()).describe('Who may approve; every operator when empty.'),
    form: z.record(z.string(), parameter).describe('What is to be filled in with a yes.'),
    approvedBy: z.array(z.string()).describe('Who has approved so far.'),
    requestedBy: z.string().describe('Who started the run.'),
    requestedAt: time,
    expiresAt: time,
    decidedBy: z.string().nullable(),
    decidedAt: time.nullable(),
    comment: z.string().nullable(),
  })
  .meta({ id: 'Approval' })

export function approvalView(
  { configuration }: Pick<Services, 'configuration'>,
  approval: Omit<ApprovalSummary, 'run'>,
  run: { runbook: string; requestedBy: string },
): z.input<typeof approvalSchema> {
  const { runId, stepId } = approval
  return {
    runId,
    stepId,
    url: `${configuration.publicUrl}/approvals/${runId}/${encodeURIComponent(stepId)}`,
    runbook: run.runbook,
    status: approval.status,
    question: approval.question,
    plans: approval.plans,
    allowRequester: approval.allowRequester,
    needed: approval.needed,
    approvers: approval.approvers,
    form: approval.form,
    approvedBy: approval.decisions.map(({ by }) => by),
    requestedBy: run.requestedBy,
    requestedAt: approval.requestedAt,
    expiresAt: approval.expiresAt,
    decidedBy: approval.decidedBy,
    decidedAt: approval.decidedAt,
    comment: approval.comment,
  }
}
