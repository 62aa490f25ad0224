/** Approve steps: what their inputs mean, who may decide, and the result that a decision gives. */
import * as z from 'zod'
import { type Parsed, badInput } from './control.ts'
import { duration, parameter } from './document.ts'
import { durationSeconds } from './duration.ts'
import { parseParams } from './parse-params.ts'
import { personOf } from './person.ts'
import type { ActionPlan, Approval, RunState, StepResult, StepState } from './run.ts'
import type { ApprovalRefusal } from './protocol.ts'

/** Type id of the node that asks people. */
export const approveType = 'steer.approve'
export const approveOutcomes = ['approved', 'rejected', 'expired'] as const
type ApproveOutcome = (typeof approveOutcomes)[number]

/** Inputs of an approve step. */
export const approveInput = z.object({
  /** What people are asked: "Switch payment traffic to zone B?" */
  question: z.string().min(1),
  /** How long it waits before it ends by itself. */
  expiresAfter: duration.default('15m'),
  /** How it ends then. It never ends as approved. */
  onExpiry: z.enum(['expire', 'reject']).default('expire'),
  /** How many people must say yes. */
  approvals: z.number().int().min(1).max(20).default(1),
  /** Who may say yes, as people are known; every operator when empty. A person's token counts as the person. */
  approvers: z.array(z.string()).max(100).default([]),
  /** Whether the person who started the run may approve. */
  allowRequester: z.boolean().default(false),
  /** What people fill in when they approve. */
  form: z.record(z.string(), parameter).default({}),
})
export type ApproveInput = z.infer<typeof approveInput>

/** Output of an approve step. `by` and `comment` are the last decision's; `by` is null when it expired. */
export const approveOutput = z.object({
  by: z.string().nullable(),
  comment: z.string(),
  /** ISO 8601. */
  at: z.string(),
  hashes: z.array(z.string()),
  approvals: z.array(z.object({ by: z.string(), at: z.string(), comment: z.string() })),
  /** As the last person who approved filled it in. */
  form: z.record(z.string(), z.unknown()),
})
export type ApproveOutput = z.infer<typeof approveOutput>

/** No run lasts longer. */
const longestWaitSeconds = 7 * 86_400

export interface ParsedApproval extends ApproveInput {
  expiresAfterSeconds: number
}

/** Reads an approve step's resolved input. */
export function parseApproveInput(input: Record<string, unknown>): Parsed<ParsedApproval> {
  const parsed = approveInput.safeParse(input)
  const seconds = parsed.success ? durationSeconds(parsed.data.expiresAfter) : null
  if (parsed.success && seconds !== null && seconds >= 1 && seconds <= longestWaitSeconds)
    return { ok: true, value: { ...parsed.data, expiresAfterSeconds: seconds } }
  const [issue = { path: ['expiresAfter'], message: 'Use 1s to 7d.' }] = parsed.error?.issues ?? []
  return { ok: false, error: badInput(`Input "${issue.path.join('.')}" of the approval: ${issue.message}`) }
}

export interface Decision {
  stepId: string
  decision: 'approved' | 'rejected'
  by: string
  hashes: readonly string[]
  form?: Record<string, unknown>
}

/**
 * Why a decision must be refused; null when it counts. The validator of the Update `decideApproval` answers with it, and the interpreter ignores
 * events that it refuses. Call it with the decision as it arrived.
 */
export function refuseDecision(state: RunState, given: Decision): ApprovalRefusal | null {
  const step = Object.hasOwn(state.steps, given.stepId) ? state.steps[given.stepId] : undefined
  if (step?.status === 'done') return 'already-decided'
  if (step?.status !== 'waiting' || step.on.kind !== 'people') return 'no-such-waiting-step'
  if (!sameHashes(step.on.plans, given.hashes)) return 'plan-changed'
  // Anyone who may decide can say no; only a yes is bound to certain people.
  if (given.decision === 'rejected') return null
  const input = approveInput.parse(step.input)
  const person = personOf(given.by)
  if (person === null) return 'person-needed'
  if (!input.allowRequester && person === personOf(state.context.trigger.by)) return 'requester-may-not-approve'
  if (input.approvers.length > 0 && !input.approvers.includes(person)) return 'not-an-approver'
  if (step.on.approvals.some(({ by }) => personOf(by) === person)) return 'already-decided'
  return parseParams(input.form, given.form).ok ? null : 'form-invalid'
}

function sameHashes(plans: ActionPlan[], hashes: readonly string[]): boolean {
  const planned = plans.map((plan) => plan.hash).sort()
  const given = [...hashes].sort()
  return planned.length === given.length && planned.every((hash, index) => hash === given[index])
}

/** A decision that counts, as a yes: its form has its defaults filled in. */
export function approvalOf(
  step: Extract<StepState, { status: 'waiting' }>,
  given: Decision & { comment?: string | undefined; at: number },
): Approval {
  const form = parseParams(approveInput.parse(step.input).form, given.form)
  return { by: given.by, at: given.at, comment: given.comment ?? '', form: form.ok ? form.params : {} }
}

/** The step result where people would be asked in earnest: a dry run goes on as after their yes, and nobody gave it. */
export function unaskedResult(at: number): StepResult {
  const result = decisionResult({ outcome: 'approved', by: null, comment: '', at, plans: [], approvals: [] })
  return { ...result, summary: 'Dry run: people would be asked here' }
}

/** The step result of an approval that ended. */
export function decisionResult(given: {
  outcome: ApproveOutcome
  by: string | null
  comment: string
  at: number
  plans: ActionPlan[]
  approvals: Approval[]
}): StepResult {
  const output: ApproveOutput = {
    by: given.by,
    comment: given.comment,
    at: new Date(given.at).toISOString(),
    hashes: given.plans.map((plan) => plan.hash),
    approvals: given.approvals.map(({ by, at, comment }) => ({ by, at: new Date(at).toISOString(), comment })),
    form: given.approvals.at(-1)?.form ?? {},
  }
  return { outcome: given.outcome, output, summary: decisionSummary(given) }
}

function decisionSummary({ outcome, by, approvals }: Parameters<typeof decisionResult>[0]): string {
  switch (outcome) {
    case 'approved':
      return `Approved by ${approvals.map((one) => one.by).join(', ')}`
    case 'rejected':
      return by === null ? 'Nobody decided in time, which counts as a no' : `Rejected by ${by}`
    case 'expired':
      return 'Nobody decided in time'
  }
}
