/** The shapes that the analyses take: plain arrays, so that any source and any test can make them. */

/** `[unix milliseconds, value]`; null is a gap: not known, which is neither zero nor normal. */
export type Sample = [t: number, value: number | null]

/**
 * What a series counts, which decides its noise.
 * `count`: events, as a rate per minute (Poisson). `ratio`: a share 0..1 (binomial when its events are given).
 * `gauge` and `latency`: no noise model of their own, so what history shows.
 */
export type SeriesKind = 'count' | 'ratio' | 'gauge' | 'latency'

/** Which direction is bad. */
export type BadDirection = 'down' | 'up' | 'both'

/** How much of the data was there, how old its newest point is, and how fine it is. */
export interface Quality {
  /** Share of expected points that were present, 0..1. */
  completeness: number
  /** Age of the newest sample at `asOf`, seconds; null when there is none. */
  freshnessSeconds: number | null
  /** How far apart the raw samples are, in seconds; absent when that is not known. */
  resolutionSeconds?: number | undefined
  notes: string[]
}

/** `[unix milliseconds, low, high]`. */
export type BandPoint = [t: number, low: number, high: number]
