/**
 * The streaming detector: one value in, one judgement out, in constant time and constant memory.
 *
 * One detector and one threshold serve every series: members look at it (its season and level, its distribution), each calibrates
 * its surprise on the series itself, and the strongest counts. State lies in typed arrays; `createStreamPool` holds very many series.
 */
import type { BadDirection, SeriesKind } from '../series.ts'
import { seasonalMember } from './seasonal-member.ts'

export interface StreamOptions {
  /** Seconds between points. Points may be missing, and come a little early or late. */
  intervalSeconds: number
  /** What the values count; counts and latencies cannot be expected below zero, ratios neither nor above one. */
  kind?: SeriesKind
  /** Which direction is worth an alarm; both by default. */
  bad?: BadDirection
}

export interface StreamPoint {
  /** 0..1; an alarm at 0.5 and above, on all data. */
  score: number
  /** What was expected before the value was seen, and its usual range; null while that is not known. */
  expected: number | null
  low: number | null
  high: number | null
  /** `gap`: no value, or none that can be placed in time: neither normal nor abnormal. `warming-up`: too little was seen to judge. */
  status: 'warming-up' | 'ok' | 'gap'
  alarm: boolean
}

export interface StreamDetector {
  /** Judges the value at `t` (unix ms) and learns it. Never throws on data. */
  update(t: number, value: number | null): StreamPoint
}

export interface StreamPool {
  readonly count: number
  readonly bytesPerSeries: number
  /** As of one detector, for the series numbered 0..count-1. The answer is one object, written anew by every call: copy what you keep. */
  update(series: number, t: number, value: number | null): StreamPoint
}

const limit = 1e30

export function createStreamDetector(options: StreamOptions): StreamDetector {
  const pool = createStreamPool(1, options)
  return { update: (t, value) => ({ ...pool.update(0, t, value) }) }
}

export function createStreamPool(count: number, { intervalSeconds, kind, bad = 'both' }: StreamOptions): StreamPool {
  const interval = intervalSeconds > 0 && Number.isFinite(intervalSeconds) ? intervalSeconds : 60
  const slots = seasonalMember.slots
  const state = new Float32Array(count * slots)
  const origins = new Float64Array(count).fill(Number.NaN)
  const times = new Float64Array(count).fill(Number.NaN)
  for (let series = 0; series < count; series += 1) seasonalMember.start(state, series * slots, interval)
  const point: StreamPoint = { score: 0, expected: null, low: null, high: null, status: 'gap', alarm: false }

  function gap(): StreamPoint {
    point.score = 0
    point.expected = null
    point.low = null
    point.high = null
    point.status = 'gap'
    point.alarm = false
    return point
  }

  function update(series: number, t: number, value: number | null): StreamPoint {
    const before = times[series]!
    if (value === null || !Number.isFinite(value) || !Number.isFinite(t) || t <= before) return gap()
    const seen = Math.max(-limit, Math.min(limit, value))
    const missed = Number.isNaN(before) ? 0 : Math.max(0, Math.round((t - before) / 1000 / interval) - 1)
    if (Number.isNaN(before)) origins[series] = seen
    times[series] = t
    const origin = origins[series]!
    const at = series * slots
    const score = seasonalMember.update(state, at, seen - origin, t, missed)
    const { expected, width } = seasonalMember.band(state, at)
    const isKnown = Number.isFinite(expected)
    const isBad = bad === 'both' || !isKnown || (bad === 'down' ? seen - origin < expected : seen - origin > expected)
    point.score = isBad ? score : 0
    point.expected = isKnown ? origin + expected : null
    point.low = isKnown ? bounded(origin + expected - width, kind) : null
    point.high = isKnown
      ? kind === 'ratio'
        ? Math.min(1, origin + expected + width)
        : origin + expected + width
      : null
    point.status = isKnown ? 'ok' : 'warming-up'
    point.alarm = point.score >= 0.5
    return point
  }

  return { count, bytesPerSeries: slots * 4 + 16, update }
}

const bounded = (low: number, kind: SeriesKind | undefined) =>
  kind === 'gauge' || kind === undefined ? low : Math.max(0, low)
