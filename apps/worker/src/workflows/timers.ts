import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow'

export interface Timers {
  start(timerId: string, seconds: number): void
  cancel(timerId: string): void
}

/** The interpreter's timers as Temporal's. @param fired called when one has come. */
export function createTimers(fired: (timerId: string) => void): Timers {
  const scopes = new Map<string, CancellationScope>()
  return {
    start(timerId, seconds) {
      const scope = new CancellationScope({ cancellable: true })
      scopes.set(timerId, scope)
      scope
        .run(() => sleep(seconds * 1000))
        .then(
          () => {
            if (scopes.get(timerId) === scope) scopes.delete(timerId)
            fired(timerId)
          },
          (failure: unknown) => {
            if (!isCancellation(failure)) throw failure
          },
        )
    },
    cancel(timerId) {
      scopes.get(timerId)?.cancel()
      scopes.delete(timerId)
    },
  }
}
