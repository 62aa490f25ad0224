/** Levels of several series joined to one, as `avg_over_time` and an aggregate do at a Prometheus API. */
import type { Measure } from '../../model/model.ts'

export type Aggregate = Measure['aggregate']

/** Null of nothing. */
export function joined(aggregate: Aggregate, values: readonly number[]): number | null {
  if (values.length === 0) return null
  switch (aggregate) {
    case 'sum':
      return sumOf(values)
    case 'avg':
      return sumOf(values) / values.length
    case 'max':
      return values.reduce((most, value) => Math.max(most, value))
    case 'min':
      return values.reduce((least, value) => Math.min(least, value))
  }
}

/** Within a step a gauge counts with its mean, but a highest or lowest value must not be averaged away. */
export const withinStep = (aggregate: Aggregate): Aggregate => (aggregate === 'sum' ? 'avg' : aggregate)

/** Between neighbours linearly, as `quantile_over_time` and `percentile_cont` take it. Null of nothing. */
export function quantileOf(values: readonly number[], quantile: number): number | null {
  if (values.length === 0) return null
  const sorted = Float64Array.from(values).sort()
  const rank = quantile * (sorted.length - 1)
  const below = Math.floor(rank)
  const [low, high] = [sorted[below]!, sorted[Math.min(below + 1, sorted.length - 1)]!]
  return low + (high - low) * (rank - below)
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)
