/** One listener on the database for all browsers that are open. */
import type { Database, Listening, LiveMessage } from '@tenon/db'

export interface LiveHub {
  /**
   * @param onGap messages may have been missed: read everything anew.
   * @returns a function that ends it; null when too many listen already.
   */
  subscribe(listener: { onMessage(message: LiveMessage): void; onGap(): void }): (() => void) | null
}

/** A browser holds one for each open tab. */
const most = 500

export function createLiveHub(db: Pick<Database, 'listen'>): LiveHub {
  const listeners = new Set<Parameters<LiveHub['subscribe']>[0]>()
  let listening: Listening | null = null
  return {
    subscribe(listener) {
      if (listeners.size >= most) return null
      listeners.add(listener)
      listening ??= db.listen(
        (message) => {
          for (const one of listeners) one.onMessage(message)
        },
        () => {
          for (const one of listeners) one.onGap()
        },
      )
      return () => void listeners.delete(listener)
    },
  }
}
