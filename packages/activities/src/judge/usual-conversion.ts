import type { Sample } from '@tenon/analysis'

const minute = 60_000
const day = 24 * 60 * minute
const halfWidth = 30 * minute
const minimumDays = 2

/**
 * The share of a step's events that the next step completes at this time of day: the median of earlier days, so that one bad day does not
 * count. Null with fewer than two days.
 *
 * @param before, here volumes of two neighbouring steps at the same times
 */
export function usualConversion(before: readonly Sample[], here: readonly Sample[], asOf: number): number | null {
  const volumes = new Map(here)
  const days = new Map<number, { before: number; here: number }>()
  for (const [t, volume] of before) {
    const back = Math.round((asOf - t) / day)
    const own = volumes.get(t) ?? null
    if (volume === null || own === null || back < 1 || Math.abs(asOf - back * day - t) > halfWidth) continue
    const sum = days.get(back) ?? { before: 0, here: 0 }
    days.set(back, { before: sum.before + volume, here: sum.here + own })
  }
  const shares = [...days.values()]
    .flatMap((sum) => (sum.before > 0 ? [sum.here / sum.before] : []))
    .sort((a, b) => a - b)
  if (shares.length < minimumDays) return null
  const middle = shares.length >> 1
  const [low = 0, high = 0] = [shares[middle - 1], shares[middle]]
  return shares.length % 2 === 1 ? high : (low + high) / 2
}
