/** What each event does to the model before the rules apply. What does not fit changes nothing. */
import { approveInput } from '../../src/approval.ts'
import type { ActionPlan, RunEvent, StepError, StepResult } from '../../src/run.ts'
import { askOutside, askPeople } from './model-control.ts'
import { lateInput } from './model-inputs.ts'
import { endRun } from './model-end.ts'
import { begin, cutOff, presetOf, settle, takePreset } from './model-rules.ts'
import {
  cancelRounds,
  endDone,
  endFailed,
  endSkipped,
  errorOf,
  hasEnded,
  type Model,
  type ModelStep,
  openScope,
  startTimer,
  stepsIn,
} from './model-state.ts'

export function applyEvent(model: Model, event: RunEvent): void {
  if (model.status !== 'running' || model.started === (event.kind === 'start')) return
  model.now = event.at
  change(model, event)
  settle(model)
}

const outside: readonly string[] = ['compute', 'read', 'write', 'child']

function change(model: Model, event: RunEvent): void {
  switch (event.kind) {
    case 'start':
      return start(model)
    case 'joined':
      model.joined += 1
      return
    case 'cancel':
      return endRun(model, 'cancelled', errorOf('cancelled'))
    case 'timer-fired':
      if (model.timers.delete(event.timerId)) fire(model, event.timerId)
      return
    case 'step-completed': {
      const one = find(model, event.stepId)
      if (one?.status !== 'running' || one.attempt !== event.attempt || !outside.includes(one.step.effect)) return
      return completed(model, one, event.result)
    }
    case 'step-failed': {
      const one = find(model, event.stepId)
      if (one?.status !== 'running' || one.attempt !== event.attempt) return
      if (one.step.effect !== 'approve' && !outside.includes(one.step.effect)) return
      return broke(model, one, event.error)
    }
    case 'actions-planned': {
      const one = find(model, event.stepId)
      if (one?.status !== 'running' || one.step.effect !== 'approve') return
      return planned(model, one, event.plans)
    }
    case 'approval-decided': {
      const one = find(model, event.stepId)
      if (one?.status === 'waiting' && one.step.effect === 'approve') decided(model, one, event)
      return
    }
    case 'event-received': {
      const one = find(model, event.stepId)
      if (one?.status === 'waiting' && one.step.effect === 'event') received(model, one, event.event)
      return
    }
  }
}

const find = (model: Model, key: string): ModelStep | undefined => model.steps.find((one) => one.key === key)

function start(model: Model): void {
  model.started = true
  startTimer(model, 'run-timeout', model.plan.timeoutSeconds)
  const top = stepsIn(model, model.scopes[0]!)
  for (const one of top) {
    if (one.step.startBySeconds !== undefined) startTimer(model, `start-by:${one.key}`, one.step.startBySeconds)
  }
  const { only } = model.context
  if (!only) return
  for (const one of top) {
    if (presetOf(model, one)) takePreset(model, one)
    else if (!only.includes(one.step.id)) endSkipped(model, one, 'Not asked for.')
  }
  for (const one of top) if (model.status === 'running' && one.status === 'pending') begin(model, one)
}

function completed(model: Model, one: ModelStep, result: StepResult): void {
  if (one.step.outcomes.some(({ name }) => name === result.outcome)) endDone(model, one, result)
  else endFailed(model, one, errorOf('unknown-outcome'))
}

function broke(model: Model, one: ModelStep, error: StepError): void {
  const { attempts, backoffSeconds, nonRetryable } = one.step.retry
  if (!error.retryable || one.attempt >= attempts || nonRetryable.includes(error.code))
    return endFailed(model, one, error)
  one.status = 'backing-off'
  startTimer(model, `retry:${one.key}:${one.attempt}`, Math.min(60, backoffSeconds * 2 ** (one.attempt - 1)))
}

function fire(model: Model, timerId: string): void {
  if (timerId === 'run-timeout') return endRun(model, 'timed-out', errorOf('run-timeout'))
  const [kind, key = '', number] = timerId.split(':')
  const one = find(model, key)!
  if (hasEnded(one)) throw new Error(`The timer ${timerId} outlived its step.`)
  switch (kind) {
    case 'join':
      one.deadline = 'over'
      if (typeof one.step.join === 'string') return
      one.attempt = 1
      return endFailed(model, one, errorOf('join-deadline'))
    case 'start-by':
      return cutOff(model, one)
    case 'retry':
      one.attempt += 1
      return askOutside(model, one)
    case 'approval':
      return endDone(model, one, {
        outcome: approveInput.parse(one.input).onExpiry === 'reject' ? 'rejected' : 'expired',
      })
    case 'wait':
      return endDone(model, one, { outcome: 'done' })
    case 'event':
      return endDone(model, one, { outcome: 'expired' })
    case 'loop':
      cancelRounds(model, one)
      return endFailed(model, one, errorOf('timeout'))
    case 'round':
      openScope(model, one, [...one.scope.rounds, Number(number)])
      return
    default:
      throw new Error(`Nobody started a timer ${timerId}.`)
  }
}

/** One plan for each guarded write, or people would say yes to something that they were not shown. */
function planned(model: Model, one: ModelStep, plans: readonly ActionPlan[]): void {
  const hashes = one.step.guards.flatMap((guard) => {
    const plan = plans.find(({ stepId }) => stepId.split('#')[0] === guard)
    return plan ? [plan.hash] : []
  })
  if (hashes.length === one.step.guards.length) askPeople(model, one, hashes)
  else endFailed(model, one, errorOf('plan-missing'))
}

function decided(model: Model, one: ModelStep, given: Extract<RunEvent, { kind: 'approval-decided' }>): void {
  const { approvers, approvals, allowRequester } = approveInput.parse(one.input)
  if (given.hashes.toSorted().join() !== one.hashes.toSorted().join()) return
  if (given.decision === 'rejected') return endDone(model, one, { outcome: 'rejected' })
  if (approvers.length > 0 && !approvers.includes(given.by)) return
  if (!allowRequester && given.by === model.context.trigger.by) return
  if (one.yes.includes(given.by)) return
  one.yes.push(given.by)
  if (one.yes.length >= approvals) endDone(model, one, { outcome: 'approved' })
}

function received(model: Model, one: ModelStep, event: { name: string }): void {
  if (event.name !== one.input['event']) return
  const match = lateInput(model, one, { name: 'match', scope: one.scope, event })
  if (match.is === 'broken' || (match.is === 'value' && typeof match.value !== 'boolean'))
    return endFailed(model, one, errorOf('expression-failed'))
  if (match.is === 'missing' || match.value === true) endDone(model, one, { outcome: 'received' })
}
