import type { Sample } from '@tenon/analysis'

/** Mean of the known points with `from < t <= to`; null when there is none. */
export function meanOver(points: readonly Sample[], from: number, to: number): number | null {
  let sum = 0
  let count = 0
  for (const [t, value] of points) {
    if (value === null || t <= from || t > to) continue
    sum += value
    count++
  }
  return count === 0 ? null : sum / count
}

/** Sum of a rate per minute over `from < t <= to`: how many events there were. */
export function eventsOver(points: readonly Sample[], span: { from: number; to: number; stepSeconds: number }): number {
  let events = 0
  for (const [t, value] of points) {
    if (value !== null && t > span.from && t <= span.to) events += (value * span.stepSeconds) / 60
  }
  return events
}
