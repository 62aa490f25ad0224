/**
 * A run's state on the canvas. Cards subscribe to their own step, so that an update renders the cards whose step changed and the graph's
 * arrays stay as they are.
 */
import { createContext, useContext, useSyncExternalStore } from 'react'
import { stepIdOf } from '@tenon/runbook'
import type { Outputs } from '../ui/api.tsx'

export type RunDetail = Outputs['runs']['get']
export type StepRow = RunDetail['steps'][number] & {
  /** Of a step of a loop: how many rounds it ran in so far. */
  rounds?: number
}

export interface RunOverlay {
  show(steps: readonly StepRow[]): void
  clear(): void
  step(id: string): StepRow | undefined
  subscribe(listener: () => void): () => void
}

export function createRunOverlay(): RunOverlay {
  let steps = new Map<string, StepRow>()
  const listeners = new Set<() => void>()
  const publish = (next: Map<string, StepRow>): void => {
    steps = next
    for (const listener of listeners) listener()
  }
  return {
    show(rows) {
      const next = new Map<string, StepRow>()
      for (const [id, executions] of Map.groupBy(rows, (row) => stepIdOf(row.stepId))) {
        const row = shownOf(executions)
        const before = steps.get(id)
        // The same state keeps its identity: only cards whose step moved render.
        next.set(id, before && isSame(before, row) ? before : row)
      }
      publish(next)
    },
    clear: () => publish(new Map()),
    step: (id) => steps.get(id),
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

const isSame = (a: StepRow, b: StepRow): boolean =>
  a.status === b.status && a.attempt === b.attempt && a.outcome === b.outcome && a.rounds === b.rounds

/** Of a step of a loop the card shows one round: one that goes on, else one that failed, else the newest. */
function shownOf(executions: readonly StepRow[]): StepRow {
  const goes = executions.findLast(
    ({ status }) => status === 'running' || status === 'waiting' || status === 'backing-off',
  )
  const shown = goes ?? executions.findLast(({ status }) => status === 'failed') ?? executions.at(-1)!
  return stepIdOf(shown.stepId) === shown.stepId ? shown : { ...shown, rounds: executions.length }
}

const Context = createContext<RunOverlay>(createRunOverlay())
export const RunOverlayProvider = Context.Provider

export function useStepState(id: string): StepRow | undefined {
  const overlay = useContext(Context)
  return useSyncExternalStore(
    overlay.subscribe,
    () => overlay.step(id),
    () => undefined,
  )
}
