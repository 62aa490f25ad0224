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
export function dayPart(t: number, parts: number): number {
  // In whole milliseconds as far as that goes: 09:00 is 9 of 24 parts and not 8.999.
  return ((t - Math.floor(t / dayMs) * dayMs) * parts) / dayMs
}

export function isWeekend(t: number): boolean {
  // 1970-01-01 was a Thursday.
  const weekday = (((Math.floor(t / dayMs) + 4) % 7) + 7) % 7
  return weekday === 0 || weekday === 6
}

/** NaN while this time of day was not seen yet on any day. */
export function seasonAt(state: Float32Array, at: number, shape: SeasonShape, t: number): number {
  const { buckets } = shape
  if (buckets === 0) return Number.NaN
  const part = dayPart(t, buckets)
  const here = Math.min(buckets - 1, Math.floor(part))
  const aside = part - here - 0.5
  const neighbour = aside < 0 ? (here === 0 ? buckets - 1 : here - 1) : here === buckets - 1 ? 0 : here + 1
  const own = at + header + (isWeekend(t) ? buckets : 0)
  const other = at + header + (isWeekend(t) ? 0 : buckets)
  const near = usual(state, own, other, here)
  const far = usual(state, own, other, neighbour)
  return near + (far - near) * Math.abs(aside)
}

function usual(state: Float32Array, own: number, other: number, place: number): number {
  const level = state[own + place]!
  return Number.isNaN(level) ? state[other + place]! : level
}

/** Learns a value; `days` is how many days the series has been seen. */
export function learnSeason(
  state: Float32Array,
  at: number,
  shape: SeasonShape,
  { t, value, days }: { t: number; value: number; days: number },
): void {
  const { buckets } = shape
  if (buckets === 0) return
  const here = Math.min(buckets - 1, Math.floor(dayPart(t, buckets))) + (isWeekend(t) ? buckets : 0)
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
