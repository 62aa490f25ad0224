/**
 * Loops: `each` runs its body once an item, several rounds at a time; `repeat` runs it again until a condition holds. Every function here returns the
 * keys of steps that are to be looked at next; a loop that has ended by it is among `settle`'s own business.
 */
import { resolveValue, runBindings } from './bindings.ts'
import { eachInput, parseControl, repeatInput, toleratedRounds } from './control.ts'
import { durationSeconds } from './duration.ts'
import { cancelInside } from './finish-run.ts'
import type { LoopState, StepError } from './run.ts'
import { roundsOf, stepIdOf, stepKey } from './step-key.ts'
import { type Attempt, type Turn, isFinal } from './turn.ts'

type Each = Extract<LoopState, { kind: 'each' }>

export function beginEach(turn: Turn, key: string, attempt: Attempt): string[] {
  const parsed = parseControl(eachInput, attempt.input)
  if (!parsed.ok) {
    turn.fail(key, attempt, parsed.error)
    return []
  }
  const { items } = parsed.value
  turn.set(key, { status: 'running', ...attempt })
  turn.setLoop(key, { kind: 'each', items, begun: 0, rounds: items.map(() => null), collected: items.map(() => null) })
  startLoopTimer(turn, key)
  return advanceEach(turn, key)
}

export function beginRepeat(turn: Turn, key: string, attempt: Attempt): string[] {
  const parsed = parseControl(repeatInput, attempt.input)
  if (!parsed.ok) {
    turn.fail(key, attempt, parsed.error)
    return []
  }
  turn.set(key, { status: 'running', ...attempt })
  startLoopTimer(turn, key)
  return beginRound(turn, key, 0)
}

/** A loop has a time limit only when one is written. */
function startLoopTimer(turn: Turn, key: string): void {
  const { timeoutSeconds } = turn.planStep(key)
  if (timeoutSeconds > 0) turn.startTimer(`loop:${key}`, timeoutSeconds)
}

/** The loop's own time is over. */
export function timeOutLoop(turn: Turn, key: string): void {
  const { title, timeoutSeconds } = turn.planStep(key)
  failLoop(turn, key, {
    code: 'timeout',
    message: `"${title}" took longer than ${timeoutSeconds} s.`,
    fix: 'Give the loop a longer timeout, or fewer rounds.',
    retryable: false,
  })
}

/** The time between two rounds is over. */
export function beginNextRound(turn: Turn, key: string): string[] {
  const loop = turn.state.loops[key]
  return loop?.kind === 'repeat' ? beginRound(turn, key, loop.round + 1) : []
}

/** Whether all steps of the round have ended, so that `endRound` is due. */
export function roundIsOver(turn: Turn, key: string, round: number): boolean {
  return bodyKeys(turn, key, round).every((inside) => isFinal(turn.stepState(inside)!))
}

/** What follows from the end of a round. */
export function endRound(turn: Turn, key: string, round: number): string[] {
  const loop = turn.state.loops[key]
  // A round that ended in the same turn in which its loop did.
  if (!loop || turn.stepState(key)?.status !== 'running') return []
  return loop.kind === 'each' ? endEachRound(turn, key, round) : endRepeatRound(turn, key, round)
}

function endEachRound(turn: Turn, key: string, round: number): string[] {
  noteRound(turn, key, round)
  return advanceEach(turn, key)
}

function noteRound(turn: Turn, key: string, round: number): void {
  const loop = turn.state.loops[key] as Each
  const collected = unhandledFailure(turn, key, round) === null ? lateValue(turn, { key, round }, 'collect') : null
  const ended = collected?.ok ? 'done' : 'failed'
  turn.setLoop(key, {
    ...loop,
    rounds: loop.rounds.with(round, ended),
    collected: loop.collected.with(round, collected?.ok ? (collected.value ?? null) : null),
  })
}

/** Begins as many rounds as may go on, and ends the loop when none is left or too many failed. */
function advanceEach(turn: Turn, key: string): string[] {
  const { concurrency = 10, tolerate = 0 } = eachInput.partial().parse(inputOf(turn, key))
  const looked: string[] = []
  for (;;) {
    const loop = turn.state.loops[key] as Each
    const count = loop.items.length
    const failed = loop.rounds.filter((round) => round === 'failed').length
    if (failed > toleratedRounds(tolerate, count)) {
      failLoop(turn, key, tooManyFailures(turn, key, { failed, count }))
      return []
    }
    const going = loop.rounds.slice(0, loop.begun).filter((round) => round === null).length
    if (loop.begun === count && going === 0) {
      finishEach(turn, key, loop)
      return []
    }
    if (loop.begun === count || going >= concurrency) return looked
    const round = loop.begun
    turn.setLoop(key, { ...loop, begun: round + 1 })
    const inside = openRound(turn, key, round)
    if (inside.length === 0) noteRound(turn, key, round)
    looked.push(...inside)
  }
}

function finishEach(turn: Turn, key: string, loop: Each): void {
  const results = loop.items.map((item, index) => ({
    index,
    item,
    status: loop.rounds[index],
    value: loop.collected[index] ?? null,
  }))
  const failed = loop.rounds.filter((round) => round === 'failed').length
  const count = results.length
  const outcome = count === 0 ? 'empty' : failed === 0 ? 'done' : 'partial'
  turn.finish(key, attemptOf(turn, key), {
    outcome,
    output: { count, succeeded: count - failed, failed, results },
    summary:
      count === 0 ? 'No items' : `${count - failed} of ${count} rounds done${failed ? `, ${failed} failed` : ''}`,
  })
}

