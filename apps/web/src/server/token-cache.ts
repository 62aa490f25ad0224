/** Who tokens speak for, kept for some seconds: a caller that asks often does not cost a query each time. */
import { createHash } from 'node:crypto'
import type { Database } from '@tenon/db'
import type { LiveHub } from './live-hub.ts'

type Found = Awaited<ReturnType<Database['tokens']['authenticate']>>

export interface TokenCache {
  authenticate(token: string): Promise<Found>
}

/** Revoking a token, changing a role and disabling a user are told at once; this bounds what a lost message may cost. */
const keptMs = 5_000
const mostKept = 1_000

/** Tokens that are refused are asked for each time. */
export function createTokenCache(tokens: Pick<Database['tokens'], 'authenticate'>, live: LiveHub): TokenCache {
  const kept = new Map<string, { found: NonNullable<Found>; until: number }>()
  /** Rises when what is known may be over, so that an answer that was under way meanwhile is not kept. */
  let generation = 0
  const forget = (): void => {
    generation += 1
    kept.clear()
  }
  live.subscribe({
    onMessage({ topic }) {
      if (topic === 'settings') forget()
    },
    onGap: forget,
  })

  return {
    async authenticate(token) {
      const key = createHash('sha256').update(token).digest('base64')
      const known = kept.get(key)
      if (known && known.until > Date.now()) return known.found
      kept.delete(key)
      const asked = generation
      const found = await tokens.authenticate(token)
      if (found && asked === generation) {
        if (kept.size >= mostKept) kept.clear()
        kept.set(key, { found, until: Date.now() + keptMs })
      }
      return found
    },
  }
}
