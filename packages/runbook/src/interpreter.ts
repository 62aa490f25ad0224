/**
 * The interpreter: a state machine without I/O or clock. Drivers (the Temporal workflow, the express runner, the backtest, the tests) feed events
 * and carry out commands, in the order in which they are given. What a run means is written in docs/semantics.md.
 *
 * What a driver must know:
 * - Timer ids are opaque: start and cancel them as told, answer with `timer-fired`.
 * - After `cancel-step` nothing is expected of that step. Let a write that is already outside settle before `revert-actions` is carried out.
 * - Late, duplicate or unknown events change nothing and give no commands, so delivery may be at least once.
 * - `finish-run` is always the last command of a run.
 */
import { approvalOf, decisionResult, parseApproveInput, refuseDecision } from './approval.ts'
import { askPeople, beginAttempt, expressionFailed, finishWait, presetOf } from './begin-step.ts'
import { placeOf, resolveValue, runBindings } from './bindings.ts'
import { finishRun, runTimeoutTimer } from './finish-run.ts'
import { beginNextRound, timeOutLoop } from './loops.ts'
import type { Plan } from './plan.ts'
import { planIndex } from './plan-index.ts'
import type { RunCommand, RunContext, RunEvent, RunState, StepState } from './run.ts'
import { afterEnd, afterEndIfEnded, begin, cutOff, settle } from './settle.ts'
import { stepIdOf } from './step-key.ts'
import { Turn } from './turn.ts'

