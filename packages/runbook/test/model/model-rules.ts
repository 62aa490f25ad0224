/**
 * The rules of a run that need no event: what begins, what is skipped, which round comes next, when the run ends. After each event they are tried
 * from the first to the last; when one applies, all begin again. Slow and obvious.
 */
import type { Preset } from '../../src/run.ts'
import { itemsOf } from './model-bindings.ts'
import { ownInput } from './model-inputs.ts'
import {
  endCancelled,
  endDone,
  endFailed,
  endSkipped,
  errorOf,
  hasEnded,
  type Model,
  type ModelScope,
  type ModelStep,
  roundsOfLoop,
  startTimer,
  stepsIn,
} from './model-state.ts'
import { beginControl, closeRound, failedRounds } from './model-control.ts'
import { endRun } from './model-end.ts'

export function settle(model: Model): void {
  while (model.status === 'running' && oneRuleApplies(model)) continue
}

/** What follows from the end of a round comes before anything new begins. */
function oneRuleApplies(model: Model): boolean {
  return someLoopGoesOn(model) || someStepMoves(model) || someDeadlineBegins(model) || runEnds(model)
}

const pendingSteps = (model: Model): ModelStep[] =>
  model.steps.filter((one) => one.status === 'pending' && one.scope.state === 'going')

/** A step begins or is skipped. `model.turn` says who goes first; that nobody is forgotten is seen by looking at all. */
function someStepMoves(model: Model): boolean {
  for (let next = model.turn.shift(); next; next = model.turn.shift()) if (moves(model, next)) return true
  return pendingSteps(model).some((one) => moves(model, one))
}

function moves(model: Model, one: ModelStep): boolean {
  if (one.status !== 'pending' || one.scope.state !== 'going') return false
  const fate = fateOf(model, one)
  if (fate === 'run') begin(model, one)
  if (fate === 'skip') endSkipped(model, one, '')
  return fate !== 'wait'
}

function someDeadlineBegins(model: Model): boolean {
  for (const one of pendingSteps(model)) {
    if (one.deadline !== 'none' || one.step.joinDeadlineSeconds === null || arrivals(model, one).taken === 0) continue
    one.deadline = 'running'
    startTimer(model, `join:${one.key}`, one.step.joinDeadlineSeconds)
    return true
  }
  return false
}

function fateOf(model: Model, one: ModelStep): 'run' | 'skip' | 'wait' {
  const { taken, open, sources } = arrivals(model, one)
  if (sources === 0) return 'run'
  const { join } = one.step
  if (join === 'any' || join === 'first') return taken > 0 ? 'run' : open === 0 ? 'skip' : 'wait'
  if (join === 'all') {
    if (taken > 0 && (open === 0 || one.deadline === 'over')) return 'run'
    return open > 0 ? 'wait' : 'skip'
  }
  if (taken >= join.atLeast) return 'run'
  return taken + open < join.atLeast ? 'skip' : 'wait'
}

/** Distinct sources: all, those with a taken edge, those that have not ended. */
function arrivals(model: Model, one: ModelStep): { sources: number; taken: number; open: number } {
  const edges = model.plan.edges.filter(({ to }) => to === one.step.id)
  const sources = stepsIn(model, one.scope).filter(({ step }) => edges.some(({ from }) => from === step.id))
  const arrived = sources.filter((source) =>
    edges.some(({ from, on }) => from === source.step.id && isTaken(source, on)),
  )
  return { sources: sources.length, taken: arrived.length, open: sources.filter((source) => !hasEnded(source)).length }
}

function isTaken(source: ModelStep, on: string): boolean {
  if (source.status === 'failed') return on === 'error'
  return source.status === 'done' && (on === 'always' || on === source.outcome)
}

/** A step begins: losers first, then a preset, a mute, its inputs, and what its effect says. */
export function begin(model: Model, one: ModelStep): void {
  if (one.step.join === 'first') for (const loser of losersOf(model, one)) endCancelled(model, loser)
  model.timers.delete(`join:${one.key}`)
  model.timers.delete(`start-by:${one.key}`)
  if (presetOf(model, one)) return takePreset(model, one)
  one.attempt = 1
  if (one.step.mute !== null) {
    one.borrowed = true
    return endDone(model, one, { outcome: one.step.mute })
  }
  const input = ownInput(model, one)
  if (input === null) return endFailed(model, one, errorOf('expression-failed'))
  one.input = input
  one.status = 'running'
  beginControl(model, one)
}

