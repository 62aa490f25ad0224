/**
 * The streaming detector: one value in, one judgement out, in constant time and constant memory.
 *
 * One detector and one threshold serve every series: members look at it (its season and level, its distribution), each calibrates
 * its surprise on the series itself, and the strongest counts. State lies in typed arrays; `createStreamPool` holds very many series.
 */
import type { BadDirection, SeriesKind } from '../series.ts'
import { habitSlots, startHabits, withoutHabits } from './habits.ts'
import { createOnsetOnly } from './onset-only.ts'
import { createSeasonalMember } from './seasonal-member.ts'
import { createSurpriseMember } from './surprise.ts'

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
  /** As of one detector, for the series numbered 0..count-1; another number is a RangeError. The answer is one object, written anew by every call: copy what you keep. */
  update(series: number, t: number, value: number | null): StreamPoint
}

const limit = 1e30
/** Where dates end (ECMAScript); beyond it a time has no place in a day. */
const latestTime = 8.64e15
const threshold = 0.5
/** A clock that goes back by so many intervals was set back. */
const setBackSteps = 100

export function createStreamDetector(options: StreamOptions): StreamDetector {
  const pool = createStreamPool(1, options)
  return { update: (t, value) => ({ ...pool.update(0, t, value) }) }
}

export function createStreamPool(count: number, { intervalSeconds, kind, bad = 'both' }: StreamOptions): StreamPool {
  const interval = intervalSeconds > 0 && Number.isFinite(intervalSeconds) ? intervalSeconds : 60
  const seasonal = createSeasonalMember(interval)
  const surprise = createSurpriseMember(interval)
  const onset = createOnsetOnly(interval)
  const surpriseAt = seasonal.slots
  const onsetAt = surpriseAt + surprise.slots
  const habitsAt = onsetAt + onset.slots
  const slots = habitsAt + habitSlots
  const state = new Float32Array(count * slots)
  const origins = new Float64Array(count).fill(Number.NaN)
  const times = new Float64Array(count).fill(Number.NaN)
  for (let series = 0; series < count; series += 1) {
    const at = series * slots
    seasonal.start(state, at, interval)
    surprise.start(state, at + surpriseAt)
    onset.start(state, at + onsetAt)
    startHabits(state, at + habitsAt)
  }
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
    if (series >>> 0 !== series || series >= count) throw new RangeError(`There is no series ${series} of ${count}`)
    const before = times[series]!
    if (value === null || !Number.isFinite(value) || !(Math.abs(t) <= latestTime)) return gap()
    const steps = (t - before) / 1000 / interval
    // A point that comes late or twice is left out; a clock that was set back goes on from there.
    if (steps <= 0 && steps > -setBackSteps) return gap()
    const seen = Math.max(-limit, Math.min(limit, value))
    const missed = Number.isNaN(before) ? 0 : steps <= 0 ? setBackSteps : Math.max(0, Math.round(steps) - 1)
    if (Number.isNaN(before)) origins[series] = seen
    times[series] = t
    const origin = origins[series]!
    const at = series * slots
    const score = seasonal.update(state, at, seen - origin, t, missed)
    const rare = surprise.update(state, at + surpriseAt, seen - origin, seasonal.usual(state, at))
    const expected = seasonal.expected(state, at)
    const isKnown = !Number.isNaN(expected)
    const isBad = isKnown && (bad === 'both' || (bad === 'down' ? seen - origin < expected : seen - origin > expected))
    const begun = onset.update(state, at + onsetAt, isBad ? score : 0, isBad ? rare : 0)
    point.score = withoutHabits(state, at + habitsAt, t, begun)
    if (isKnown) {
      const middle = origin + expected
      const width = seasonal.width(state, at)
      point.expected = middle
      point.low = kind === 'gauge' || kind === undefined ? middle - width : Math.max(0, middle - width)
      point.high = kind === 'ratio' ? Math.min(1, middle + width) : middle + width
    } else {
      point.expected = null
      point.low = null
      point.high = null
    }
    point.status = isKnown ? 'ok' : 'warming-up'
    point.alarm = point.score >= threshold
    return point
  }

  return { count, bytesPerSeries: slots * 4 + 16, update }
}
