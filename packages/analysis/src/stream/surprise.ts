/**
 * Looks for what the series has hardly ever shown, whatever its shape: it needs no season and no distribution.
 *
 * Six statistics look at a value: the mean of the last eight hours and that of the last two points, against the mean of the last days; the
 * step from the point before; how far the last 24 were from the usual course of the day, each in its own long root mean square; how rarely
 * values near it were seen; and how still the last 36 were. Each is held against its own records (records.ts); the furthest beyond counts.
 */
import { closeBlock, overRecord, recordSlots, startRecords } from './records.ts'

const [seen, days, hours, pair, before, apart] = [0, 1, 2, 3, 4, 5]
/** Root mean squares: distances from the long mean, of the hours', the pair's and single values; steps; distances from the season. */
const [hoursSize, pairSize, valueSize, stepSize, apartSize] = [6, 7, 8, 9, 10]
/** Values that the places hold, and how rare the rarest of the block was: a ratio. */
const [placed, rarest] = [11, 12]
/** Mean sizes of steps: over the last days, of the last 36. */
const [stepMean, stepNow] = [13, 14]
const recordsAt = 15
const statistics = 6
const placesAt = recordsAt + statistics * recordSlots
const places = 24

/**
 * What means remember, in points of a series with one every five minutes or less often. Of a finer one the time counts, not the points, so
 * that it raises no more false alarms a day; only the newest values stay points.
 */
const [daysPoints, hoursPoints, stepPoints, blockPoints] = [3000, 100, 1000, 24]
const coarseSeconds = 300
const [pairRate, apartRate, nowRate] = [1 / 2, 1 / 24, 1 / 36]
/** How far beyond its records is worth an alarm. */
const usualMargin = 1.2
/** Of a statistic in root mean squares; more says no more. */
const most = 50
/** Times stiller than usual; more says no more. Stillness is common: an excess of it counts about half. */
const mostStill = 20
const stillWeight = 0.5
const warmUp = 150
/** Counts stay below what float32 counts exactly. */
const countLimit = 4e6
/** Blocks after which a first movement of a series that stood still is surprising. */
const stillness = 17

export interface SurpriseMember {
  readonly slots: number
  start(state: Float32Array, at: number): void
  /** As of `StreamMember`; `usual` is the season's share of the value (in the same count), NaN while that is not known. */
  update(state: Float32Array, at: number, value: number, usual: number): number
}

export function createSurpriseMember(intervalSeconds: number): SurpriseMember {
  const fine = Math.max(1, coarseSeconds / intervalSeconds)
  const daysRate = 1 / (daysPoints * fine)
  const hoursRate = 1 / (hoursPoints * fine)
  const stepRate = 1 / (stepPoints * fine)
  /** More points a day are more chances: where tails fall as the eighth power, false alarms a day stay as they were. */
  const margin = usualMargin * fine ** 0.12
  const block = Math.round(blockPoints * fine)
  const mostPlaced = 2 * daysPoints * fine
  const countedOff = block * Math.floor(countLimit / block / 2)

  function start(state: Float32Array, at: number): void {
    state.fill(0, at, at + placesAt + places)
    for (let one = 0; one < statistics; one += 1) startRecords(state, at + recordsAt + one * recordSlots)
  }

  function update(state: Float32Array, at: number, value: number, usual: number): number {
    const points = state[at + seen]!
    const first = 1 / (points + 1)
    const slow = daysRate > first ? daysRate : first
    const quick = stepRate > first ? stepRate : first
    const middle = state[at + days]!
    const single = value - middle
    const size = state[at + valueSize]!
    const far = follow(state, at + hours, value, hoursRate > first ? hoursRate : first) - middle
    const near = follow(state, at + pair, value, pairRate > first ? pairRate : first) - middle
    const step = points === 0 ? 0 : value - state[at + before]!
    const astray = follow(
      state,
      at + apart,
      Number.isNaN(usual) ? 0 : value - usual,
      apartRate > first ? apartRate : first,
    )
    state[at + before] = value
    state[at + days] = middle + slow * single
    state[at + valueSize] = blended(size, single, slow)

    const isStill = points >= stillness * block
    let record = at + recordsAt
    let top = overRecord(state, record, inSizes(state, at + hoursSize, far, slow), isStill)
    top = larger(top, overRecord(state, (record += recordSlots), inSizes(state, at + pairSize, near, slow), isStill))
    top = larger(top, overRecord(state, (record += recordSlots), inSizes(state, at + stepSize, step, quick), isStill))
    top = larger(
      top,
      overRecord(state, (record += recordSlots), inSizes(state, at + apartSize, astray, quick), isStill),
    )
    const rare = rarity(state, at, size > 0 ? single / size : 0)
    top = larger(top, overRecord(state, (record += recordSlots), rare, isStill))
    const pace = step < 0 ? -step : step
    const pacing = follow(state, at + stepNow, pace, nowRate > first ? nowRate : first)
    const calm = stillnessOf(state[at + stepMean]!, pacing)
    follow(state, at + stepMean, pace, quick)
    top = larger(top, stillWeight * overRecord(state, (record += recordSlots), calm, isStill))

    const isWhole = (points + 1) % block === 0
    state[at + seen] = isWhole && points > countLimit ? points + 1 - countedOff : points + 1
    if (isWhole) {
      for (let one = 0; one < statistics; one += 1) closeBlock(state, at + recordsAt + one * recordSlots)
      state[at + rarest] = 0
      if (state[at + placed]! > mostPlaced) fade(state, at)
    }
    return points < warmUp ? 0 : top / (top + margin)
  }

  return { slots: placesAt + places, start, update }
}

