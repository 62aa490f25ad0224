/** One event's work on a run: a draft of the state and the commands so far. Lives for one call of `step`. */
import type { Plan } from './plan.ts'
import type { PlanIndex } from './plan-index.ts'
import type { RunCommand, RunState, StepError, StepResult, StepState } from './run.ts'

/** What running, waiting and ended states of a step have in common. */
export interface Attempt {
  attempt: number
  startedAt: number
  input: Record<string, unknown>
}

export const retryTimer = (stepId: string, attempt: number): string => `retry:${stepId}:${attempt}`
export const approvalTimer = (stepId: string, attempt: number): string => `approval:${stepId}:${attempt}`

/** Whether a step's state can still change. */
export function isFinal(state: StepState): boolean {
  switch (state.status) {
    case 'done':
    case 'failed':
    case 'skipped':
    case 'cancelled':
      return true
    case 'pending':
    case 'running':
    case 'backing-off':
    case 'waiting':
      return false
  }
}

export class Turn {
  readonly plan: Plan
  readonly index: PlanIndex
  readonly at: number
  state: RunState
  private readonly commands: RunCommand[] = []
  private stepsCopied = false

  constructor(plan: Plan, index: PlanIndex, { state, at }: { state: RunState; at: number }) {
    this.plan = plan
    this.index = index
    this.state = state
    this.at = at
  }

  /** Undefined for an id that the plan does not have: events come from outside. */
  stepState(id: string): StepState | undefined {
    return Object.hasOwn(this.state.steps, id) ? this.state.steps[id] : undefined
  }

  set(id: string, next: StepState): void {
    // The steps are copied once a turn, however many of them change.
    if (!this.stepsCopied) this.state = { ...this.state, steps: { ...this.state.steps } }
    this.stepsCopied = true
    this.state.steps[id] = next
  }

  change(fields: Partial<Omit<RunState, 'steps'>>): void {
    this.state = { ...this.state, ...fields }
  }

  fail(id: string, { attempt, startedAt, input }: Attempt, error: StepError): void {
    this.set(id, { status: 'failed', attempt, startedAt, endedAt: this.at, input, error })
  }

  finish(id: string, { attempt, startedAt, input }: Attempt, result: StepResult): void {
    this.set(id, { status: 'done', attempt, startedAt, endedAt: this.at, input, result })
  }

  command(command: RunCommand): void {
    this.commands.push(command)
  }

  result(): { state: RunState; commands: RunCommand[] } {
    return { state: this.state, commands: this.commands }
  }
}
