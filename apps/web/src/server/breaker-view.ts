import type { Breaker } from '@tenon/actions'

/** A breaker as the APIs show it: times are ISO 8601. */
export function breakerView({ pushed, ...breaker }: Breaker) {
  const iso = (time: number | null): string | null => (time === null ? null : new Date(time).toISOString())
  return {
    ...breaker,
    startedAt: new Date(breaker.startedAt).toISOString(),
    endsAt: new Date(breaker.endsAt).toISOString(),
    trippedAt: iso(breaker.trippedAt),
    settledAt: iso(breaker.settledAt),
    pushed: pushed.map(({ at, ...sample }) => ({ ...sample, at: new Date(at).toISOString() })),
  }
}
