import type { Hypothesis } from '@tenon/runbook'

/** The likeliest of the causes that are a place; null when there is none. */
export function topPlace(
  hypotheses: readonly Hypothesis[],
): { placeKind: 'zone' | 'version' | 'host'; cause: string } | null {
  const places = hypotheses.flatMap(({ kind, cause, likelihood }) =>
    (kind === 'zone' || kind === 'version' || kind === 'host') && likelihood > 0
      ? [{ placeKind: kind, cause, likelihood }]
      : [],
  )
  const [top] = places.toSorted((a, b) => b.likelihood - a.likelihood)
  return top ? { placeKind: top.placeKind, cause: top.cause } : null
}
