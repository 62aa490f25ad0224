/** One listener on the database for all browsers that are open, and all callers that wait for a run. */
import type { Database, Listening, LiveMessage } from '@tenon/db'

export interface LiveHub {
  /**
   * @param onGap messages may have been missed: read everything anew.
   * @returns a function that ends it; null when too many listen already.
   */
  subscribe(listener: LiveListener): (() => void) | null
  /** Only what is about this id; there may be as many as there are connections. @returns a function that ends it. */
  watch(id: string, listener: LiveListener): () => void
}

interface LiveListener {
  onMessage(message: LiveMessage): void
  onGap(): void
}

/** A browser holds one for each open tab. */
const most = 500

export function createLiveHub(db: Pick<Database, 'listen'>): LiveHub {
  const listeners = new Set<LiveListener>()
  const watchers = new Map<string, Set<LiveListener>>()
  let listening: Listening | null = null

  function start(): void {
    listening ??= db.listen(
      (message) => {
        for (const one of listeners) one.onMessage(message)
        for (const one of watchers.get(message.id) ?? []) one.onMessage(message)
      },
      () => {
        for (const one of listeners) one.onGap()
        for (const ofId of watchers.values()) for (const one of ofId) one.onGap()
      },
    )
  }

  return {
    subscribe(listener) {
      if (listeners.size >= most) return null
      listeners.add(listener)
      start()
      return () => void listeners.delete(listener)
    },

    watch(id, listener) {
      const ofId = watchers.get(id) ?? new Set()
      watchers.set(id, ofId.add(listener))
      start()
      return () => {
        ofId.delete(listener)
        if (ofId.size === 0) watchers.delete(id)
      }
    },
  }
}
