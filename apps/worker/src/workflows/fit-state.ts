/** Makes a run's state small enough to travel: as a result, to a query, or into the execution that goes on with it. */
import {
  planStepOf,
  roundsOf,
  stepKey,
  type Evidence,
  type Plan,
  type RunState,
  type StepResult,
  type StepState,
} from '@tenon/runbook'

/** Temporal takes 2 MB at a time. Length of the JSON. */
export const longestState = 1024 * 1024

/**
 * The state itself when it fits. Else evidence is left out, which the projection has already, oldest first; and when that is not enough, outputs of rounds
 * that have ended, of which their loops have collected what is wanted.
 */
export function fitState(plan: Plan, state: RunState, limit = longestState): RunState {
  let excess = lengthOf(state) - limit
  if (excess <= 0) return state
  const steps = { ...state.steps }
  const cut = (shorten: (key: string, result: StepResult) => StepResult): void => {
    for (const [key, now] of Object.entries(steps).toSorted(byEnd)) {
      if (excess <= 0) return
      if (now.status !== 'done') continue
      const result = shorten(key, now.result)
      if (result === now.result) continue
      excess -= lengthOf(now.result) - lengthOf(result)
      steps[key] = { ...now, result }
    }
  }
  cut((_key, result) => ((result.evidence ?? []).length > 0 ? { ...result, evidence: [leftOut] } : result))
  cut((key, result) => (roundHasEnded(plan, state, key) ? { ...result, output: null } : result))
  return { ...state, steps }
}

/** Without any evidence: whoever asks for a run's end reads that from the projection. */
export function withoutEvidence(plan: Plan, state: RunState): RunState {
  const steps = Object.fromEntries(
    Object.entries(state.steps).map(([id, now]) => [
      id,
      now.status === 'done' && now.result.evidence ? { ...now, result: { ...now.result, evidence: undefined } } : now,
    ]),
  )
  return fitState(plan, { ...state, steps })
}

/** Something must stand there: a step with evidence counts for more in a report than one without. */
const leftOut: Evidence = { id: 'left-out', kind: 'text', title: 'Evidence', text: 'It is in the record of the step.' }

function roundHasEnded(plan: Plan, state: RunState, key: string): boolean {
  const { parent } = planStepOf(plan, key)
  const rounds = roundsOf(key)
  const round = rounds.at(-1)
  if (parent === null || round === undefined) return false
  const loop = state.loops[stepKey(parent, rounds.slice(0, -1))]
  // The bookkeeping of a loop that has ended is gone.
  if (!loop) return true
  return loop.kind === 'each' ? loop.rounds[round] !== null : round < loop.round
}

const lengthOf = (value: unknown): number => JSON.stringify(value).length

function byEnd([, a]: [string, StepState], [, b]: [string, StepState]): number {
  return endOf(a) - endOf(b)
}

function endOf(now: StepState): number {
  return now.status === 'done' ? now.endedAt : Number.POSITIVE_INFINITY
}
