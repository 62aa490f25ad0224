/**
 * Runs a graph of steps: begins each when its paths have arrived, carries it out by activities, timers and messages, and ends the run. Everything
 * happens in turns, one event of Temporal after the other, so that the order of steps is the same in every replay.
 */
import {
  ApplicationFailure,
  CancelledFailure,
  CancellationScope,
  condition,
  isCancellation,
  log,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow'
import { type Activities, revertActions } from './activity-calls.ts'
import { approvedHashOf, listenForDecisions } from './approval.ts'
import { attempt, failureOf } from './failure.ts'
import { cancelRun, deliverEvent, runState } from './messages.ts'
import type { FlowOptions, RunInput, RunState, RunStatus, StepView } from './run.ts'
import type { Call, ComputeContext, RunningFlow } from './running-flow.ts'
import { Scope } from './scope.ts'
import {
  type Going,
  type Order,
  type Step,
  type StepError,
  type StepResult,
  edgeState,
  firstUnhandled,
  isWriting,
  unendedBefore,
  unseenResult,
} from './step.ts'
import { deliver, isAwaited } from './waits.ts'

interface Timer {
  step: Step | null
  scope: Going
}

export class Flow<A = Activities> extends Scope<A> implements RunningFlow {
  readonly trigger: { kind: string; by: string; payload: any }
  /** What expressions know of the run. `asOf` is ISO 8601. */
  readonly info: { id: string; asOf: string; environment: string }
  /** Every step that came to be, those of rounds included. */
  readonly all: Step[] = []
  end: { status: RunStatus; error: StepError | null } | null = null
  private readonly options: FlowOptions
  private readonly turns: (() => void)[] = []
  private afterTurn: (() => void)[] = []
  private inTurn = false
  private readonly timers = new Map<string, Timer>()
  private readonly unsettled = new Set<Promise<void>>()
  private report: unknown = null
  private revertError: string | null = null
  private cancelledByTemporal = false

  constructor(options: FlowOptions, input: RunInput = {}) {
    super(null, { rounds: [], loop: null })
    this.options = options
    const { kind = 'button', by = 'unknown', payload } = input.trigger ?? {}
    this.trigger = { kind, by, payload: payload ?? null }
    this.info = {
      id: workflowInfo().workflowId,
      asOf: input.asOf ?? new Date(Date.now()).toISOString(),
      environment: input.environment ?? 'production',
    }
  }

  /** Runs all steps. Returns when the run has succeeded; fails the workflow otherwise, with the run's state as the failure's detail. */
  async run(order?: Order): Promise<RunState> {
    this.seal(order)
    this.listen()
    // Temporal's own cancel means the same as ours: what was changed is put back before the workflow ends.
    CancellationScope.current().cancelRequested.catch(() => {
      this.cancelledByTemporal = true
      this.turn(() => this.cancel('The workflow was cancelled.'))
    })
    return CancellationScope.nonCancellable(async () => {
      this.turn(() => {
        this.startTimer('run-timeout', { seconds: this.options.timeoutSeconds, step: null }, () => this.timedOut())
        for (const step of this.steps) {
          const seconds = step.startBySeconds
          if (seconds !== null) this.startTimer(`start-by:${step.key}`, { seconds, step }, () => this.cutOff(step))
        }
        this.settle(this.steps)
      })
      await condition(() => this.end !== null)
      // A write that is still outside must have settled before anything is put back.
      while (this.unsettled.size > 0) await Promise.all(this.unsettled)
      await this.revert()
      return this.finalState()
    })
  }

  private listen(): void {
    setHandler(runState, () => this.state())
    setHandler(cancelRun, ({ by, reason }) => this.turn(() => this.cancel(`Cancelled by ${by}: ${reason}`)), {
      validator: (_cancel: { by: string; reason: string }) => {
        if (this.end) throw ApplicationFailure.nonRetryable(`The run has ended (${this.end.status}).`, 'run-ended')
      },
    })
    setHandler(deliverEvent, ({ step, event }) => deliver(this, event, step), {
      validator: ({ step, event }) => {
        if (!isAwaited(this, event.name, step))
          throw ApplicationFailure.nonRetryable(`Nothing waits for "${event.name}" now.`, 'no-such-waiting-step')
      },
    })
    listenForDecisions(this)
  }

  state(): RunState {
    const { status = 'running' as const, error = null } = this.end ?? {}
    const steps = this.all.map(({ key, title, status: stands, outcome, result, failure }): [string, StepView] => {
      const summary = result?.summary ?? failure?.message ?? ''
      return [key, { title, status: stands, outcome, summary, output: result?.output ?? null, error: failure }]
    })
    return { status, error, steps: Object.fromEntries(steps), report: this.report, revertError: this.revertError }
  }

  private finalState(): RunState {
    const state = this.state()
    if (!this.end || this.end.status === 'succeeded') return state
    const { message, code } = this.end.error ?? { message: 'The run failed.', code: 'failed' }
    if (this.cancelledByTemporal) throw new CancelledFailure(message, [state])
    throw ApplicationFailure.create({ message, type: code, nonRetryable: true, details: [state] })
  }

  // Turns

  /** Does one event's work. An event that comes of it waits for its own turn. */
  turn(work: () => void): void {
    this.turns.push(work)
    if (this.inTurn) return
    this.inTurn = true
    for (let next = this.turns.shift(); next; next = this.turns.shift()) {
      if (!this.end) next()
      const after = this.afterTurn
      this.afterTurn = []
      for (const deferred of after) deferred()
    }
    this.inTurn = false
  }

  /** Looks at these steps, and at everything that follows from those of them that end. */
  settle(steps: readonly Step[]): void {
    const queue = [...steps]
    for (const step of queue) {
      if (this.end) return
      if (step.status === 'pending') queue.push(...this.look(step))
    }
    if (!this.end && this.steps.every((step) => step.hasEnded)) {
      const failed = firstUnhandled(this.steps)
      const error = failed && {
        code: failed.failure!.code,
        message: `"${failed.title}" failed: ${failed.failure!.message}`,
      }
      this.finishRun(error ? 'failed' : 'succeeded', error)
    }
  }

  /** What is to be looked at because this step has ended: where it leads to, and what follows from the end of its round. */
  afterEnd(step: Step): Step[] {
    const { scope } = step
    const next = scope.leadsTo(step)
    if (!scope.loop || !scope.steps.every((one) => one.hasEnded)) return next
    return [...next, ...scope.roundEnded(), ...this.afterEndIfEnded(scope.loop)]
  }

  afterEndIfEnded(step: Step): Step[] {
    return step.hasEnded ? this.afterEnd(step) : []
  }

  private look(step: Step): Step[] {
    const taken = new Set<Step>()
    const open = new Set<Step>()
    for (const edge of step.after) {
      const state = edgeState(edge)
      if (state === 'taken') taken.add(edge.from)
      else if (state === 'open') open.add(edge.from)
    }
    const needed = typeof step.join === 'object' ? step.join.atLeast : 1
    const arrived = taken.size >= needed && (step.join !== 'all' || open.size === 0)
    if (step.after.length === 0 || arrived) return this.begin(step)
    if (taken.size + open.size < needed) {
      this.close(step, 'skipped')
      return this.afterEnd(step)
    }
    const seconds = step.joinDeadlineSeconds
    if (seconds !== null && taken.size > 0 && !this.timers.has(`join:${step.key}`))
      this.startTimer(`join:${step.key}`, { seconds, step }, () => this.joinDeadline(step))
    return []
  }

  private begin(step: Step): Step[] {
    this.cancelTimersOf(step)
    if (step.join === 'first') this.cancelLosers(step)
    step.begun = true
    step.startedAt = Date.now()
    return [...step.begin(), ...this.afterEndIfEnded(step)]
  }

  private joinDeadline(step: Step): Step[] {
    if (step.status !== 'pending') return []
    if (typeof step.join !== 'object') return this.begin(step)
    step.begun = true
    this.fail(step, 'join-deadline', `Fewer than ${step.join.atLeast} paths arrived at "${step.title}" in time.`)
    return this.afterEnd(step)
  }

  /** `startBy` is over: what the step still waits for is cancelled, but not a write that has begun. */
  private cutOff(late: Step): Step[] {
    if (late.status !== 'pending') return []
    const waitedFor = unendedBefore(late)
    const cut = this.steps.filter((step) => waitedFor.has(step) && !isWriting(step))
    for (const step of cut) {
      for (const one of [...step.inside(), step]) this.cancelStep(one)
      step.cut = true
    }
    return [...this.begin(late), ...cut.flatMap((step) => this.afterEnd(step))]
  }

  /** `join: first`: what has not ended and can only lead here is not needed any more. A write that has begun is left to end. */
  private cancelLosers(winner: Step): void {
    const losers = unendedBefore(winner)
    const stays = (step: Step): boolean =>
      isWriting(step) || step.scope.leadsTo(step).some((to) => to !== winner && !losers.has(to))
    for (let left = [...losers].find(stays); left; left = [...losers].find(stays)) losers.delete(left)
    for (const step of losers) for (const one of [...step.inside(), step]) this.cancelStep(one)
  }

  // Ends of steps

  /** Carries out an activity or child workflow for a step. A cancelled one is not heard of again. */
  perform(step: Step, outcomes: readonly string[], work: () => Promise<StepResult>): void {
    step.status = 'running'
    const scope = new CancellationScope()
    step.going = scope
    const isCurrent = (): boolean => step.status === 'running' && step.going === scope
    const settled = scope.run(work).then(
      (result) => this.turn(() => isCurrent() && this.completed(step, outcomes, result)),
      (failure: unknown) => this.turn(() => isCurrent() && this.failed(step, failure)),
    )
    if (step.writes) this.hold(settled)
  }

  /** Carries out the planning of an approval's writes; `then` is given the plans. */
  plan<Plans>(step: Step, work: () => Promise<Plans>, then: (plans: Plans) => void): void {
    step.status = 'running'
    const scope = new CancellationScope()
    step.going = scope
    const isCurrent = (): boolean => step.status === 'running' && step.going === scope
    scope.run(work).then(
      (plans) => this.turn(() => isCurrent() && then(plans)),
      (failure: unknown) => this.turn(() => isCurrent() && this.failed(step, failure)),
    )
  }

  private failed(step: Step, failure: unknown): void {
    const { code, message } = failureOf(failure)
    this.fail(step, code, message)
    this.settle(this.afterEnd(step))
  }

  /** Carries out pure code: at the end of the turn, like everything that a turn sets going. */
  evaluate(step: Step, outcomes: readonly string[], work: () => StepResult): void {
    step.status = 'running'
    this.afterTurn.push(() => {
      const answer = attempt(work)
      this.turn(() => {
        if (step.status !== 'running') return
        if (answer.ok) return this.completed(step, outcomes, answer.value)
        this.fail(step, 'internal', answer.message)
        this.settle(this.afterEnd(step))
      })
    })
  }

  private completed(step: Step, outcomes: readonly string[], result: StepResult): void {
    if (outcomes.includes(result.outcome)) this.finish(step, result)
    else this.fail(step, 'unknown-outcome', `It ended with "${result.outcome}", which is not one of its outcomes.`)
    this.settle(this.afterEnd(step))
  }

  callOf(step: Step): Call {
    const approvedHash = approvedHashOf(step)
    const call = { runId: this.info.id, step: step.key, asOf: this.info.asOf }
    return approvedHash === undefined ? call : { ...call, approvedHash }
  }

  /** What the steps that have ended gave, in the order in which they ended. One that failed saw nothing, and its silence is not "normal". */
  computeContext(): ComputeContext {
    const ended = this.all
      .filter((step) => step.isDone || step.hasFailed || step.cut)
      .toSorted((a, b) => a.endedAt - b.endedAt)
    const steps = ended.map((step) => {
      const { key: id, type, title, result } = step
      return { id, type, title, result: result ?? unseenResult(step) }
    })
    return { runId: this.info.id, asOf: Date.parse(this.info.asOf), steps }
  }

  finish(step: Step, result: StepResult): void {
    step.result = result
    if (result.report !== undefined) this.report = result.report
    this.close(step, 'done')
  }

  fail(step: Step, code: string, message: string): void {
    step.failure = { code, message }
    this.close(step, 'failed')
  }

  private close(step: Step, status: 'done' | 'failed' | 'skipped' | 'cancelled'): void {
    this.cancelTimersOf(step)
    step.going = null
    step.endedAt = Date.now()
    step.status = status
  }

  cancelStep(step: Step): void {
    if (step.hasEnded) return
    const { going } = step
    this.close(step, 'cancelled')
    going?.cancel()
  }

  // Timers

  /** Begins a timer. Its id is what Temporal shows; `action` says which steps are to be looked at when it fires. */
  startTimer(id: string, { seconds, step }: { seconds: number; step: Step | null }, action: () => Step[]): void {
    const scope = new CancellationScope()
    this.timers.set(id, { step, scope })
    const fired = scope.run(() => sleep(seconds * 1000, { summary: id }))
    fired.then(
      () =>
        this.turn(() => {
          if (this.timers.get(id)?.scope !== scope) return
          this.timers.delete(id)
          const steps = action()
          if (!this.end) this.settle(steps)
        }),
      (failure: unknown) => {
        if (!isCancellation(failure)) throw failure
      },
    )
  }

  cancelTimersOf(step: Step): void {
    for (const [id, timer] of this.timers) if (timer.step === step) this.cancelTimer(id, timer)
  }

  private cancelTimer(id: string, { scope }: Timer): void {
    this.timers.delete(id)
    scope.cancel()
  }

  // The end of the run

  /** Ends the run: what goes on is cancelled. */
  finishRun(status: RunStatus, error: StepError | null): void {
    this.end = { status, error }
    for (const step of this.all) this.cancelStep(step)
    for (const [id, timer] of this.timers) this.cancelTimer(id, timer)
  }

  private cancel(message: string): void {
    this.finishRun('cancelled', { code: 'cancelled', message })
  }

  private timedOut(): Step[] {
    const message = `The run took longer than ${this.options.timeoutSeconds} s.`
    this.finishRun('timed-out', { code: 'run-timeout', message })
    return []
  }

  /** Puts back what this run changed, newest first: also writes that failed or were cancelled, for they may have reached the outside. */
  private async revert(): Promise<void> {
    const { status = 'succeeded' } = this.end ?? {}
    const written = this.all.filter((step) => step.writes && step.begun).toSorted((a, b) => b.startedAt - a.startedAt)
    if (status === 'succeeded' || this.options.onFailure === 'keep' || written.length === 0) return
    try {
      await revertActions({
        runId: this.info.id,
        reason: `Run ${status}`,
        actions: written.map(({ key, title, input, result }) => ({ step: key, title, input, result })),
      })
    } catch (failure) {
      this.revertError = failureOf(failure).message
      log.error('What the run changed could not be put back.', { error: this.revertError })
    }
  }

  /** Keeps the workflow open until this has ended. */
  hold(work: Promise<void>): void {
    const held = work.finally(() => this.unsettled.delete(held))
    this.unsettled.add(held)
  }
}
