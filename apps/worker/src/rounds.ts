/** Work that a worker does again and again beside its activities. */
export interface Rounds {
  /** Waits for the round that is going on. */
  stop(): Promise<void>
}

/** One round at a time, the first at once, each `milliseconds` after the one before ended. Errors are told; the next round comes all the same. */
export function keepRounds(
  round: (signal: AbortSignal) => Promise<void>,
  { milliseconds, onError }: { milliseconds: number; onError: (error: unknown) => void },
): Rounds {
  const stopped = new AbortController()
  const rounds = (async () => {
    while (!stopped.signal.aborted) {
      await round(stopped.signal).catch(onError)
      await pause(milliseconds, stopped.signal)
    }
  })()
  return {
    async stop() {
      stopped.abort()
      await rounds
    },
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
