/** What depends on what, for the questions "can a fault there show here?" and "can one fault explain both?". */

/** `calls[a]` are those that `a` depends on. Cycles are fine: all members of one reach each other. */
export type CallGraph = Readonly<Record<string, readonly string[]>>

export interface Reach {
  /** Everything that a fault of which shows at `entity`: what it depends on, near and far, and itself. */
  dependencies(entity: string): ReadonlySet<string>
}

/** Computes lazily and remembers; one set an entity that is asked for. */
export function createReach(calls: CallGraph): Reach {
  const known = new Map<string, ReadonlySet<string>>()
  return {
    dependencies(entity) {
      const before = known.get(entity)
      if (before) return before
      const found = new Set([entity])
      // A Set may grow while it is walked; new members come last.
      for (const one of found) {
        if (!Object.hasOwn(calls, one)) continue
        for (const next of calls[one] ?? []) found.add(next)
      }
      known.set(entity, found)
      return found
    },
  }
}
