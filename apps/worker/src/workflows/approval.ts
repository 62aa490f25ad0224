/** Why a decision does not count, in words, and how an approval ended. */
import type { ApprovalEnd, ApprovalRefusal, RunEvent, RunState, StepStatus } from '@tenon/runbook'

/** What the person who decided is told. */
export const refusalMessages: Record<ApprovalRefusal, string> = {
  'no-such-waiting-step': 'The step does not wait for a decision: it has not begun, expired or was cancelled.',
  'already-decided': 'The step was decided already. Open the run to see by whom.',
  'plan-changed': 'The planned actions are not the ones that were decided on. Open the approval again and read them.',
  'requester-may-not-approve': 'Whoever started the run may not approve its actions. Ask another operator.',
}

/** The approvals that ended with `event`. */
export function approvalEnds(before: RunState, after: RunState, event: RunEvent): ApprovalEnd[] {
  const ends: ApprovalEnd[] = []
  for (const [stepId, was] of Object.entries(before.steps)) {
    const now = after.steps[stepId]
    if (was.status !== 'waiting' || !now || now.status === 'waiting') continue
    const decided = event.kind === 'approval-decided' && event.stepId === stepId ? event : null
    ends.push({
      stepId,
      status: decided ? decided.decision : undecidedStatus(now.status),
      by: decided?.by ?? null,
      comment: decided?.comment ?? null,
      at: event.at,
    })
  }
  return ends
}

function undecidedStatus(status: StepStatus): ApprovalEnd['status'] {
  return status === 'cancelled' ? 'cancelled' : 'expired'
}
