/** Work that a worker does again and again beside its activities. */
export interface Rounds {
  /** There is news: the next round begins without the rest of the wait. */
  soon(): void
  /** Waits for the round that is going on. */
  stop(): Promise<void>
}

/** Between two rounds also when there is always news. */
const shortestMilliseconds = 100

/** One round at a time, the first at once, each `milliseconds` after the one before ended. Errors are told; the next round comes all the same. */
export function keepRounds(
  round: (signal: AbortSignal) => Promise<void>,
  { milliseconds, onError }: { milliseconds: number; onError: (error: unknown) => void },
): Rounds {
  const stopped = new AbortController()
  let news = new AbortController()
  const goOn = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      news = new AbortController()
      await round(stopped.signal).catch(onError)
      await pause(shortestMilliseconds, stopped.signal)
      await pause(milliseconds - shortestMilliseconds, AbortSignal.any([stopped.signal, news.signal]))
    }
  }
  const rounds = goOn()
  return {
    soon: () => news.abort(),
    async stop() {
      stopped.abort()
      await rounds
    },
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const end = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, milliseconds)
    signal.addEventListener('abort', end)
  })
}