const larger = (a: number, b: number) => (a > b ? a : b)

/** How many times smaller than usual steps are now; 0 when there never were any. */
const stillnessOf = (usual: number, now: number) => (usual > 0 ? Math.min(mostStill, usual / (now + usual / 100)) : 0)

/** Moves a mean towards the value and returns it. */
function follow(state: Float32Array, at: number, value: number, rate: number): number {
  const moved = state[at]! + rate * (value - state[at]!)
  state[at] = moved
  return moved
}

/** A root mean square that has learnt the distance. */
function blended(size: number, distance: number, rate: number): number {
  const square = size * size
  return Math.sqrt(square + rate * (distance * distance - square))
}

/** How many of its usual sizes the distance is; then learns it. */
function inSizes(state: Float32Array, at: number, distance: number, rate: number): number {
  const size = state[at]!
  state[at] = blended(size, distance, rate)
  const away = distance < 0 ? -distance : distance
  return away === 0 ? 0 : away < most * size ? away / size : most
}

/**
 * Nats of the share of values near this one: a histogram of standard scores, finer about the middle, smoothed over five places. Zero for what is
 * no rarer than another of its block, which saves the logarithm: it would be no record.
 */
function rarity(state: Float32Array, from: number, score: number): number {
  const at = from + placesAt
  const size = score < 0 ? -score : score
  const place = Math.floor(places / 2 + 0.5 + (18 * score) / (6 + size))
  const here = place < 0 ? 0 : place >= places ? places - 1 : place
  let near = 0.5 + state[at + here]!
  if (here > 0) near += beside * state[at + here - 1]!
  if (here > 1) near += aside * state[at + here - 2]!
  if (here < places - 1) near += beside * state[at + here + 1]!
  if (here < places - 2) near += aside * state[at + here + 2]!
  const all = state[from + placed]!
  state[at + here]! += 1
  state[from + placed] = all + 1
  if (all + 2 <= near * state[from + rarest]!) return 0
  state[from + rarest] = (all + 2) / near
  return Math.log((all + 2) / near)
}

/** Weights of neighbouring places: a Gauss curve, exp(-1/2) and exp(-2). */
const [beside, aside] = [0.6065, 0.1353]

/** Old values count half. */
function fade(state: Float32Array, at: number): void {
  state[at + placed]! /= 2
  for (let place = at + placesAt; place < at + placesAt + places; place += 1) state[place]! /= 2
}
