/**
 * The interpreter: a state machine without I/O or clock. Drivers (the Temporal workflow, tests, later the express runner and the backtest) feed events
 * and carry out commands, in the order in which they are given.
 *
 * What a driver must know:
 * - Timer ids are opaque: start and cancel them as told, answer with `timer-fired`.
 * - After `cancel-step` nothing is expected of that step. Let a write that is already outside settle before `revert-actions` is carried out.
 * - Late, duplicate or unknown events change nothing and give no commands, so delivery may be at least once.
 * - `finish-run` is always the last command of a run.
 */
import { decisionResult, refuseDecision } from './approval.ts'
import { askPeople, beginAttempt } from './begin-step.ts'
import type { Plan } from './plan.ts'
import { planIndex } from './plan-index.ts'
import type { RunCommand, RunContext, RunEvent, RunState, StepState } from './run.ts'
import { finishRun, runTimeoutTimer, settle, successors } from './settle.ts'
import { Turn, approvalTimer, retryTimer } from './turn.ts'

/** A run before its `start` event: every step pending. */
export function initialState(plan: Plan, context: RunContext): RunState {
  return {
    status: 'running',
    context,
    steps: Object.fromEntries(plan.steps.map((step): [string, StepState] => [step.id, { status: 'pending' }])),
    startedAt: 0,
    endedAt: null,
    error: null,
  }
}

/**
 * Takes one event. The given state is never changed; unchanged parts are shared with the new one, and an event without effect returns
 * the same object.
 */
export function step(plan: Plan, state: RunState, event: RunEvent): { state: RunState; commands: RunCommand[] } {
  if (state.status !== 'running') return { state, commands: [] }
  const turn = new Turn(plan, planIndex(plan), { state, at: event.at })
  apply(turn, event)
  return turn.result()
}

function apply(turn: Turn, event: RunEvent): void {
  // Nothing happens before the start, and it happens once.
  if ((event.kind === 'start') !== (turn.state.startedAt === 0)) return
  switch (event.kind) {
    case 'start':
      return start(turn)
    case 'step-completed': {
      const current = turn.stepState(event.stepId)
      if (current?.status !== 'running' || current.attempt !== event.attempt) return
      // Only people complete an approve step.
      if (turn.index.step(event.stepId).effect === 'approve') return
      const known = turn.index.step(event.stepId).outcomes.some((outcome) => outcome.name === event.result.outcome)
      if (known) turn.finish(event.stepId, current, event.result)
      else
        turn.fail(event.stepId, current, {
          code: 'unknown-outcome',
          message: `The node ended with "${event.result.outcome}", which is not one of its outcomes.`,
          fix: 'The worker and the catalogue disagree about this node: deploy them from one version.',
          retryable: false,
        })
      return settle(turn, successors(turn, event.stepId))
    }
    case 'step-failed':
      return failed(turn, event)
    case 'actions-planned':
      return planned(turn, event)
    case 'timer-fired':
      return timerFired(turn, event.timerId)
    case 'approval-decided':
      return decided(turn, event)
    case 'cancel':
      return finishRun(turn, 'cancelled', {
        code: 'cancelled',
        message: `Cancelled by ${event.by}: ${event.reason}`,
        retryable: false,
      })
  }
}

function start(turn: Turn): void {
  // 0 marks "not started"; a test clock may begin there.
  turn.change({ startedAt: turn.at || 1 })
  turn.command({ kind: 'start-timer', timerId: runTimeoutTimer, seconds: turn.plan.timeoutSeconds })
  settle(
    turn,
    turn.plan.steps.map((planStep) => planStep.id),
  )
}

function failed(turn: Turn, event: Extract<RunEvent, { kind: 'step-failed' }>): void {
  const current = turn.stepState(event.stepId)
  if (current?.status !== 'running' || current.attempt !== event.attempt) return
  const { retry } = turn.index.step(event.stepId)
  if (event.error.retryable && current.attempt < retry.attempts) {
    const { attempt, startedAt, input } = current
    turn.set(event.stepId, { status: 'backing-off', attempt, startedAt, input, error: event.error })
    const seconds = Math.min(60, retry.backoffSeconds * 2 ** (attempt - 1))
    turn.command({ kind: 'start-timer', timerId: retryTimer(event.stepId, attempt), seconds })
    return
  }
  turn.fail(event.stepId, current, event.error)
  settle(turn, successors(turn, event.stepId))
}

function planned(turn: Turn, event: Extract<RunEvent, { kind: 'actions-planned' }>): void {
  const current = turn.stepState(event.stepId)
  const planStep = turn.index.has(event.stepId) ? turn.index.step(event.stepId) : null
  if (current?.status !== 'running' || planStep?.effect !== 'approve') return
  // One plan a guarded step, in the order of the guards: the approved hashes are found by position later.
  const plans = planStep.guards
    .map((id) => event.plans.find((plan) => plan.stepId === id))
    .filter((plan) => plan !== undefined)
  if (plans.length === planStep.guards.length) askPeople(turn, event.stepId, { attempt: current, plans })
  else
    turn.fail(event.stepId, current, {
      code: 'plan-missing',
      message: `${planStep.guards.length} actions were to be planned and ${plans.length} plans came back.`,
      fix: 'Look at the worker log for why the action could not be planned.',
      retryable: false,
    })
  settle(turn, successors(turn, event.stepId))
}

function timerFired(turn: Turn, timerId: string): void {
  if (timerId === runTimeoutTimer)
    return finishRun(turn, 'timed-out', {
      code: 'run-timeout',
      message: `The run took longer than ${turn.plan.timeoutSeconds} s.`,
      fix: "Raise the runbook's timeout, or look for the step that did not end.",
      retryable: false,
    })
  const [kind, stepId, attempt] = timerId.split(':')
  const current = stepId === undefined ? undefined : turn.stepState(stepId)
  if (stepId === undefined || current === undefined || !('attempt' in current) || String(current.attempt) !== attempt)
    return
  if (kind === 'retry' && current.status === 'backing-off') {
    const { startedAt, input } = current
    beginAttempt(turn, stepId, { attempt: current.attempt + 1, startedAt, input })
    settle(turn, successors(turn, stepId))
  } else if (kind === 'approval' && current.status === 'waiting') {
    const result = decisionResult({ outcome: 'expired', by: null, comment: '', at: turn.at, plans: current.plans })
    turn.finish(stepId, current, result)
    settle(turn, successors(turn, stepId))
  }
}

function decided(turn: Turn, event: Extract<RunEvent, { kind: 'approval-decided' }>): void {
  const current = turn.stepState(event.stepId)
  if (current?.status !== 'waiting' || refuseDecision(turn.state, event) !== null) return
  turn.command({ kind: 'cancel-timer', timerId: approvalTimer(event.stepId, current.attempt) })
  const { decision: outcome, by, comment = '' } = event
  turn.finish(event.stepId, current, decisionResult({ outcome, by, comment, at: turn.at, plans: current.plans }))
  settle(turn, successors(turn, event.stepId))
}
