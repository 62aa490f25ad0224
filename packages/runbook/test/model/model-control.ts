/** What each effect does when its step begins, and what the end of a round means for its loop. */
import { approveInput } from '../../src/approval.ts'
import { eachInput, eventInput, repeatInput, stopInput, waitInput } from '../../src/control.ts'
import { durationSeconds } from '../../src/duration.ts'
import { endRun } from './model-end.ts'
import { lateInput, ownInput } from './model-inputs.ts'
import {
  cancelRounds,
  endDone,
  endFailed,
  errorOf,
  type Model,
  type ModelScope,
  type ModelStep,
  openScope,
  roundsOfLoop,
  startTimer,
  stepsIn,
} from './model-state.ts'

const schemas = {
  approve: approveInput,
  wait: waitInput,
  event: eventInput,
  each: eachInput,
  repeat: repeatInput,
  stop: stopInput,
}

/** The step is running and its input is resolved. */
export function beginControl(model: Model, one: ModelStep): void {
  const { effect } = one.step
  if (effect === 'compute' || effect === 'read' || effect === 'write' || effect === 'child')
    return askOutside(model, one)
  if (!schemas[effect].safeParse(one.input).success) return endFailed(model, one, errorOf('bad-input'))
  const loopTimer = (): void => {
    if (one.step.timeoutSeconds > 0) startTimer(model, `loop:${one.key}`, one.step.timeoutSeconds)
  }
  switch (effect) {
    case 'approve':
      if (!isLength(seconds(approveInput.parse(one.input).expiresAfter)))
        return endFailed(model, one, errorOf('bad-input'))
      if (one.step.guards.length === 0) return askPeople(model, one, [])
      if (!canPlan(model, one)) return endFailed(model, one, errorOf('expression-failed'))
      return askOutside(model, one)
    case 'wait': {
      const { for: length, until } = waitInput.parse(one.input)
      if ((length === undefined) === (until === undefined)) return endFailed(model, one, errorOf('bad-input'))
      const end = length === undefined ? Date.parse(until!) : model.now + seconds(length) * 1000
      if (Number.isNaN(end)) return endFailed(model, one, errorOf('bad-input'))
      if (end <= model.now) return endDone(model, one, { outcome: 'done' })
      one.status = 'waiting'
      return startTimer(model, `wait:${one.key}:1`, (end - model.now) / 1000)
    }
    case 'event':
      one.status = 'waiting'
      model.begun.push({ what: 'await', key: one.key })
      return startTimer(model, `event:${one.key}:1`, seconds(eventInput.parse(one.input).expiresAfter))
    case 'each':
      if (eachInput.parse(one.input).items.length === 0)
        return endDone(model, one, { outcome: 'empty', output: { count: 0, succeeded: 0, failed: 0, results: [] } })
      loopTimer()
      return openRounds(model, one)
    case 'repeat':
      loopTimer()
      openScope(model, one, [...one.scope.rounds, 0])
      return
    case 'stop': {
      const { as } = stopInput.parse(one.input)
      endDone(model, one, { outcome: 'stopped' })
      return endRun(model, as, as === 'failed' ? errorOf('stopped') : null)
    }
  }
}

export function askOutside(model: Model, one: ModelStep): void {
  one.status = 'running'
  const { key, attempt, input } = one
  if (one.step.effect === 'approve') model.begun.push({ what: 'plan', key, attempt })
  else if (one.step.effect === 'child') model.begun.push({ what: 'child', key, attempt, input: input['params'] ?? {} })
  else model.begun.push({ what: 'run', key, attempt, input, ...approvalOf(model, one) })
}

/** The hash that people said yes to: of the first edge that leads from a yes, when it was given in this run. */
function approvalOf(model: Model, one: ModelStep): { approvedHash?: string } {
  for (const { from, to } of model.plan.edges) {
    if (to !== one.step.id) continue
    const asker = stepsIn(model, one.scope).find(({ step }) => step.id === from)
    const position = asker?.step.guards.indexOf(one.step.id) ?? -1
    if (position === -1 || asker?.outcome !== 'approved' || asker.borrowed) continue
    return { approvedHash: asker.hashes[position]! }
  }
  return {}
}

