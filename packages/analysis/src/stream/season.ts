/**
 * What a series usually shows at this time of day, on working days and at weekends apart (UTC): means of parts of the day, learnt day by day,
 * with straight lines between their middles.
 */
const dayMs = 86_400_000
/** Of the newest day's mean; the first days count equally. */
const rate = 0.1

const [bucket, sum, points] = [0, 1, 2]
const header = 3

export interface SeasonShape {
  /** Parts of a day; 0 when the interval is too long for a season within the day. */
  buckets: number
  slots: number
}

export function seasonShape(intervalSeconds: number): SeasonShape {
  const perDay = Math.floor(86_400 / intervalSeconds)
  const buckets = perDay < 4 ? 0 : Math.min(48, perDay)
  return { buckets, slots: header + 2 * buckets }
}

export function startSeason(state: Float32Array, at: number, shape: SeasonShape): void {
  state.fill(Number.NaN, at, at + shape.slots)
  state[at + bucket] = -1
  state[at + sum] = 0
  state[at + points] = 0
}

/** Parts of a day since its midnight, UTC. */
function dayPart(t: number, parts: number): number {
  // In whole milliseconds as far as that goes: 09:00 is 9 of 24 parts and not 8.999.
  return ((t - Math.floor(t / dayMs) * dayMs) * parts) / dayMs
}

function isWeekend(t: number): boolean {
  // 1970-01-01 was a Thursday.
  const weekday = (((Math.floor(t / dayMs) + 4) % 7) + 7) % 7
  return weekday === 0 || weekday === 6
}

/** Where a moment lies in the course of its day. */
export interface DayPlace {
  t: number
  isWeekend: boolean
  /** 0..23 */
  hour: number
  /** The part of the day, the part next to it on the nearer side, and how far towards that one from the middle, -0.5..0.5. */
  here: number
  beside: number
  aside: number
}

export const noPlace = (): DayPlace => ({ t: Number.NaN, isWeekend: false, hour: 0, here: 0, beside: 0, aside: 0 })

/** Writes where `t` lies. The points of many series often have the same time: then there is nothing to do. */
export function findPlace(place: DayPlace, { buckets }: SeasonShape, t: number): void {
  if (place.t === t) return
  place.t = t
  place.isWeekend = isWeekend(t)
  place.hour = Math.min(23, Math.floor(dayPart(t, 24)))
  if (buckets === 0) return
  const part = dayPart(t, buckets)
  const here = Math.min(buckets - 1, Math.floor(part))
  place.here = here
  place.aside = part - here - 0.5
  if (place.aside < 0) place.beside = here === 0 ? buckets - 1 : here - 1
  else place.beside = here === buckets - 1 ? 0 : here + 1
}

/** NaN while this time of day was not seen yet on any day. */
export function seasonAt(state: Float32Array, at: number, { buckets }: SeasonShape, place: DayPlace): number {
  if (buckets === 0) return Number.NaN
  const own = at + header + (place.isWeekend ? buckets : 0)
  const other = at + header + (place.isWeekend ? 0 : buckets)
  const near = usual(state, own, other, place.here)
  const far = usual(state, own, other, place.beside)
  return near + (far - near) * Math.abs(place.aside)
}

function usual(state: Float32Array, own: number, other: number, place: number): number {
  const level = state[own + place]!
  return Number.isNaN(level) ? state[other + place]! : level
}

/** Learns a value of the place; `days` is how many days the series has been seen. */
export function learnSeason(
  state: Float32Array,
  at: number,
  { buckets }: SeasonShape,
  place: DayPlace,
  value: number,
  days: number,
): void {
  if (buckets === 0) return
  const here = place.here + (place.isWeekend ? buckets : 0)
  const open = state[at + bucket]!
  if (open !== here) {
    if (open >= 0) closeBucket(state, at, open, days)
    state[at + bucket] = here
    state[at + sum] = 0
    state[at + points] = 0
  }
  state[at + sum]! += value
  state[at + points]! += 1
}

function closeBucket(state: Float32Array, at: number, open: number, days: number): void {
  const mean = state[at + sum]! / state[at + points]!
  const level = state[at + header + open]!
  state[at + header + open] = Number.isNaN(level) ? mean : level + (mean - level) * Math.max(rate, 1 / (days + 1))
}
