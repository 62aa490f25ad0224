/**
 * A run's state on the canvas. Cards subscribe to their own step, so that an update renders the cards whose step changed and the graph's
 * arrays stay as they are.
 */
import { createContext, useContext, useSyncExternalStore } from 'react'
import type { Outputs } from '../ui/api.tsx'

export type RunDetail = Outputs['runs']['get']
export type StepRow = RunDetail['steps'][number]

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
      for (const row of rows) {
        const before = steps.get(row.stepId)
        // The same state keeps its identity: only cards whose step moved render.
        next.set(
          row.stepId,
          before && before.status === row.status && before.attempt === row.attempt && before.outcome === row.outcome
            ? before
            : row,
        )
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