export function askPeople(model: Model, one: ModelStep, hashes: string[]): void {
  one.status = 'waiting'
  one.hashes = hashes
  model.begun.push({ what: 'ask', key: one.key })
  startTimer(model, `approval:${one.key}:${one.attempt}`, seconds(approveInput.parse(one.input).expiresAfter))
}

/** People are shown what each guarded write would do, so its inputs must be computable by then. */
const canPlan = (model: Model, one: ModelStep): boolean =>
  stepsIn(model, one.scope).every(
    (guarded) => !one.step.guards.includes(guarded.step.id) || ownInput(model, guarded) !== null,
  )

/** People are asked for at least a second and at most a week. */
const isLength = (length: number): boolean => length >= 1 && length <= 7 * 86_400

const seconds = (text: string): number => durationSeconds(text) ?? 0

export const failedRounds = (rounds: readonly ModelScope[]): number =>
  rounds.filter(({ state }) => state === 'failed').length

/** All steps of a round have ended. */
export function closeRound(
  model: Model,
  loop: ModelStep,
  { round, failed }: { round: ModelScope; failed: boolean },
): void {
  if (loop.step.effect === 'each') closeItem(model, loop, { round, failed })
  else closeTry(model, loop, { round, failed })
}

function closeItem(model: Model, loop: ModelStep, { round, failed }: { round: ModelScope; failed: boolean }): void {
  const collected = failed ? null : lateInput(model, loop, { name: 'collect', scope: round })
  round.state = failed || collected?.is === 'broken' ? 'failed' : 'done'
  round.value = collected?.is === 'value' ? collected.value : null
  const { items, tolerate } = eachInput.parse(loop.input)
  const allowed =
    typeof tolerate === 'number' ? tolerate : Math.floor((items.length * Number(tolerate.slice(0, -1))) / 100)
  if (failedRounds(roundsOfLoop(model, loop)) > allowed) {
    cancelRounds(model, loop)
    return endFailed(model, loop, errorOf('too-many-failures'))
  }
  openRounds(model, loop)
}

/** As many of the next items as may go on at a time. */
function openRounds(model: Model, loop: ModelStep): void {
  const { items, concurrency } = eachInput.parse(loop.input)
  for (;;) {
    const rounds = roundsOfLoop(model, loop)
    const going = rounds.filter(({ state }) => state === 'going').length
    if (rounds.length === items.length || going >= concurrency) return
    openScope(model, loop, [...loop.scope.rounds, rounds.length])
  }
}

function closeTry(model: Model, loop: ModelStep, { round, failed }: { round: ModelScope; failed: boolean }): void {
  round.state = failed ? 'failed' : 'done'
  if (failed) return endFailed(model, loop, errorOf('round-failed'))
  const until = lateInput(model, loop, { name: 'until', scope: round })
  if (until.is !== 'value' || typeof until.value !== 'boolean')
    return endFailed(model, loop, errorOf('expression-failed'))
  const { atMost, every } = repeatInput.parse(loop.input)
  const count = roundsOfLoop(model, loop).length
  if (until.value || count >= atMost) {
    const collected = lateInput(model, loop, { name: 'collect', scope: round })
    if (collected.is === 'broken') return endFailed(model, loop, errorOf('expression-failed'))
    const value = collected.is === 'value' ? collected.value : null
    return endDone(model, loop, { outcome: until.value ? 'met' : 'exhausted', output: { rounds: count, value } })
  }
  if (seconds(every) === 0) openScope(model, loop, [...loop.scope.rounds, count])
  else startTimer(model, `round:${loop.key}:${count}`, seconds(every))
}
