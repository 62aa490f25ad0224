/**
 * The ends of a run's local activities, taken one at a time. While a run goes on, each of them comes in an activation of its own; when it is replayed, several
 * that were under way together come in one. Their continuations would then run side by side, in an order that depends on how many promises each hangs on, and
 * the run would begin what follows in another order than it did: a difference that Temporal refuses. So each waits here until all that the one before it caused is
 * done, in both cases.
 */
export interface Arrivals {
  /** What a local activity gives or fails with, when its turn has come. Only what a proxy returned may be given, at once: the order is that of arrival. */
  inOrder<T>(call: Promise<T>): Promise<T>
}

/** Far more than any continuation hangs on; they cost nanoseconds each. */
const hopsUntilQuiet = 64

export function createArrivals(): Arrivals {
  let line = Promise.resolve()
  return {
    async inOrder(call) {
      await call.then(
        () => undefined,
        () => undefined,
      )
      line = line.then(quiet)
      await line
      return call
    },
  }
}

async function quiet(): Promise<void> {
  for (let hop = 0; hop < hopsUntilQuiet; hop += 1) await Promise.resolve()
}
