/** Work that answers the interpreter: each in a scope of its own, so that a cancel reaches it, and counted, so that a run knows when it is at rest. */
import { CancellationScope, isCancellation } from '@temporalio/workflow'
import type { RunEvent } from '@tenon/runbook'
import { stepErrorOf } from './step-failure.ts'

export interface StepWork {
  /** Begins `work`; what it gives or fails with is dispatched, unless the step was cancelled meanwhile. */
  begin(step: { stepId: string; attempt: number }, work: () => Promise<RunEvent>): Promise<void>
  cancel(stepId: string): void
  /** Whether nothing is under way. */
  atRest(): boolean
  /** Keeps the run open until `work` has ended. */
  hold(work: Promise<unknown>): void
  /** Resolves when nothing that is held is under way. */
  settled(): Promise<void>
  held(): Promise<unknown>[]
}

export function createStepWork(dispatch: (event: RunEvent) => void): StepWork {
  const running = new Map<string, CancellationScope>()
  const held = new Set<Promise<unknown>>()
  return {
    begin({ stepId, attempt }, work) {
      const scope = new CancellationScope({ cancellable: true })
      running.set(stepId, scope)
      return scope
        .run(work)
        .catch((failure: unknown): RunEvent | null =>
          scope.consideredCancelled || isCancellation(failure)
            ? null
            : { kind: 'step-failed', at: Date.now(), stepId, attempt, error: stepErrorOf(failure) },
        )
        .then((event) => {
          if (running.get(stepId) === scope) running.delete(stepId)
          if (event && !scope.consideredCancelled) dispatch(event)
        })
    },
    cancel(stepId) {
      running.get(stepId)?.cancel()
    },
    atRest: () => running.size === 0 && held.size === 0,
    hold(work) {
      const one = work.finally(() => held.delete(one))
      held.add(one)
    },
    async settled() {
      while (held.size > 0) await Promise.all(held)
    },
    held: () => [...held],
  }
}
