/** One event's work on a run: a draft of the state and the commands so far. Lives for one call of `step`. */
import type { Plan, PlanStep } from './plan.ts'
import type { PlanIndex } from './plan-index.ts'
import type { LoopState, ResultOrigin, RunCommand, RunState, StepError, StepResult, StepState } from './run.ts'

/** What running, waiting and ended states of a step have in common. */
export interface Attempt {
  attempt: number
  startedAt: number
  input: Record<string, unknown>
}

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

/** Whether a step has begun here: neither skipped nor muted nor taken from another run. */
export function hasRun(state: StepState): boolean {
  switch (state.status) {
    case 'running':
    case 'backing-off':
    case 'waiting':
    case 'failed':
      return true
    case 'done':
      return state.origin === undefined
    case 'cancelled':
      return state.begun !== undefined
    case 'pending':
    case 'skipped':
      return false
  }
}

export class Turn {
  readonly plan: Plan
  readonly index: PlanIndex
  readonly at: number
  state: RunState
  private readonly commands: RunCommand[] = []
  private copied: { steps?: true; loops?: true; timers?: true } = {}

  constructor(plan: Plan, index: PlanIndex, { state, at }: { state: RunState; at: number }) {
    this.plan = plan
    this.index = index
    this.state = state
    this.at = at
  }

  /** Undefined for a key that the run does not have: events come from outside. */
  stepState(key: string): StepState | undefined {
    return Object.hasOwn(this.state.steps, key) ? this.state.steps[key] : undefined
  }

  planStep(key: string): PlanStep {
    return this.index.of(key)
  }

  set(key: string, next: StepState): void {
    this.own('steps')[key] = next
  }

  setLoop(key: string, next: LoopState): void {
    this.own('loops')[key] = next
  }

  change(fields: Partial<Omit<RunState, 'steps' | 'loops' | 'timers'>>): void {
    this.state = { ...this.state, ...fields }
  }

  /** Ends a step that has begun; what was to wake it is cancelled. */
  fail(key: string, { attempt, startedAt, input }: Attempt, error: StepError): void {
    this.cancelTimersOf(key)
    this.set(key, { status: 'failed', attempt, startedAt, endedAt: this.at, input, error })
  }

  finish(key: string, { attempt, startedAt, input }: Attempt, result: StepResult, origin?: ResultOrigin): void {
    this.cancelTimersOf(key)
    const ended = { attempt, startedAt, endedAt: this.at, input, result }
    this.set(key, { status: 'done', ...ended, ...(origin === undefined ? {} : { origin }) })
  }

  skip(key: string, reason: string): void {
    this.cancelTimersOf(key)
    this.set(key, { status: 'skipped', endedAt: this.at, reason })
  }

  startTimer(timerId: string, seconds: number): void {
    this.own('timers')[timerId] = this.at + seconds * 1000
    this.command({ kind: 'start-timer', timerId, seconds })
  }

  cancelTimer(timerId: string): void {
    if (!Object.hasOwn(this.state.timers, timerId)) return
    delete this.own('timers')[timerId]
    this.command({ kind: 'cancel-timer', timerId })
  }

  /** Every timer that would wake this step. */
  cancelTimersOf(key: string): void {
    for (const timerId of Object.keys(this.state.timers)) if (timerId.split(':')[1] === key) this.cancelTimer(timerId)
  }

  /** Notes that a timer came; false when none of this id is under way. */
  takeTimer(timerId: string): boolean {
    if (!Object.hasOwn(this.state.timers, timerId)) return false
    delete this.own('timers')[timerId]
    return true
  }

  command(command: RunCommand): void {
    this.commands.push(command)
  }

  result(): { state: RunState; commands: RunCommand[] } {
    return { state: this.state, commands: this.commands }
  }

  /** A part of the state that may be written: copied once a turn, however much of it changes. */
  private own<K extends 'steps' | 'loops' | 'timers'>(part: K): RunState[K] {
    if (!this.copied[part]) this.state = { ...this.state, [part]: { ...this.state[part] } }
    this.copied[part] = true
    return this.state[part]
  }
}
