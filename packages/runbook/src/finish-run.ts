/** Ends runs, and steps that are ended from outside of themselves. */
import type { PlanStep } from './plan.ts'
import type { RunStatus, StepError, StepState } from './run.ts'
import { roundsOf, stepIdOf, stepKey } from './step-key.ts'
import { type Turn, hasRun, isFinal } from './turn.ts'

export const runTimeoutTimer = 'run-timeout'

/** Ends the run: stops what goes on, reverts when the runbook says so, and gives `finish-run`. */
export function finishRun(turn: Turn, status: Exclude<RunStatus, 'running'>, error: StepError | null): void {
  const revert = status !== 'succeeded' && turn.plan.onFailure === 'revert' && anyWriteBegan(turn)
  for (const key of Object.keys(turn.state.steps)) interrupt(turn, key)
  turn.change({ status, endedAt: turn.at, error })
  for (const timerId of Object.keys(turn.state.timers)) turn.cancelTimer(timerId)
  if (revert) turn.command({ kind: 'revert-actions', reason: `Run ${describe(status)}` })
  turn.command({ kind: 'finish-run', status })
}

/** Cancels a step that has not ended, and its timers. */
export function cancelStep(turn: Turn, key: string, why?: 'cut'): void {
  interrupt(turn, key, why)
  turn.cancelTimersOf(key)
}

/** Cancels everything inside a loop, in all of its rounds and those of loops inside. */
export function cancelInside(turn: Turn, loopKey: string): void {
  for (const key of keysInside(turn, loopKey)) cancelStep(turn, key)
}

/** Keys of all steps in the rounds of a loop, loops inside included. */
export function keysInside(turn: Turn, loopKey: string): string[] {
  const id = stepIdOf(loopKey)
  const rounds = roundsOf(loopKey)
  return Object.keys(turn.state.steps).filter((key) => {
    const depth = turn.index.loopsAround(stepIdOf(key)).indexOf(id)
    if (depth === -1) return false
    return stepKey(id, roundsOf(key).slice(0, depth)) === stepKey(id, rounds)
  })
}

function interrupt(turn: Turn, key: string, why?: 'cut'): void {
  const state = turn.stepState(key)
  if (!state || isFinal(state)) return
  const { effect } = turn.planStep(key)
  if (state.status === 'running' && effect !== 'each' && effect !== 'repeat')
    turn.command({ kind: 'cancel-step', stepId: key })
  if (state.status === 'waiting' && state.on.kind === 'event') turn.command({ kind: 'stop-awaiting', stepId: key })
  const ended = { status: 'cancelled' as const, endedAt: turn.at, ...(why === undefined ? {} : { cut: true as const }) }
  if (!('attempt' in state)) return turn.set(key, ended)
  const { attempt, startedAt, input } = state
  turn.set(key, { ...ended, begun: { attempt, startedAt, input } })
}

/** Whether a write may have reached the outside: also one that failed or was interrupted. One that was not run here did not. */
export function writeBegan({ effect }: PlanStep, state: StepState): boolean {
  return effect === 'write' && hasRun(state)
}

function anyWriteBegan(turn: Turn): boolean {
  return Object.entries(turn.state.steps).some(([key, state]) => writeBegan(turn.planStep(key), state))
}

function describe(status: Exclude<RunStatus, 'running'>): string {
  switch (status) {
    case 'succeeded':
      return 'succeeded'
    case 'failed':
      return 'failed'
    case 'cancelled':
      return 'was cancelled'
    case 'timed-out':
      return 'took too long'
  }
}
