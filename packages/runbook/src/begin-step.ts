/** Begins a step: resolves its inputs and says what the driver must do. */
import { approveOutput, parseApproveInput } from './approval.ts'
import { resolveInput, runBindings } from './bindings.ts'
import type { PlanStep } from './plan.ts'
import type { ActionPlan, StepError } from './run.ts'
import { type Attempt, type Turn, approvalTimer } from './turn.ts'

/** First attempt of a pending step. Afterwards the step is running, waiting or failed. */
export function beginStep(turn: Turn, id: string): void {
  const planStep = turn.index.step(id)
  const resolved = resolveInput(planStep.input, runBindings(turn.state))
  const attempt: Attempt = { attempt: 1, startedAt: turn.at, input: resolved.ok ? resolved.input : {} }
  if (resolved.ok) beginAttempt(turn, id, attempt)
  else turn.fail(id, attempt, expressionFailed(resolved.message))
}

/** An attempt with inputs that are resolved already: a retry asks the same question again. */
export function beginAttempt(turn: Turn, id: string, attempt: Attempt): void {
  const planStep = turn.index.step(id)
  if (planStep.effect === 'approve') return beginApproval(turn, planStep, attempt)
  turn.set(id, { status: 'running', ...attempt })
  const approvedHash = findApprovedHash(turn, id)
  turn.command({
    kind: 'run-step',
    stepId: id,
    attempt: attempt.attempt,
    input: attempt.input,
    asOf: turn.state.context.asOf,
    timeoutSeconds: planStep.timeoutSeconds,
    ...(approvedHash === null ? {} : { approvedHash }),
  })
}

/** People see what would be done before they are asked, so the guarded actions are planned first. */
function beginApproval(turn: Turn, planStep: PlanStep, attempt: Attempt): void {
  const parsed = parseApproveInput(attempt.input)
  if (!parsed.ok) return turn.fail(planStep.id, attempt, parsed.error)
  if (planStep.guards.length === 0) return askPeople(turn, planStep.id, { attempt, plans: [] })
  const bindings = runBindings(turn.state)
  const actions: { stepId: string; input: Record<string, unknown> }[] = []
  for (const guarded of planStep.guards) {
    const resolved = resolveInput(turn.index.step(guarded).input, bindings)
    if (!resolved.ok)
      return turn.fail(planStep.id, attempt, expressionFailed(`Action "${guarded}": ${resolved.message}`))
    actions.push({ stepId: guarded, input: resolved.input })
  }
  turn.set(planStep.id, { status: 'running', ...attempt })
  turn.command({ kind: 'plan-actions', stepId: planStep.id, attempt: attempt.attempt, actions })
}

/** Puts the question to people and starts the time after which it expires. */
export function askPeople(turn: Turn, id: string, { attempt, plans }: { attempt: Attempt; plans: ActionPlan[] }): void {
  const parsed = parseApproveInput(attempt.input)
  if (!parsed.ok) return turn.fail(id, attempt, parsed.error)
  const { attempt: number, startedAt, input } = attempt
  const expiresAt = turn.at + parsed.expiresAfterSeconds * 1000
  turn.set(id, { status: 'waiting', attempt: number, startedAt, input, expiresAt, plans })
  turn.command({ kind: 'request-approval', stepId: id, plans, expiresAt, input })
  turn.command({ kind: 'start-timer', timerId: approvalTimer(id, number), seconds: parsed.expiresAfterSeconds })
}

/** The hash that people approved for this step; null when no approval leads to it. Hashes stand in the order of the guards. */
function findApprovedHash(turn: Turn, id: string): string | null {
  for (const edge of turn.index.incoming(id)) {
    const position = turn.index.step(edge.from).guards.indexOf(id)
    const source = turn.stepState(edge.from)
    if (position === -1 || source?.status !== 'done' || source.result.outcome !== 'approved') continue
    const hash = approveOutput.parse(source.result.output).hashes[position]
    if (hash !== undefined) return hash
  }
  return null
}

function expressionFailed(message: string): StepError {
  return {
    code: 'expression-failed',
    message,
    fix: 'Correct the expression, or guard it with has(...) or steps.<id>.outcome.',
    retryable: false,
  }
}
