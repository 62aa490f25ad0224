/**
 * A run in virtual time: the interpreter, and what it waits for. Whoever drives it answers the open questions; when there are none, the next timer
 * fires at once and the clock jumps to it. The tests of a document and the backtest drive it, so that both take the steps of a real run.
 */
import type { CommandOf } from '../command-of.ts'
import { initialState, step } from '../interpreter.ts'
import type { Plan, PlanStep } from '../plan.ts'
import { planStepOf } from '../plan-index.ts'
import type { RunCommand, RunContext, RunEvent, RunState } from '../run.ts'
import { stepIdOf } from '../step-key.ts'
import { hasRun } from '../turn.ts'
import { graphOrder } from './graph-order.ts'

/** What waits for an answer from outside of the interpreter. */
export type Question = CommandOf<'run-step' | 'run-child' | 'plan-actions' | 'request-approval' | 'await-event'>

/** A write that a live run would make. */
export interface PlannedAction {
  step: string
  input: Record<string, unknown>
}

export class Rehearsal {
  readonly plan: Plan
  state: RunState
  /** Virtual time, unix milliseconds. */
  now: number
  /** Ids of the steps that ran, each once, in the order in which they began; at one moment, in the order of the graph. */
  readonly path: string[] = []
  readonly actions: PlannedAction[] = []
  /** Events taken so far: what a limit is put on. */
  turns = 0
  private readonly order: ReadonlyMap<string, number>
  /** Ids of the steps that are not in the path yet. */
  private readonly unbegun: Set<string>
  private readonly timers = new Map<string, number>()
  private questions: Question[] = []

  /** @param context its mode is `rehearsal`: nothing is written. Virtual time begins at `asOf`. */
  constructor(plan: Plan, context: RunContext) {
    this.plan = plan
    this.order = graphOrder(plan)
    this.unbegun = new Set(plan.steps.map(({ id }) => id))
    this.now = context.asOf
    this.state = initialState(plan, { ...context, mode: 'rehearsal' })
    this.send({ kind: 'start', at: this.now })
  }

  get running(): boolean {
    return this.state.status === 'running'
  }

  /** The step of the plan that a step key is an execution of. */
  stepOf(key: string): PlanStep {
    return planStepOf(this.plan, key)
  }

  send(event: RunEvent): void {
    this.turns += 1
    const { state, commands } = step(this.plan, this.state, event)
    this.state = state
    this.noteBegun()
    for (const command of commands) this.take(command)
  }

  /** The oldest question that nobody took yet. Those whose step was cancelled meanwhile are not asked any more. */
  takeQuestion(): Question | undefined {
    return this.questions.shift()
  }

  /** Lets time pass until the next timer. False when nothing would ever happen again. */
  fireNextTimer(): boolean {
    let next: [id: string, at: number] | undefined
    for (const timer of this.timers) if (next === undefined || timer[1] < next[1]) next = timer
    if (next === undefined) return false
    const [timerId, at] = next
    this.timers.delete(timerId)
    this.now = Math.max(this.now, at)
    this.send({ kind: 'timer-fired', at: this.now, timerId })
    return true
  }

  private take(command: RunCommand): void {
    switch (command.kind) {
      case 'run-step': {
        const { id, effect } = this.stepOf(command.stepId)
        if (effect === 'write' && command.attempt === 1) this.actions.push({ step: id, input: command.input })
        this.questions.push(command)
        return
      }
      case 'run-child':
      case 'plan-actions':
      case 'request-approval':
      case 'await-event':
        this.questions.push(command)
        return
      case 'start-timer':
        this.timers.set(command.timerId, this.now + command.seconds * 1000)
        return
      case 'cancel-timer':
        this.timers.delete(command.timerId)
        return
      case 'cancel-step':
      case 'stop-awaiting':
        this.questions = this.questions.filter(({ stepId }) => stepId !== command.stepId)
        return
      case 'revert-actions':
      case 'finish-run':
        return
    }
  }

  private noteBegun(): void {
    if (this.unbegun.size === 0) return
    const begun = new Set<string>()
    const inLoops = [...this.unbegun].filter((id) => planStepOf(this.plan, id).parent !== null)
    for (const id of this.unbegun) {
      const now = this.state.steps[id]
      if (now && hasRun(now)) begun.add(id)
    }
    // Keys of loops are told apart by their rounds only: looked through as long as a step of a loop has not begun, and no longer.
    if (inLoops.length > 0)
      for (const [key, now] of Object.entries(this.state.steps)) if (hasRun(now)) begun.add(stepIdOf(key))
    const fresh = [...begun].filter((id) => this.unbegun.delete(id))
    this.path.push(...fresh.toSorted((a, b) => (this.order.get(a) ?? 0) - (this.order.get(b) ?? 0)))
  }
}
