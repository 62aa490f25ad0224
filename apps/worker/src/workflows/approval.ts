/** What an approval's decision must be to count, and how an approval ended. */
import type { ApprovalRefusal, DecideApproval, RunEvent, RunState } from '@tenon/runbook'
import type { ApprovalEnd, ApprovalStatus } from '../engine-activities.ts'

/** Why a decision is refused; null when it counts. */
export function refusalOf(
  state: RunState,
  decision: DecideApproval,
): { code: ApprovalRefusal; message: string } | null {
  const now = state.steps[decision.stepId]
  if (now?.status === 'done') {
    return { code: 'already-decided', message: `Step ${decision.stepId} was decided already: ${now.result.outcome}.` }
  }
  if (now?.status !== 'waiting') {
    return { code: 'no-such-waiting-step', message: `Step ${decision.stepId} does not wait for a decision.` }
  }
  const wanted = now.plans.map((plan) => plan.hash).toSorted()
  const given = decision.hashes.toSorted()
  if (wanted.length !== given.length || wanted.some((hash, index) => hash !== given[index])) {
    return {
      code: 'plan-changed',
      message: 'The planned actions are not the ones that were decided on. Open the approval again and read them.',
    }
  }
  if (
    decision.decision === 'approved' &&
    now.input['allowRequester'] !== true &&
    decision.by === state.context.trigger.by
  ) {
    return {
      code: 'requester-may-not-approve',
      message: 'Whoever started the run may not approve its actions. Ask another operator.',
    }
  }
  return null
}

/** The approvals that ended with `event`. */
export function approvalEndOf(before: RunState, after: RunState, event: RunEvent): ApprovalEnd[] {
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

function undecidedStatus(status: RunState['steps'][string]['status']): ApprovalStatus {
  return status === 'cancelled' ? 'cancelled' : 'expired'
}
