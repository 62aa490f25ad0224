/** What can be said of several series together: no more than of the worst of them. */
import type { DataQuality } from '@tenon/runbook'

/** The least complete, the oldest, the coarsest, and every note once. Of none: nothing is known. */
export function worstQuality(qualities: readonly DataQuality[]): DataQuality {
  const ages = qualities.map(({ freshnessSeconds }) => freshnessSeconds)
  const resolutions = qualities.flatMap(({ resolutionSeconds }) => resolutionSeconds ?? [])
  return {
    completeness: qualities.length === 0 ? 0 : Math.min(...qualities.map(({ completeness }) => completeness)),
    freshnessSeconds:
      ages.length === 0 || ages.some((age) => age === null) ? null : Math.max(...ages.map((age) => age ?? 0)),
    ...(resolutions.length > 0 ? { resolutionSeconds: Math.max(...resolutions) } : {}),
    notes: [...new Set(qualities.flatMap(({ notes }) => notes))],
  }
}
