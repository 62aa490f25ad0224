export interface RateLimit {
  perSecond: number
  /** How many may come at once after a pause. */
  burst: number
}

export interface Spent {
  allowed: boolean
  /** Left after this one. */
  remaining: number
  /** Until the bucket is full again. */
  resetSeconds: number
  /** Until one more is allowed; 0 when it is now. */
  retryAfterSeconds: number
}

export interface TokenBuckets {
  /** @param key who spends: a token, or an address. */
  spend(key: string, now: number): Spent
}

/** Full buckets are as good as none; beyond so many the oldest that are full are dropped. */
const mostKept = 10_000

/** Token buckets in this process's memory, one a key. */
export function createTokenBuckets({ perSecond, burst }: RateLimit): TokenBuckets {
  const buckets = new Map<string, { tokens: number; at: number }>()

  function tidy(now: number): void {
    for (const [key, { tokens, at }] of buckets) {
      if (tokens + ((now - at) / 1000) * perSecond >= burst) buckets.delete(key)
    }
    // All are in use: an attack from many addresses. The oldest go, so that memory stays bounded.
    for (const key of buckets.keys()) {
      if (buckets.size <= mostKept) return
      buckets.delete(key)
    }
  }

  return {
    spend(key, now) {
      let bucket = buckets.get(key)
      if (!bucket) {
        if (buckets.size >= mostKept) tidy(now)
        bucket = { tokens: burst, at: now }
        buckets.set(key, bucket)
      }
      bucket.tokens = Math.min(burst, bucket.tokens + (Math.max(0, now - bucket.at) / 1000) * perSecond)
      bucket.at = now
      const allowed = bucket.tokens >= 1
      if (allowed) bucket.tokens -= 1
      return {
        allowed,
        remaining: Math.floor(bucket.tokens),
        resetSeconds: Math.ceil((burst - bucket.tokens) / perSecond),
        retryAfterSeconds: allowed ? 0 : Math.max(1, Math.ceil((1 - bucket.tokens) / perSecond)),
      }
    },
  }
}
