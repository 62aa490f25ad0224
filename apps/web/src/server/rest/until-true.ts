import type { LiveHub } from '../live-hub.ts'

/** Messages can be lost (a connection to PostgreSQL that breaks), so it is also looked at by itself. */
const slowPollMs = 1_000

/**
 * Waits until `check` says true; at most `ms`, or until `signal`. Looks once it listens, then whenever something is written about `id` (of a run): so it is
 * over a moment after the write that made it true.
 */
export async function untilTrue(
  live: LiveHub,
  check: () => Promise<boolean>,
  { id, ms, signal }: { id: string; ms: number; signal: AbortSignal },
): Promise<void> {
  let wake: () => void = () => undefined
  let told = true
  let over = signal.aborted
  const tell = (): void => {
    told = true
    wake()
  }
  const end = (): void => {
    over = true
    wake()
  }
  // Before the first look, so that nothing falls between.
  const unwatch = live.watch(id, { onMessage: tell, onGap: tell })
  const timer = setTimeout(end, ms)
  const poll = setInterval(tell, slowPollMs)
  signal.addEventListener('abort', end, { once: true })
  try {
    while (!over) {
      if (told) {
        told = false
        if (await check()) return
        continue
      }
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  } finally {
    clearTimeout(timer)
    clearInterval(poll)
    signal.removeEventListener('abort', end)
    unwatch()
  }
}
