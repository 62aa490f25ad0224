/** Why a decision does not count, in words, and what became of the approvals of a run. */
import type { Approval, ApprovalEnd, ApprovalRefusal, RunEvent, RunState, StepState } from '@tenon/runbook'

/** What the person who decided is told. */
export const refusalMessages: Record<ApprovalRefusal, string> = {
  'no-such-waiting-step': 'The step does not wait for a decision: it has not begun, expired or was cancelled.',
  'already-decided': 'The step was decided already, or you have approved it already. Open the run to see by whom.',
  'plan-changed': 'The planned actions are not the ones that were decided on. Open the approval again and read them.',
  'requester-may-not-approve': 'Whoever started the run may not approve its actions. Ask another operator.',
  'not-an-approver': 'The step names the people who may approve it, and you are not among them. Ask one of them.',
  'person-needed':
    'Nobody knows whose token it is, so it is nobody who can approve. Approve by yourself, or with a token of yours.',
  'form-invalid': 'What was filled in does not fit the form of the approval. Open it again and correct the fields.',
}

/** The approvals that ended with `event`. */
export function approvalEnds(before: RunState, after: RunState, event: RunEvent): ApprovalEnd[] {
  const ends: ApprovalEnd[] = []
  for (const { stepId, now } of askedBefore(before, after)) {
    if (now.status === 'waiting') continue
    const decided = event.kind === 'approval-decided' && event.stepId === stepId ? event : null
    ends.push({
      stepId,
      status: decided ? decided.decision : undecidedStatus(now),
      by: decided?.by ?? null,
      comment: decided?.comment ?? null,
      at: event.at,
    })
  }
  return ends
}

/** The approvals that got another yes and still wait for more. */
export function approvalProgress(before: RunState, after: RunState): { stepId: string; approvals: Approval[] }[] {
  return askedBefore(before, after).flatMap(({ stepId, was, now }) =>
    now.status === 'waiting' && now.on.kind === 'people' && now.on.approvals.length > was.approvals.length
      ? [{ stepId, approvals: now.on.approvals }]
      : [],
  )
}

function askedBefore(before: RunState, after: RunState) {
  if (before.steps === after.steps) return []
  return Object.entries(before.steps).flatMap(([stepId, was]) => {
    const now = after.steps[stepId]
    return was.status === 'waiting' && was.on.kind === 'people' && now && now !== was
      ? [{ stepId, was: was.on, now }]
      : []
  })
}

/** An expiry that counts as a no ends as `rejected`, by nobody. */
function undecidedStatus(now: StepState): ApprovalEnd['status'] {
  if (now.status === 'cancelled') return 'cancelled'
  return now.status === 'done' && now.result.outcome === 'rejected' ? 'rejected' : 'expired'
}
