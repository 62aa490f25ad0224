/**
 * Looks for values that differ from what the series showed in the last minutes, once the usual course of the day is taken out.
 *
 * The residual is the value less its season, less the median of the newest nine such values. Its size is measured against what is usual of late,
 * over days, and at this hour of the day, whichever is most, and that against the series' own tail (tail.ts).
 */
import type { StreamMember } from './member.ts'
import { addRecent, recentMedian, recentSlots, shiftRecent, startRecent } from './recent.ts'
import { findPlace, learnSeason, noPlace, seasonAt, seasonShape, startSeason } from './season.ts'
import { defaultTail, startTail, tailQuantile, tailSlots, tailSurprise } from './tail.ts'

const [seen, short, long, offset, expected, width, weekend] = [0, 1, 2, 3, 4, 5, 6]
const recentAt = 7
const tailAt = recentAt + recentSlots
const hoursAt = tailAt + tailSlots
const seasonFrom = hoursAt + 24

/** Nats beyond the tracked quantile that are worth an alarm. */
const criticalSurprise = 4.1
/** Half-lives of what is usual: of late in points, over days in hours, by hour of the day in hours of that hour. */
const [shortPoints, longHours, hourHours] = [60, 72, 30]
/** The most of one residual that is learnt, in usual sizes: in general, and of what comes at an hour of the day. */
const [bound, hourBound] = [3, 4]
/** Of normal residuals the mean size is sqrt(2 / pi) of the root mean square. */
const meanOfSquare = Math.sqrt(2 / Math.PI)
const warmUp = 60
/** Points missing after which the last values say nothing of the next. */
const forgetAfter = 9

export interface SeasonalMember extends StreamMember {
  /** Expectation before the newest value; NaN while warming up. */
  expected(state: Float32Array, at: number): number
  /** The season's share of the newest value; NaN while the season is not known. */
  usual(state: Float32Array, at: number): number
  /** Half the width of its usual range. */
  width(state: Float32Array, at: number): number
}

export function createSeasonalMember(intervalSeconds: number): SeasonalMember {
  const shape = seasonShape(intervalSeconds)
  const place = noPlace()
  const perHour = 3600 / intervalSeconds
  const perDay = Math.max(1, 24 * perHour)
  const shortRate = rateOf(shortPoints)
  const longRate = rateOf(Math.max(2 * shortPoints, longHours * perHour))
  const hourRate = rateOf(Math.max(shortPoints, hourHours * perHour))

  function start(state: Float32Array, at: number): void {
    state.fill(0, at, at + recentAt)
    state[at + expected] = Number.NaN
    startRecent(state, at + recentAt)
    startTail(state, at + tailAt, defaultTail)
    state.fill(Number.NaN, at + hoursAt, at + seasonFrom)
    startSeason(state, at + seasonFrom, shape)
  }

  function update(state: Float32Array, at: number, value: number, t: number, missed: number): number {
    if (missed > forgetAfter) startRecent(state, at + recentAt)
    const points = state[at + seen]!
    findPlace(place, shape, t)
    const season = seasonAt(state, at + seasonFrom, shape, place)
    rebase(state, at, season, place.isWeekend)
    const usual = Number.isNaN(season) ? 0 : season
    const centre = recentMedian(state, at + recentAt)
    state[at + seen] = Math.min(points + 1, 1e6)
    if (Number.isNaN(centre)) {
      addRecent(state, at + recentAt, value - usual)
      learnSeason(state, at + seasonFrom, shape, place, value, points / perDay)
      state[at + expected] = Number.NaN
      return 0
    }
    const residual = value - usual - centre
    const size = Math.abs(residual)
    const hour = at + hoursAt + place.hour
    const ofHour = state[hour]!
    const scale = Math.max(state[at + short]!, state[at + long]!, meanOfSquare * ofHour || 0)
    const isReady = points >= warmUp
    const isBounded = scale > 0 && isReady
    const most = isBounded ? bound * scale : size
    const learnt = size < most ? size : most
    state[at + short]! += (learnt - state[at + short]!) * Math.max(shortRate, 1 / (points + 1))
    state[at + long]! += (learnt - state[at + long]!) * Math.max(longRate, 1 / (points + 1))
    const atHour = isBounded ? Math.min(size, hourBound * scale) : size
    state[hour] = Number.isNaN(ofHour)
      ? scale
      : Math.sqrt(ofHour * ofHour * (1 - hourRate) + atHour * atHour * hourRate)
    addRecent(state, at + recentAt, value - usual)
    const believed = usual + centre + Math.sign(residual) * Math.min(size, 2 * most)
    learnSeason(state, at + seasonFrom, shape, place, believed, points / perDay)
    if (!isReady) {
      state[at + expected] = Number.NaN
      return 0
    }
    const z = size === 0 ? 0 : Math.min(size / Math.max(scale, 1e-30), 1e6)
    const nats = tailSurprise(state, at + tailAt, z, defaultTail)
    state[at + expected] = usual + centre
    state[at + width] = scale * tailQuantile(state, at + tailAt)
    return nats / (nats + criticalSurprise)
  }

  return {
    slots: seasonFrom + shape.slots,
    start,
    update,
    expected: (state, at) => state[at + expected]!,
    usual: (state, at) => (state[at + weekend] === 0 ? Number.NaN : state[at + offset]!),
    width: (state, at) => state[at + width]!,
  }
}

/** When a season becomes known, or the kind of day changes, the last values are counted from the new one as if nothing had happened. */
function rebase(state: Float32Array, at: number, season: number, isWeekend: boolean): void {
  const kind = isWeekend ? 2 : 1
  const had = state[at + weekend]!
  const isKnown = !Number.isNaN(season)
  const mark = isKnown ? kind : 0
  if (had !== mark) {
    const before = had === 0 ? 0 : state[at + offset]!
    shiftRecent(state, at + recentAt, before - (isKnown ? season : 0))
    state[at + weekend] = mark
  }
  state[at + offset] = isKnown ? season : 0
}

const rateOf = (halfLife: number) => 1 - 0.5 ** (1 / halfLife)
