/**
 * Over how much time a rate is taken at each point. As near to one step as the scrape interval allows: longer windows make
 * neighbouring points share events, shorter ones hold no two samples.
 *
 * The interval is measured, not configured, and differs along one query (backfilled history is coarser than what is scraped now),
 * so a query is cut into spans of one window each.
 */
import type { Point } from '@tenon/runbook'

export interface WindowSpan {
  /** Unix ms of the first and last point, on the query's grid. */
  from: number
  to: number
  windowSeconds: number
  /** How far apart the raw samples are; absent where it was not measured. */
  intervalSeconds?: number
}

/** MetricsQL takes the last sample before the window along, PromQL sees only what is inside. */
export type Dialect = 'promql' | 'metricsql'

/** A sample count is taken over so many seconds. */
export const countSeconds = 300
/** From this step on a window of one step holds enough samples of any usual scrape interval, so that nothing need be measured. */
export const coarseStepSeconds = 240

const usualIntervals = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300]
const assumedInterval = 60

/** One span over the whole grid, of one step. */
export function coarseSpans(grid: readonly number[], stepSeconds: number): WindowSpan[] {
  return spansOf(grid, () => ({ windowSeconds: stepSeconds }))
}

/**
 * @param grid the query's times, ascending
 * @param counts samples of the busiest series in the `countSeconds` that end at each time; null where none
 */
export function measuredSpans(
  grid: readonly number[],
  { counts, stepSeconds, dialect }: { counts: readonly Point[]; stepSeconds: number; dialect: Dialect },
): WindowSpan[] {
  const intervals = counts.map(([, count]) => (count === null || count < 1 ? null : intervalOf(count)))
  const windows = intervals.map((_, slot): Window => {
    // Where scraping became finer, the slot in between holds both: its neighbours count with it.
    const near = intervals.slice(Math.max(0, slot - 1), slot + 2).flatMap((interval) => interval ?? [])
    const interval = near.length > 0 ? Math.max(...near) : null
    const windowSeconds = windowOf(interval ?? assumedInterval, { stepSeconds, dialect })
    return { windowSeconds, ...(interval === null ? {} : { intervalSeconds: interval }) }
  })
  let slot = 0
  return spansOf(grid, (t) => {
    // After the last slot that one holds.
    while (slot < counts.length - 1 && counts[slot]![0] < t) slot += 1
    return windows[slot]!
  })
}

function windowOf(interval: number, { stepSeconds, dialect }: { stepSeconds: number; dialect: Dialect }): number {
  if (dialect === 'metricsql') return Math.max(stepSeconds, 2 * interval)
  // n + 1 samples bound n intervals: with one interval more than the step, what is between them is just the step.
  return stepSeconds >= 2 * interval ? stepSeconds + interval : 3 * interval
}

/** Counts are few: those of the usual intervals, and of one scrape more or less. */
const intervalsByCount = new Map<number, number>()

function intervalOf(count: number): number {
  let interval = intervalsByCount.get(count)
  if (interval === undefined) {
    interval = nearestInterval(count)
    if (intervalsByCount.size < 1_000) intervalsByCount.set(count, interval)
  }
  return interval
}

function nearestInterval(count: number): number {
  const measured = countSeconds / count
  const distance = (interval: number) => Math.abs(Math.log(interval / measured))
  return usualIntervals.reduce((best, one) => (distance(one) < distance(best) ? one : best))
}

type Window = Pick<WindowSpan, 'windowSeconds' | 'intervalSeconds'>

function spansOf(grid: readonly number[], windowAt: (t: number) => Window): WindowSpan[] {
  const spans: WindowSpan[] = []
  for (const t of grid) {
    const window = windowAt(t)
    const last = spans.at(-1)
    if (last?.windowSeconds === window.windowSeconds) {
      last.to = t
      // What is finer than its window needs is told by the coarsest.
      const coarser = Math.max(last.intervalSeconds ?? 0, window.intervalSeconds ?? 0)
      if (coarser > 0) last.intervalSeconds = coarser
    } else spans.push({ from: t, to: t, ...window })
  }
  return spans
}