/** A yes is never taken over from another run: people are asked again. */
export function presetOf(model: Model, one: ModelStep): Preset | null {
  const [, preset] = Object.entries(model.context.presets ?? {}).find(([key]) => key === one.key) ?? []
  if (!preset || (one.step.effect === 'approve' && preset.result.outcome === 'approved')) return null
  return preset
}

export function takePreset(model: Model, one: ModelStep): void {
  one.attempt = 1
  one.borrowed = true
  endDone(model, one, presetOf(model, one)!.result)
}

/** The steps that lead only to `winner` and still go on, without writes that have begun and what leads to those. */
/** `startBy` is over: what the step still waits for ends, and what those wait for, but not a write that is under way. */
export function cutOff(model: Model, one: ModelStep): void {
  const waitedFor = (step: ModelStep): ModelStep[] =>
    stepsIn(model, step.scope)
      .filter((source) => !hasEnded(source))
      .filter((source) => model.plan.edges.some(({ from, to }) => from === source.step.id && to === step.step.id))
  const cut = new Set<ModelStep>()
  for (let front = waitedFor(one); front.length > 0; front = front.flatMap(waitedFor))
    for (const each of front) cut.add(each)
  const ended = stepsIn(model, one.scope).filter((each) => cut.has(each) && !isWriteUnderWay(model, each))
  for (const each of ended) endCancelled(model, each)
  begin(model, one)
  // What follows from those that were cut is looked at in their order.
  for (const each of ended)
    for (const { from, to } of model.plan.edges)
      if (from === each.step.id) model.turn.push(...stepsIn(model, one.scope).filter(({ step }) => step.id === to))
}

function losersOf(model: Model, winner: ModelStep): ModelStep[] {
  const targets = (one: ModelStep): string[] =>
    model.plan.edges.filter(({ from }) => from === one.step.id).map(({ to }) => to)
  let losers = stepsIn(model, winner.scope).filter(
    (one) => one !== winner && !hasEnded(one) && targets(one).length > 0 && !isWriteUnderWay(model, one),
  )
  for (;;) {
    const ids = losers.map(({ step }) => step.id)
    const kept = losers.filter((one) => targets(one).every((to) => to === winner.step.id || ids.includes(to)))
    if (kept.length === losers.length) return losers
    losers = kept
  }
}

/** A write that has begun and not ended, or a loop with one inside. */
function isWriteUnderWay(model: Model, one: ModelStep): boolean {
  if (one.step.effect === 'write') return one.attempt > 0 && !hasEnded(one)
  return roundsOfLoop(model, one).some((scope) => stepsIn(model, scope).some((inner) => isWriteUnderWay(model, inner)))
}

function someLoopGoesOn(model: Model): boolean {
  for (const loop of model.steps) {
    if (loop.status !== 'running' || (loop.step.effect !== 'each' && loop.step.effect !== 'repeat')) continue
    const rounds = roundsOfLoop(model, loop)
    const ended = rounds.find((scope) => scope.state === 'going' && stepsIn(model, scope).every(hasEnded))
    if (ended) {
      closeRound(model, loop, { round: ended, failed: hasLooseFailure(model, ended) })
      return true
    }
    if (loop.step.effect === 'each' && eachIsDone(model, loop, rounds)) return true
  }
  return false
}

function eachIsDone(model: Model, loop: ModelStep, rounds: ModelScope[]): boolean {
  const items = itemsOf(loop)
  if (rounds.length < items.length || rounds.some(({ state }) => state === 'going')) return false
  const failed = failedRounds(rounds)
  endDone(model, loop, {
    outcome: failed === 0 ? 'done' : 'partial',
    output: {
      count: items.length,
      succeeded: items.length - failed,
      failed,
      results: rounds.map(({ state, value }, index) => ({ index, item: items[index], status: state, value })),
    },
  })
  return true
}

/** Whether a step of the scope failed and no edge takes that up. */
function hasLooseFailure(model: Model, scope: ModelScope): boolean {
  return looseFailures(model, scope).length > 0
}

function looseFailures(model: Model, scope: ModelScope): ModelStep[] {
  return stepsIn(model, scope).filter(
    ({ status, step }) =>
      status === 'failed' && !model.plan.edges.some(({ from, on }) => from === step.id && on === 'error'),
  )
}

function runEnds(model: Model): boolean {
  const [top] = model.scopes
  if (!top || !stepsIn(model, top).every(hasEnded)) return false
  const [first] = looseFailures(model, top).sort((a, b) => a.endedAt! - b.endedAt!)
  endRun(model, first ? 'failed' : 'succeeded', first?.error ?? null)
  return true
}
