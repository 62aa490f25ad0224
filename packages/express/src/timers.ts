/** Timers by id. What fires or is cancelled is forgotten. */
export interface Timers {
  start(id: string, seconds: number): void
  cancel(id: string): void
  clear(): void
}

/** What `setTimeout` can hold; it fires at once for more. About 24.8 days. */
const longestMs = 2 ** 31 - 1

export function createTimers(onFired: (id: string) => void): Timers {
  const going = new Map<string, NodeJS.Timeout>()

  function wait(id: string, ms: number): void {
    const now = Math.min(ms, longestMs)
    going.set(
      id,
      setTimeout(() => {
        if (ms > now) return wait(id, ms - now)
        going.delete(id)
        onFired(id)
      }, now),
    )
  }

  return {
    start: (id, seconds) => wait(id, Math.max(0, seconds * 1000)),
    cancel(id) {
      clearTimeout(going.get(id))
      going.delete(id)
    },
    clear() {
      for (const timer of going.values()) clearTimeout(timer)
      going.clear()
    },
  }
}
