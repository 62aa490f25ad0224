/** Approve steps: what their inputs mean, who may decide, and the result that a decision gives. */
import * as z from 'zod'
import { duration } from './document.ts'
import { durationSeconds } from './duration.ts'
import type { ActionPlan, RunState, StepError, StepResult } from './run.ts'
import type { ApprovalRefusal } from './protocol.ts'

/** Type id of the node that asks people. */
export const approveType = 'steer.approve'
export const approveOutcomes = ['approved', 'rejected', 'expired'] as const

/** Inputs of an approve step. */
export const approveInput = z.object({
  /** What people are asked: "Switch payment traffic to zone B?" */
  question: z.string().min(1),
  /** How long it waits before it ends as `expired`. */
  expiresAfter: duration.default('15m'),
  /** Whether the person who started the run may approve. */
  allowRequester: z.boolean().default(true),
})
export type ApproveInput = z.infer<typeof approveInput>

/** Output of an approve step. `by` is null when it expired. */
export const approveOutput = z.object({
  by: z.string().nullable(),
  comment: z.string(),
  /** ISO 8601. */
  at: z.string(),
  hashes: z.array(z.string()),
})
export type ApproveOutput = z.infer<typeof approveOutput>

/** No run lasts longer. */
const longestWaitSeconds = 7 * 86_400

type ParsedApproval = { ok: true; expiresAfterSeconds: number } | { ok: false; error: StepError }

/** Reads an approve step's resolved input. */
export function parseApproveInput(input: Record<string, unknown>): ParsedApproval {
  const parsed = approveInput.safeParse(input)
  const seconds = parsed.success ? durationSeconds(parsed.data.expiresAfter) : null
  if (seconds !== null && seconds >= 1 && seconds <= longestWaitSeconds)
    return { ok: true, expiresAfterSeconds: seconds }
  const [issue = { path: ['expiresAfter'], message: 'Use 1s to 7d.' }] = parsed.error?.issues ?? []
  return {
    ok: false,
    error: {
      code: 'bad-input',
      message: `Input "${issue.path.join('.')}" of the approval: ${issue.message}`,
      fix: 'Give the approve step a question and, if wanted, expiresAfter (15m) and allowRequester.',
      retryable: false,
    },
  }
}

/**
 * Why a decision must be refused; null when it counts. The validator of the Update `decideApproval` answers with it, and the interpreter ignores
 * events that it refuses. Call it with the decision as it arrived.
 */
export function refuseDecision(
  state: RunState,
  given: { stepId: string; decision: 'approved' | 'rejected'; by: string; hashes: readonly string[] },
): ApprovalRefusal | null {
  const step = Object.hasOwn(state.steps, given.stepId) ? state.steps[given.stepId] : undefined
  if (step?.status === 'done') return 'already-decided'
  if (step?.status !== 'waiting') return 'no-such-waiting-step'
  if (!sameHashes(step.plans, given.hashes)) return 'plan-changed'
  // Anyone who may decide can say no; only a yes needs a second person.
  if (given.decision === 'approved' && step.input['allowRequester'] === false && given.by === state.context.trigger.by)
    return 'requester-may-not-approve'
  return null
}

function sameHashes(plans: ActionPlan[], hashes: readonly string[]): boolean {
  const planned = plans.map((plan) => plan.hash).sort()
  const given = [...hashes].sort()
  return planned.length === given.length && planned.every((hash, index) => hash === given[index])
}

/** The step result of a decision. */
export function decisionResult(given: {
  outcome: (typeof approveOutcomes)[number]
  by: string | null
  comment: string
  at: number
  plans: ActionPlan[]
}): StepResult {
  const output: ApproveOutput = {
    by: given.by,
    comment: given.comment,
    at: new Date(given.at).toISOString(),
    hashes: given.plans.map((plan) => plan.hash),
  }
  return { outcome: given.outcome, output, summary: decisionSummary(given.outcome, given.by) }
}

function decisionSummary(outcome: (typeof approveOutcomes)[number], by: string | null): string {
  switch (outcome) {
    case 'approved':
      return `Approved by ${by}`
    case 'rejected':
      return `Rejected by ${by}`
    case 'expired':
      return 'Nobody decided in time'
  }
}
