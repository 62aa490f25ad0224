/** What the reference model remembers of a run: plain lists that are searched from end to end, so that nothing can be stale. */
import type { Plan, PlanStep } from '../../src/plan.ts'
import type { RunContext, RunStatus, StepError, StepStatus } from '../../src/run.ts'

/** The top of the runbook, or one round of a loop. */
export interface ModelScope {
  loop: ModelStep | null
  /** Rounds of the loops around, this one last; empty at the top. */
  rounds: number[]
  state: 'going' | 'done' | 'failed' | 'cancelled'
  /** What `collect` gave. */
  value: unknown
}

export interface ModelStep {
  key: string
  step: PlanStep
  scope: ModelScope
  status: StepStatus
  /** 0 until it begins. */
  attempt: number
  input: Record<string, unknown>
  /** It ended with a result that it did not make itself. */
  borrowed: boolean
  outcome?: string
  output?: unknown
  summary?: string
  error?: StepError
  reason?: string
  endedAt?: number
  /** The deadline of its join: not begun, running or over. */
  deadline: 'none' | 'running' | 'over'
  /** Of an approve step: hashes shown, and who said yes. */
  hashes: string[]
  yes: string[]
}

/** What the outside was asked to do: run a step or a child, plan actions, ask people, wait for an event. */
export interface Begun {
  what: 'run' | 'child' | 'plan' | 'ask' | 'await'
  key: string
  /** Of runs, children and plans. */
  attempt?: number
  /** Of runs; of children their parameters. */
  input?: unknown
  /** Of runs whose action people have approved. */
  approvedHash?: string
}

export interface Model {
  plan: Plan
  context: RunContext
  status: RunStatus
  error: StepError | null
  started: boolean
  now: number
  scopes: ModelScope[]
  steps: ModelStep[]
  /** Whose turn it is when several can begin at one moment: the steps of a scope as written when it opens, then those that edges of an ended step lead to. */
  turn: ModelStep[]
  /** Id -> when it fires. */
  timers: Map<string, number>
  /** What the outside was asked to do, in order. */
  begun: Begun[]
  joined: number
  /** Whether the end asked for actions to be put back. */
  reverted: boolean
}

export const hasEnded = ({ status }: ModelStep): boolean =>
  status === 'done' || status === 'failed' || status === 'skipped' || status === 'cancelled'

/** Steps of a scope in the plan's order. */
export const stepsIn = (model: Model, scope: ModelScope): ModelStep[] =>
  model.steps.filter((one) => one.scope === scope)

export const roundsOfLoop = (model: Model, loop: ModelStep): ModelScope[] =>
  model.scopes.filter((scope) => scope.loop === loop)

/** Opens the top or a round: all its steps are pending. */
export function openScope(model: Model, loop: ModelStep | null, rounds: number[]): ModelScope {
  const scope: ModelScope = { loop, rounds, state: 'going', value: null }
  model.scopes.push(scope)
  for (const step of model.plan.steps) {
    if (step.parent !== (loop === null ? null : loop.step.id)) continue
    model.steps.push({
      key: rounds.length === 0 ? step.id : `${step.id}#${rounds.join('.')}`,
      step,
      scope,
      status: 'pending',
      attempt: 0,
      input: {},
      borrowed: false,
      deadline: 'none',
      hashes: [],
      yes: [],
    })
  }
  model.turn.push(...stepsIn(model, scope))
  return scope
}

export function startTimer(model: Model, id: string, seconds: number): void {
  model.timers.set(id, model.now + seconds * 1000)
}

/** No timer of a step outlives it. */
function stopTimers(model: Model, key: string): void {
  for (const id of model.timers.keys()) if (id.split(':')[1] === key) model.timers.delete(id)
}

export function endDone(
  model: Model,
  one: ModelStep,
  result: { outcome: string; output?: unknown; summary?: string },
): void {
  endAs(model, one, 'done')
  one.outcome = result.outcome
  one.output = result.output ?? null
  one.summary = result.summary ?? ''
}

export function endFailed(model: Model, one: ModelStep, error: StepError): void {
  endAs(model, one, 'failed')
  one.error = error
}

export function endSkipped(model: Model, one: ModelStep, reason: string): void {
  endAs(model, one, 'skipped')
  one.reason = reason
}

/** With all that goes on inside of it, when it is a loop. */
export function endCancelled(model: Model, one: ModelStep): void {
  if (hasEnded(one)) return
  endAs(model, one, 'cancelled')
  cancelRounds(model, one)
}

export function cancelRounds(model: Model, loop: ModelStep): void {
  for (const scope of roundsOfLoop(model, loop)) {
    if (scope.state !== 'going') continue
    scope.state = 'cancelled'
    for (const inner of stepsIn(model, scope)) endCancelled(model, inner)
  }
}

function endAs(model: Model, one: ModelStep, status: StepStatus): void {
  one.status = status
  one.endedAt = model.now
  stopTimers(model, one.key)
  if (status === 'cancelled') return
  for (const { from, to } of model.plan.edges) {
    if (from === one.step.id) model.turn.push(...stepsIn(model, one.scope).filter(({ step }) => step.id === to))
  }
}

/** `code` is all that a message would add. */
export const errorOf = (code: string, retryable = false): StepError => ({ code, message: code, retryable })
