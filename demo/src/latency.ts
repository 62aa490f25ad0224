/** Simulated request times of many requests at once, as the histogram counts them. */
import { binomial, logNormalBelow, normal, type Random } from './random.ts'
import { LATENCY_BUCKETS } from './world.ts'

/** A histogram's running totals; `counts` has one entry a bucket, `+Inf` last, not yet cumulative. */
export interface Histogram {
  counts: Float64Array
  sum: number
  count: number
}

export interface LatencyShape {
  medianSeconds: number
  sigma: number
  /** Share of all requests that falls into each bucket, `+Inf` last. */
  shares: readonly number[]
  mean: number
  deviation: number
}

/** An empty histogram over `LATENCY_BUCKETS`. */
export function emptyHistogram(): Histogram {
  return { counts: new Float64Array(LATENCY_BUCKETS.length + 1), sum: 0, count: 0 }
}

/** Works out once what drawing from a log-normal needs. */
export function latencyShape(medianSeconds: number, sigma: number): LatencyShape {
  const below = [...LATENCY_BUCKETS.map((bound) => logNormalBelow(bound, medianSeconds, sigma)), 1]
  const shares = below.map((value, index) => value - (below[index - 1] ?? 0))
  const mean = medianSeconds * Math.exp((sigma * sigma) / 2)
  return { medianSeconds, sigma, shares, mean, deviation: mean * Math.sqrt(Math.exp(sigma * sigma) - 1) }
}

/** Adds `requests` whose times follow `shape`. */
export function addDrawn(random: Random, histogram: Histogram, requests: number, shape: LatencyShape): void {
  let left = requests
  let shareLeft = 1
  for (let index = 0; index < shape.shares.length && left > 0; index++) {
    const share = shape.shares[index]!
    const drawn = share < 1e-7 ? 0 : binomial(random, left, Math.min(1, share / shareLeft))
    histogram.counts[index]! += drawn
    left -= drawn
    shareLeft -= share
  }
  histogram.counts[shape.shares.length - 1]! += left
  const noise = Math.sqrt(requests) * shape.deviation * normal(random)
  histogram.sum += Math.max(requests * shape.mean * 0.2, requests * shape.mean + noise)
  histogram.count += requests
}

/** Adds `requests` that all took about `seconds`. */
export function addFixed(histogram: Histogram, requests: number, seconds: number): void {
  const bucket = LATENCY_BUCKETS.findIndex((bound) => seconds <= bound)
  histogram.counts[bucket === -1 ? LATENCY_BUCKETS.length : bucket]! += requests
  histogram.sum += requests * seconds
  histogram.count += requests
}
