/** The windows of a grid: slot `i` is the time after its predecessor's end up to and with `grid[i]`, one step long. */
import { coarseSpans, type WindowSpan } from '../../query/rate-window.ts'
import type { SeriesAsk } from '../source.ts'

/** How long before its first point an answer looks for the newest sample, at least one step. */
const leadSeconds = 300

/** The same in steps. */
export const leadSteps = (stepSeconds: number): number => Math.max(1, Math.ceil(leadSeconds / stepSeconds))

export interface GridSlots {
  count: number
  /** Exclusive; unix ms. */
  after: number
  /** Inclusive. */
  until: number
  /** -1 outside. */
  of(t: number): number
  end(slot: number): number
  spans: WindowSpan[]
}

export function gridSlots({ grid, stepSeconds }: Pick<SeriesAsk, 'grid' | 'stepSeconds'>): GridSlots {
  const step = stepSeconds * 1000
  const [first, last] = [grid[0]!, grid.at(-1)!]
  return {
    count: grid.length,
    after: first - step,
    until: last,
    of: (t) => (t > first - step && t <= last ? Math.ceil((t - first) / step) : -1),
    end: (slot) => grid[slot]!,
    spans: coarseSpans(grid, stepSeconds),
  }
}