function tooManyFailures(turn: Turn, key: string, { failed, count }: { failed: number; count: number }): StepError {
  const loop = turn.state.loops[key] as Each
  const first = loop.rounds.indexOf('failed')
  const cause = unhandledFailure(turn, key, first)
  const because = cause ? `: ${cause.message}` : '.'
  return {
    code: 'too-many-failures',
    message: `${failed} of ${count} rounds failed; the first was round ${first}${because}`,
    fix: 'Look at the failed rounds, or let the loop tolerate more of them.',
    retryable: false,
  }
}

/** Makes the round's steps pending. */
function openRound(turn: Turn, key: string, round: number): string[] {
  const inside = bodyKeys(turn, key, round)
  for (const one of inside) turn.set(one, { status: 'pending' })
  return inside
}

function beginRound(turn: Turn, key: string, round: number): string[] {
  // A body without steps is refused by the compiler; here its rounds are over as they begin, one after the other.
  for (let next = round; ; next += 1) {
    turn.setLoop(key, { kind: 'repeat', round: next })
    const inside = openRound(turn, key, next)
    if (inside.length > 0) return inside
    if (!decideRepeat(turn, key, next)) return []
  }
}

function endRepeatRound(turn: Turn, key: string, round: number): string[] {
  return decideRepeat(turn, key, round) ? beginRound(turn, key, round + 1) : []
}

/** Ends the loop or starts the time to its next round. @returns whether the next round begins at once. */
function decideRepeat(turn: Turn, key: string, round: number): boolean {
  const { atMost = 10, every = '0s' } = repeatInput.partial().parse(inputOf(turn, key))
  const failure = unhandledFailure(turn, key, round)
  if (failure) {
    failLoop(turn, key, { ...failure, code: 'round-failed', message: `Round ${round}: ${failure.message}` })
    return false
  }
  const until = lateValue(turn, { key, round }, 'until')
  if (!until.ok || typeof until.value !== 'boolean') {
    failLate(turn, key, until.ok ? 'Input "until" is not true or false.' : `Input "until": ${until.message}`)
    return false
  }
  if (until.value || round + 1 >= atMost) {
    const collected = lateValue(turn, { key, round }, 'collect')
    if (!collected.ok) {
      failLate(turn, key, `Input "collect": ${collected.message}`)
      return false
    }
    const rounds = round + 1
    const value = collected.value ?? null
    turn.finish(key, attemptOf(turn, key), {
      outcome: until.value ? 'met' : 'exhausted',
      output: { rounds, value },
      summary: until.value ? `Met after ${rounds} rounds` : `Not met in ${rounds} rounds`,
    })
    return false
  }
  const seconds = durationSeconds(every) ?? 0
  if (seconds === 0) return true
  turn.startTimer(`round:${key}:${round + 1}`, seconds)
  return false
}

function failLate(turn: Turn, key: string, message: string): void {
  const fix = 'Write it over steps of the loop that are sure to have ended, or guard it with has(...).'
  failLoop(turn, key, { code: 'expression-failed', message, fix, retryable: false })
}

function failLoop(turn: Turn, key: string, error: StepError): void {
  cancelInside(turn, key)
  turn.fail(key, attemptOf(turn, key), error)
}

/** The first failure in a round that no `error` edge takes up. */
function unhandledFailure(turn: Turn, key: string, round: number): StepError | null {
  return firstUnhandled(turn, bodyKeys(turn, key, round))
}

/** The first failure, by time and then by order, among these steps that no `error` edge takes up. */
export function firstUnhandled(turn: Turn, keys: readonly string[]): StepError | null {
  let first: { endedAt: number; error: StepError } | null = null
  for (const key of keys) {
    const state = turn.stepState(key)
    if (state?.status !== 'failed') continue
    const { id, title } = turn.planStep(key)
    if (turn.index.outgoing(id).some((edge) => edge.on === 'error')) continue
    const error = { ...state.error, message: `"${title}" failed: ${state.error.message}` }
    if (first === null || state.endedAt < first.endedAt) first = { endedAt: state.endedAt, error }
  }
  return first?.error ?? null
}

function bodyKeys(turn: Turn, key: string, round: number): string[] {
  const rounds = [...roundsOf(key), round]
  return turn.index.body(stepIdOf(key)).map((id) => stepKey(id, rounds))
}

/** A late input over the steps of a round; undefined when the step has none. */
function lateValue(turn: Turn, { key, round }: { key: string; round: number }, name: 'collect' | 'until') {
  const value = turn.planStep(key).late[name]
  if (value === undefined) return { ok: true as const, value: undefined }
  const id = stepIdOf(key)
  const place = { loops: [...turn.index.loopsAround(id), id], rounds: [...roundsOf(key), round] }
  return resolveValue(value, runBindings(turn.state, turn.index, place))
}

function inputOf(turn: Turn, key: string): Record<string, unknown> {
  return attemptOf(turn, key).input
}

function attemptOf(turn: Turn, key: string): Attempt {
  const state = turn.stepState(key)
  if (!state || !('attempt' in state)) throw new Error(`The loop ${key} has not begun.`)
  return state
}
