/** What follows from ended steps: which steps begin, which are skipped, which rounds and whether the run is over. */
import { beginStep } from './begin-step.ts'
import { cancelInside, cancelStep, finishRun, keysInside, writeBegan } from './finish-run.ts'
import { endRound, firstUnhandled, roundIsOver } from './loops.ts'
import type { PlanEdge } from './plan.ts'
import type { StepState } from './run.ts'
import { roundsOf, stepKey } from './step-key.ts'
import { type Turn, isFinal } from './turn.ts'

/** Looks at the given steps, and at everything that follows from those of them that end. */
export function settle(turn: Turn, keys: readonly string[]): void {
  const queue = [...keys]
  for (let next = 0; next < queue.length && turn.state.status === 'running'; next += 1) {
    const key = queue[next]!
    if (turn.stepState(key)?.status !== 'pending') continue
    queue.push(...look(turn, key))
  }
  if (turn.state.status === 'running') finishWhenDone(turn)
}

/** What is to be looked at because these steps have ended. */
export function afterEnd(turn: Turn, key: string): string[] {
  const { id, parent } = turn.planStep(key)
  const rounds = roundsOf(key)
  const next = turn.index.outgoing(id).map((edge) => stepKey(edge.to, rounds))
  if (parent === null) return next
  const loop = stepKey(parent, rounds.slice(0, -1))
  const round = rounds.at(-1)!
  if (!roundIsOver(turn, loop, round)) return next
  return [...next, ...endRound(turn, loop, round), ...afterEndIfEnded(turn, loop)]
}

export function afterEndIfEnded(turn: Turn, key: string): string[] {
  return isFinal(turn.stepState(key)!) ? afterEnd(turn, key) : []
}

function look(turn: Turn, key: string): string[] {
  const readiness = readinessOf(turn, key)
  switch (readiness.kind) {
    case 'wait':
      return []
    case 'skip':
      turn.skip(key, readiness.reason)
      return afterEnd(turn, key)
    case 'run':
      return begin(turn, key)
  }
}

/** Begins a step that is ready, whatever made it so. */
export function begin(turn: Turn, key: string): string[] {
  turn.cancelTimersOf(key)
  if (turn.planStep(key).join === 'first') cancelLosers(turn, key)
  const looked = beginStep(turn, key)
  return [...looked, ...afterEndIfEnded(turn, key)]
}

type Readiness = { kind: 'run' } | { kind: 'skip'; reason: string } | { kind: 'wait' }

function readinessOf(turn: Turn, key: string): Readiness {
  const { id, join, joinDeadlineSeconds } = turn.planStep(key)
  const incoming = turn.index.incoming(id)
  if (incoming.length === 0) return { kind: 'run' }
  const rounds = roundsOf(key)
  const taken = new Set<string>()
  const open = new Set<string>()
  for (const edge of incoming) {
    const state = edgeState(edge, turn.stepState(stepKey(edge.from, rounds))!)
    if (state === 'taken') taken.add(edge.from)
    else if (state === 'open') open.add(edge.from)
  }
  const needed = typeof join === 'object' ? join.atLeast : 1
  const arrived = taken.size >= needed
  if (arrived && (join !== 'all' || open.size === 0)) return { kind: 'run' }
  if (taken.size + open.size < needed) return { kind: 'skip', reason: skipReason(turn, key, taken.size) }
  const timerId = `join:${key}`
  if (joinDeadlineSeconds !== null && taken.size > 0 && !Object.hasOwn(turn.state.timers, timerId))
    turn.startTimer(timerId, joinDeadlineSeconds)
  return { kind: 'wait' }
}

/** `open` while its source can still change; then it is taken or dead, for good. */
export function edgeState(edge: PlanEdge, source: StepState): 'open' | 'taken' | 'dead' {
  switch (source.status) {
    case 'done':
      return edge.on === 'always' || edge.on === source.result.outcome ? 'taken' : 'dead'
    case 'failed':
      return edge.on === 'error' ? 'taken' : 'dead'
    case 'skipped':
    case 'cancelled':
      return 'dead'
    case 'pending':
    case 'running':
    case 'backing-off':
    case 'waiting':
      return 'open'
  }
}

