import * as z from 'zod'
import { decideOn } from '../../decide-approval.ts'
import { ApiError } from '../../errors.ts'
import { defineOperation } from '../operation.ts'
import { runId } from '../runs/run-schema.ts'
import { unknownRun } from '../runs/run-view.ts'
import { untilTrue } from '../until-true.ts'
import { approvalSchema, approvalView } from './approval-schema.ts'

const showMs = 3_000

export const decideApproval = defineOperation({
  id: 'decideApproval',
  method: 'POST',
  path: '/api/v1/approvals/{runId}/{stepId}/decision',
  summary: 'Approve or reject',
  description:
    'The decision counts for the plans whose hashes are sent, and for no others. A token counts as the person whose it is. A plan that changed, a time that is over, and whoever asked or wrote the version where that is not allowed, are refused.',
  role: 'operator',
  params: z.strictObject({ runId, stepId: z.string().min(1).max(64) }),
  body: z.strictObject({
    decision: z.enum(['approved', 'rejected']),
    hashes: z.array(z.string().max(100)).max(200).describe('Of the plans that were looked at.'),
    comment: z.string().trim().max(4000).optional(),
    form: z.record(z.string(), z.unknown()).optional().describe('What the approval asks to be filled in.'),
  }),
  responses: {
    200: { description: 'The approval as it is now; others may still have to approve.', schema: approvalSchema },
  },
  errors: {
    'unknown-approval': 'Nobody is asked for this.',
    'no-such-waiting-step': 'Nothing waits for it any more.',
    'plan-changed': 'The plan is not the one whose hash was sent.',
    'already-decided': 'Someone decided already.',
    'requester-may-not-approve': 'Who started the run may not approve it, with a token neither.',
    'not-an-approver': 'The step names who may approve it, and the person whose token it is is not among them.',
    'form-invalid': 'What was filled in does not fit the form of the approval.',
    'author-may-not-approve': 'Who wrote the version may not approve what it does.',
    'approval-expired': 'The time to decide is over.',
  },
  async handler({ params, body, actor, request, services, reply }) {
    const { db, live } = services
    const before = await db.approvals.get(params.runId, params.stepId)
    if (!before) throw unknownApproval()
    const run = await db.runs.summary(params.runId)
    if (!run) throw unknownRun(params.runId)
    await decideOn({ ...body, ...params }, { actor, services })
    let now = before
    const changed = async (): Promise<boolean> => {
      now = (await db.approvals.get(params.runId, params.stepId)) ?? now
      return now.status !== before.status || now.decisions.length !== before.decisions.length
    }
    await untilTrue(live, changed, { id: params.runId, ms: showMs, signal: request.signal })
    return reply(200, approvalView(services, now, { runbook: run.runbook.name, requestedBy: run.requestedBy }))
  },
})

const unknownApproval = () =>
  new ApiError({
    status: 404,
    code: 'unknown-approval',
    message: 'Nobody is asked for this.',
    fix: 'List the approvals, or look at what the run waits for.',
  })
