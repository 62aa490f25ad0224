import { isFigure } from './excess.ts'

/** A gauge that tells of a node's health: connections in use, queue length, wait. */
export interface Sign {
  title: string
  history: readonly (number | null)[]
  recent: readonly (number | null)[]
  bad: 'up' | 'down'
}

const LEAST_HISTORY = 8
/** A change below this share of its usual size is none, however steady the sign was. */
const LEAST_CHANGE = 0.05

/** By how many deviations of its history the sign is worse in bad steps; 0 where that cannot be said. */
export function signScore({ history, recent, bad }: Sign, badness: Float64Array): number {
  const usual = history.filter(isFigure)
  if (usual.length < LEAST_HISTORY) return 0
  let sum = 0
  let weight = 0
  for (const [step, value] of recent.entries()) {
    const own = badness[step] ?? Number.NaN
    if (!isFigure(value) || !Number.isFinite(own)) continue
    sum += own * value
    weight += own
  }
  if (weight <= 0) return 0
  const mean = usual.reduce((total, value) => total + value, 0) / usual.length
  const variance = usual.reduce((total, value) => total + (value - mean) ** 2, 0) / usual.length
  const unit = Math.max(Math.sqrt(variance), LEAST_CHANGE * Math.abs(mean), 1e-12)
  const score = ((sum / weight - mean) / unit) * (bad === 'up' ? 1 : -1)
  return Number.isFinite(score) ? Math.max(0, Math.min(score, 1000)) : 0
}