/** A run before its `start` event: every step at the top pending. */
export function initialState(plan: Plan, context: RunContext): RunState {
  return {
    status: 'running',
    context,
    steps: Object.fromEntries(
      planIndex(plan)
        .body(null)
        .map((id): [string, StepState] => [id, { status: 'pending' }]),
    ),
    loops: {},
    timers: {},
    startedAt: 0,
    endedAt: null,
    error: null,
    joined: [],
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
    case 'step-completed':
      return completed(turn, event)
    case 'step-failed':
      return failed(turn, event)
    case 'actions-planned':
      return planned(turn, event)
    case 'timer-fired':
      return timerFired(turn, event.timerId)
    case 'approval-decided':
      return decided(turn, event)
    case 'event-received':
      return received(turn, event)
    case 'joined':
      return turn.change({ joined: [...turn.state.joined, event.trigger] })
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
  turn.startTimer(runTimeoutTimer, turn.plan.timeoutSeconds)
  const top = turn.index.body(null)
  for (const key of top) {
    const { startBySeconds } = turn.planStep(key)
    if (startBySeconds !== undefined) turn.startTimer(`start-by:${key}`, startBySeconds)
  }
  const { only } = turn.state.context
  settle(turn, only ? startOnly(turn, new Set(only)) : top)
}

/** A part of the runbook: those steps begin at once, whatever leads to them; of the others only given results count. */
function startOnly(turn: Turn, only: ReadonlySet<string>): string[] {
  const untouched = { attempt: 1, startedAt: turn.at, input: {} }
  const top = turn.index.body(null)
  for (const key of top) {
    const preset = presetOf(turn, key)
    if (preset) turn.finish(key, untouched, preset.result, preset.origin)
    else if (!only.has(key)) turn.skip(key, 'Not asked for.')
  }
  const looked: string[] = []
  for (const key of top) if (turn.stepState(key)?.status === 'pending') looked.push(...begin(turn, key))
  return looked
}

function completed(turn: Turn, event: Extract<RunEvent, { kind: 'step-completed' }>): void {
  const current = turn.stepState(event.stepId)
  if (current?.status !== 'running' || current.attempt !== event.attempt) return
  const { effect, outcomes } = turn.planStep(event.stepId)
  // Only people complete an approve step, and only its rounds a loop.
  if (effect === 'approve' || effect === 'each' || effect === 'repeat') return
  const known = outcomes.some((outcome) => outcome.name === event.result.outcome)
  if (known) turn.finish(event.stepId, current, event.result)
  else
    turn.fail(event.stepId, current, {
      code: 'unknown-outcome',
      message: `The node ended with "${event.result.outcome}", which is not one of its outcomes.`,
      fix: 'The worker and the catalogue disagree about this node: deploy them from one version.',
      retryable: false,
    })
  settle(turn, afterEnd(turn, event.stepId))
}

function failed(turn: Turn, event: Extract<RunEvent, { kind: 'step-failed' }>): void {
  const current = turn.stepState(event.stepId)
  if (current?.status !== 'running' || current.attempt !== event.attempt) return
  const { retry, effect } = turn.planStep(event.stepId)
  if (effect === 'each' || effect === 'repeat') return
  const again = event.error.retryable && !retry.nonRetryable.includes(event.error.code)
  if (again && current.attempt < retry.attempts) {
    const { attempt, startedAt, input } = current
    turn.set(event.stepId, { status: 'backing-off', attempt, startedAt, input, error: event.error })
    const seconds = Math.min(60, retry.backoffSeconds * 2 ** (attempt - 1))
    turn.startTimer(`retry:${event.stepId}:${attempt}`, seconds)
    return
  }
  turn.fail(event.stepId, current, event.error)
  settle(turn, afterEnd(turn, event.stepId))
}

function planned(turn: Turn, event: Extract<RunEvent, { kind: 'actions-planned' }>): void {
  const current = turn.stepState(event.stepId)
  if (current?.status !== 'running') return
  const { effect, guards } = turn.planStep(event.stepId)
  if (effect !== 'approve') return
  // One plan a guarded step, in the order of the guards: the approved hashes are found by position later.
  const plans = guards
    .map((id) => event.plans.find((plan) => stepIdOf(plan.stepId) === id))
    .filter((plan) => plan !== undefined)
  if (plans.length === guards.length) askPeople(turn, event.stepId, { attempt: current, plans })
  else
    turn.fail(event.stepId, current, {
      code: 'plan-missing',
      message: `${guards.length} actions were to be planned and ${plans.length} plans came back.`,
      fix: 'Look at the worker log for why the action could not be planned.',
      retryable: false,
    })
  settle(turn, afterEndIfEnded(turn, event.stepId))
}

function timerFired(turn: Turn, timerId: string): void {
  if (!turn.takeTimer(timerId)) return
  if (timerId === runTimeoutTimer)
    return finishRun(turn, 'timed-out', {
      code: 'run-timeout',
      message: `The run took longer than ${turn.plan.timeoutSeconds} s.`,
      fix: "Raise the runbook's timeout, or look for the step that did not end.",
      retryable: false,
    })
  const [kind, key = ''] = timerId.split(':')
  const current = turn.stepState(key)
  if (!current) return
  settle(turn, wake(turn, { kind, key, current }))
}

/** Timers end with the step that they belong to, so one that fires always finds it as it was when the timer began. */
function wake(turn: Turn, { kind, key, current }: { kind?: string; key: string; current: StepState }): string[] {
  switch (kind) {
    case 'retry': {
      if (current.status !== 'backing-off') return []
      const { startedAt, input, attempt } = current
      return [...beginAttempt(turn, key, { attempt: attempt + 1, startedAt, input }), ...afterEndIfEnded(turn, key)]
    }
    case 'join':
      return current.status === 'pending' ? joinDeadline(turn, key) : []
    case 'start-by':
      return current.status === 'pending' ? cutOff(turn, key) : []
    case 'loop':
      if (current.status === 'running') timeOutLoop(turn, key)
      return afterEndIfEnded(turn, key)
    case 'round':
      return current.status === 'running' ? [...beginNextRound(turn, key), ...afterEndIfEnded(turn, key)] : []
    default:
      if (current.status === 'waiting') waitIsOver(turn, key, current)
      return afterEndIfEnded(turn, key)
  }
}

function joinDeadline(turn: Turn, key: string): string[] {
  const { join, joinDeadlineSeconds, title } = turn.planStep(key)
  if (typeof join !== 'object') return begin(turn, key)
  turn.fail(
    key,
    { attempt: 1, startedAt: turn.at, input: {} },
    {
      code: 'join-deadline',
      message: `Fewer than ${join.atLeast} paths arrived at "${title}" within ${joinDeadlineSeconds} s.`,
      fix: 'Look at the paths that did not arrive, or give them longer.',
      retryable: false,
    },
  )
  return afterEnd(turn, key)
}

function waitIsOver(turn: Turn, key: string, current: Extract<StepState, { status: 'waiting' }>): void {
  switch (current.on.kind) {
    case 'time':
      return finishWait(turn, key, { attempt: current, until: current.on.until })
    case 'event': {
      turn.command({ kind: 'stop-awaiting', stepId: key })
      const summary = `No event "${current.on.event}" came in time`
      return turn.finish(key, current, { outcome: 'expired', output: null, summary })
    }
    case 'people': {
      const input = parseApproveInput(current.input)
      const outcome = input.ok && input.value.onExpiry === 'reject' ? 'rejected' : 'expired'
      const { plans, approvals } = current.on
      const result = decisionResult({ outcome, by: null, comment: '', at: turn.at, plans, approvals })
      return turn.finish(key, current, result)
    }
  }
}

function decided(turn: Turn, event: Extract<RunEvent, { kind: 'approval-decided' }>): void {
  const current = turn.stepState(event.stepId)
  if (current?.status !== 'waiting' || current.on.kind !== 'people' || refuseDecision(turn.state, event) !== null)
    return
  const { plans } = current.on
  const { decision, by, comment = '' } = event
  const approvals =
    decision === 'approved' ? [...current.on.approvals, approvalOf(current, event)] : current.on.approvals
  const input = parseApproveInput(current.input)
  const needed = input.ok ? input.value.approvals : 1
  if (decision === 'approved' && approvals.length < needed)
    return turn.set(event.stepId, { ...current, on: { ...current.on, approvals } })
  const result = decisionResult({ outcome: decision, by, comment, at: turn.at, plans, approvals })
  turn.finish(event.stepId, current, result)
  settle(turn, afterEnd(turn, event.stepId))
}

function received(turn: Turn, { stepId, event }: Extract<RunEvent, { kind: 'event-received' }>): void {
  const current = turn.stepState(stepId)
  if (current?.status !== 'waiting' || current.on.kind !== 'event' || current.on.event !== event.name) return
  const { match } = turn.planStep(stepId).late
  const bindings = { ...runBindings(turn.state, turn.index, placeOf(turn.index, stepId)), event }
  const matches = match === undefined ? { ok: true as const, value: true } : resolveValue(match, bindings)
  if (matches.ok && matches.value === false) return
  turn.command({ kind: 'stop-awaiting', stepId })
  if (matches.ok && matches.value === true) {
    const output = {
      id: event.id,
      name: event.name,
      payload: event.payload ?? null,
      at: new Date(turn.at).toISOString(),
    }
    turn.finish(stepId, current, { outcome: 'received', output, summary: `Event "${event.name}" came` })
  } else {
    const message = matches.ok ? 'Input "match" is not true or false.' : `Input "match": ${matches.message}`
    turn.fail(stepId, current, expressionFailed(message))
  }
  settle(turn, afterEnd(turn, stepId))
}
