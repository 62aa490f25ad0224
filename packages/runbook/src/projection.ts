/** What the driver of a run tells the database about it, so that pages and callers can read it. Temporal stays the truth. */
import type { Parameter } from './document.ts'
import type { ActionPlan, Approval, RunStatus, StepError, StepState } from './run.ts'

/** A question to people, with the plans that they decide on. Times are unix milliseconds. */
export interface ApprovalRequest {
  runId: string
  stepId: string
  question: string
  plans: ActionPlan[]
  allowRequester: boolean
  /** How many people must approve. */
  needed: number
  /** Who may approve; everyone who may decide when empty. */
  approvers: string[]
  /** What people fill in when they approve. */
  form: Record<string, Parameter>
  requestedAt: number
  expiresAt: number
}

/** How an approval ended. Times are unix milliseconds. */
export interface ApprovalEnd {
  stepId: string
  status: 'approved' | 'rejected' | 'expired' | 'cancelled'
  by: string | null
  comment: string | null
  at: number
}

/** What changed in a run since the projection before; steps that did not change are not in it. Times are unix milliseconds. */
export interface RunProjection {
  runId: string
  /** Rises by one each time, so that one that arrives late changes nothing. */
  revision: number
  status: RunStatus
  startedAt: number
  endedAt: number | null
  error: StepError | null
  steps: { stepId: string; type: string; title: string; state: StepState }[]
  approvals: ApprovalEnd[]
  /** Approvals that go on and got another yes: all of their yeses so far. */
  decisions?: { stepId: string; approvals: Approval[] }[]
}