function skipReason(turn: Turn, key: string, arrived: number): string {
  const { id, join } = turn.planStep(key)
  if (typeof join === 'object' && arrived > 0) return `Only ${arrived} of at least ${join.atLeast} paths arrived.`
  const [edge] = turn.index.incoming(id)
  const source = turn.stepState(stepKey(edge!.from, roundsOf(key)))!
  const { title } = turn.index.step(edge!.from)
  if (source.status === 'done') return `"${title}" ended as ${source.result.outcome}; this path is for ${edge!.on}.`
  if (source.status === 'failed') return `"${title}" failed.`
  return `"${title}" did not run.`
}

/**
 * `join: first`: what has not ended and can only lead here is not needed any more. A write that has begun is left to end, for what it did must be
 * known; and so is every step that leads to one that is left.
 */
function cancelLosers(turn: Turn, key: string): void {
  const { id } = turn.planStep(key)
  const rounds = roundsOf(key)
  const at = (step: string): string => stepKey(step, rounds)
  const losers = unendedBefore(turn, key)
  const stays = (step: string): boolean =>
    hasBegunWrite(turn, at(step)) || turn.index.outgoing(step).some(({ to }) => to !== id && !losers.has(to))
  for (let left = [...losers].find(stays); left !== undefined; left = [...losers].find(stays)) losers.delete(left)
  for (const step of losers) {
    cancelInside(turn, at(step))
    cancelStep(turn, at(step))
  }
}

/**
 * `startBy`: the time is up, so it runs with what has arrived. What it still waits for is cancelled, and marked, so that whoever concludes can say
 * what is missing. A write that has begun is left to end, for what it did must be known.
 */
export function cutOff(turn: Turn, key: string): string[] {
  const waitedFor = unendedBefore(turn, key)
  const cut = turn.index.body(null).filter((step) => waitedFor.has(step) && !hasBegunWrite(turn, step))
  for (const step of cut) {
    cancelInside(turn, step)
    cancelStep(turn, step, 'cut')
  }
  return [...begin(turn, key), ...cut.flatMap((step) => afterEnd(turn, step))]
}

/** Ids of the steps of this round that lead here and have not ended. */
function unendedBefore(turn: Turn, key: string): Set<string> {
  const { id } = turn.planStep(key)
  const rounds = roundsOf(key)
  const found = new Set<string>()
  const stack = turn.index.incoming(id).map(({ from }) => from)
  for (let step = stack.pop(); step !== undefined; step = stack.pop()) {
    if (found.has(step) || isFinal(turn.stepState(stepKey(step, rounds))!)) continue
    found.add(step)
    stack.push(...turn.index.incoming(step).map(({ from }) => from))
  }
  return found
}

function hasBegunWrite(turn: Turn, key: string): boolean {
  return [key, ...keysInside(turn, key)].some((one) => {
    const state = turn.stepState(one)!
    return !isFinal(state) && writeBegan(turn.planStep(one), state)
  })
}

function finishWhenDone(turn: Turn): void {
  const top = turn.index.body(null)
  if (top.every((key) => isFinal(turn.stepState(key)!))) {
    const failure = firstUnhandled(turn, top)
    return finishRun(turn, failure ? 'failed' : 'succeeded', failure)
  }
  if (anyGoesOn(turn)) return
  // The compiler refuses cycles, so only a damaged plan gets here; a run that nothing can move must not look alive.
  finishRun(turn, 'failed', {
    code: 'plan-stuck',
    message: 'The remaining steps wait for each other.',
    fix: 'Publish the runbook again.',
    retryable: false,
  })
}

function anyGoesOn({ state: { steps } }: Turn): boolean {
  // Asked after every event; a list of the states of a thousand rounds would be made each time.
  for (const key in steps) {
    const state = steps[key]!
    if (!isFinal(state) && state.status !== 'pending') return true
  }
  return false
}
