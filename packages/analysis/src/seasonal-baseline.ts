/**
 * What a series should be now: the same time of day on up to 14 earlier days, brought to today's level, joined by a weighted median.
 *
 * Same weekday (7 and 14 days before) weighs most, days of the same class (working day, weekend) less, others least. Medians and
 * median absolute deviations throughout, so that an incident on one of the days does not count. The level is learnt from the hours
 * before the window with a guard in between, and bounded, so that the incident itself is not learnt.
 */
import { median, noiseVariance, robustDeviation, sharedPoints, weightedMedian } from './robust.ts'
import type { Sample, SeriesKind } from './series.ts'

export interface BaselineInput {
  /** The points to give an expectation for: only their times are used. */
  window: Sample[]
  /** Up to 14 days before the window and its lead of four hours; 300 s steps are enough (some 4,100 points, one query). */
  history: Sample[]
  /** Time just before the window, from the same series, for the level of today; the last `guardMinutes` of it are left out. */
  before: Sample[]
  kind: SeriesKind
  stepSeconds: number
  seasonality?: 'none' | 'daily' | 'weekly'
  /** 15 by default: an incident that began shortly before the window must not lower what is expected. */
  guardMinutes?: number
}

export interface BaselinePoint {
  t: number
  expected: number
  low: number
  high: number
  /** Standard deviation of one point about its expectation, without the model's own error. */
  deviation: number
}

export interface Baseline {
  status: 'ok' | 'insufficient'
  points: BaselinePoint[]
  /** Standard error of the whole curve, which all points share, in the series' unit. */
  modelDeviation: number
  /** The same relative to the curve's level: 0.02 = 2 %. */
  modelError: number
  /** Variance of a count over its mean; 1 is pure Poisson. Only of counts. */
  dispersion: number
  /** How many neighbouring points share their noise; 1 when each has its own. Of counts always 1. */
  sharedPoints: number
  daysUsed: number
  /** Today's level over the comparable days' level, as applied (bounded). */
  level: number
  note: string
}

const minute = 60_000
const day = 86_400_000
const maximumDays = 14
const minimumDays = 2
/** How much of a past day's window and lead must be there for the day to be used. */
const minimumCover = 0.7
const smoothing = 7.5 * minute
/** Longer than windows of rates, short against a season. */
const noiseLag = 5 * minute
/** The hours before the window that set today's level. */
const lead = 4 * 60 * minute
/** Traffic turns towards the next day already in the evening: a Sunday's last hours rise to Monday, which a Saturday's do not. */
const ahead = 2 * 60 * minute
/** Bounds of the level correction; beyond them today's earlier hours are themselves not to be trusted. */
const levelBounds = [0.75, 1.33] as const
/** Working day against weekend may differ by more. */
const classBounds = [0.4, 2.5] as const
/** A band is so many standard deviations wide on each side. */
const bandWidth = 3

/** @returns `insufficient` with a note when fewer than two earlier days (or, without a season, 30 points) can be compared. */
export function seasonalBaseline(input: BaselineInput): Baseline {
  const times = input.window.map(([t]) => t)
  if (times.length === 0) return insufficient('the window is empty')
  return input.seasonality === 'none' ? flatBaseline(input, times) : dailyBaseline(input, times)
}

function dailyBaseline(input: BaselineInput, times: number[]): Baseline {
  const first = Math.min(...times)
  const last = Math.max(...times)
  const guard = (input.guardMinutes ?? 15) * minute
  const known = lookup([...input.history, ...input.before.filter(([t]) => t < first)])
  const leadTimes = spaced(first - guard - lead, first - guard, 15 * minute)
  const today = leadTimes.map((t) => known(t))
  const isCount = input.kind === 'count'
  const found: PastDay[] = []
  for (let back = 1; back <= maximumDays; back++) {
    const values = times.map((t) => known(t - back * day))
    if (cover(values) < minimumCover) continue
    const past = leadTimes.map((t) => known(t - back * day))
    const weight = input.seasonality === 'daily' ? 1 : weightOf(back, { first, last })
    const ratios = today.flatMap((value, index) => ratio(value, past[index]))
    // Shares and latencies do not follow the day's volume, so only counts are brought to today's level.
    const raw = isCount && ratios.length >= leadTimes.length * minimumCover ? median(ratios) : null
    found.push({ back, weight, values, level: raw ?? 1, levelKnown: raw !== null })
  }
  // A day without its lead (the oldest, often) cannot be brought to today's level: as it is it would pull the others' level with it.
  const levelled = found.filter(({ levelKnown }) => levelKnown)
  const days = levelled.length >= minimumDays ? levelled : found
  if (days.length < minimumDays) {
    return insufficient(
      `history has ${days.length} comparable ${days.length === 1 ? 'day' : 'days'}; at least ${minimumDays} are needed`,
    )
  }
  const level = boundLevels(days)
  const expected = times.map((_, index) =>
    weightedMedian(days.flatMap(({ values, weight, level: own }) => items(values[index], own, weight))),
  )
  const mean = average(expected)
  // How far each day, at today's level, lies from the curve as a whole: the error that all points of the window share.
  // Days of another class tell little of that: they stand in only where no other is known.
  const alike = days.filter(({ weight }) => weight >= 1)
  const offsets = (alike.length > 0 ? alike : days).map(({ values, weight, level: own }) => ({
    value: average(values.flatMap((value, index) => (value === null ? [] : [value * own - expected[index]!]))),
    weight,
  }))
  const spread = robustDeviation(offsets, 0)
  const few = mean * (alike.length < 2 ? 0.05 : days.length < 4 ? 0.03 : 0.005)
  const unlevelled = isCount && !days.some((one) => one.levelKnown) ? mean * 0.05 : 0
  const modelDeviation = Math.hypot(Math.max(spread, isCount ? few : 0), unlevelled)
  const note = `${days.length} days compared${isCount ? `, today's level ${(level * 100).toFixed(0)} % of theirs` : ''}`
  return finish(input, { times, expected, modelDeviation, daysUsed: days.length, level, note, spreadSamples: days })
}

/** No season: the median of what went before, with the spread of its hours as the error of the level. */
function flatBaseline(input: BaselineInput, times: number[]): Baseline {
  const first = Math.min(...times)
  const end = first - (input.guardMinutes ?? 15) * minute
  const past = [...input.history, ...input.before].flatMap(([t, value]) =>
    value !== null && t < end ? [{ t, value }] : [],
  )
  if (past.length < 30) return insufficient(`${past.length} earlier points; at least 30 are needed`)
  const centre = median(past.map(({ value }) => value))
  const hours = Map.groupBy(past, ({ t }) => Math.floor(t / (60 * minute)))
  const hourly = [...hours.values()].map((points) => ({ value: median(points.map(({ value }) => value)), weight: 1 }))
  const modelDeviation = hourly.length > 2 ? robustDeviation(hourly, centre) : centre * 0.05
  const expected = times.map(() => centre)
  return finish(input, {
    times,
    expected,
    modelDeviation,
    daysUsed: 0,
    level: 1,
    note: `${past.length} earlier points compared`,
    spreadSamples: [],
  })
}

interface PastDay {
  back: number
  weight: number
  values: (number | null)[]
  level: number
  levelKnown: boolean
}

interface Curve {
  times: number[]
  expected: number[]
  modelDeviation: number
  daysUsed: number
  level: number
  note: string
  spreadSamples: PastDay[]
}

/** Adds one point's noise: counting noise at least, more where the time before shows more. */
function finish(input: BaselineInput, { times, expected, modelDeviation, spreadSamples, ...rest }: Curve): Baseline {
  const isCount = input.kind === 'count'
  const perStep = input.stepSeconds / 60
  const mean = average(expected)
  const first = Math.min(...times)
  const before = input.before.filter(([t]) => t < first - (input.guardMinutes ?? 15) * minute).map(([, value]) => value)
  const past = before.length >= 9 ? before : input.history.map(([, value]) => value)
  // Neighbours may share samples, which hides their noise from each other; points minutes apart do not. Counts have their own model.
  const lag = isCount || past !== before ? 1 : Math.max(1, Math.round(noiseLag / 1000 / input.stepSeconds))
  const lagged = noiseVariance(past, lag)
  const measured = Number.isFinite(lagged) ? lagged : noiseVariance(past)
  const meanBefore = average(before.filter((value) => value !== null))
  const dispersion =
    isCount && Number.isFinite(measured) && meanBefore > 0
      ? Math.min(25, Math.max(1, (measured * perStep) / meanBefore))
      : 1
  const points = times.map((t, index): BaselinePoint => {
    const value = Math.max(0, expected[index]!)
    const daysHere = spreadSamples.flatMap(({ values, level, weight }) => items(values[index], level, weight))
    const noise = isCount
      ? (dispersion * Math.max(value * perStep, 1)) / perStep ** 2
      : Number.isFinite(measured)
        ? measured
        : robustDeviation(daysHere, value) ** 2
    const deviation = Math.sqrt(noise)
    const reach = bandWidth * Math.hypot(deviation, modelDeviation)
    const high = input.kind === 'ratio' ? Math.min(1, value + reach) : value + reach
    return { t, expected: value, low: Math.max(0, value - reach), high, deviation }
  })
  return {
    status: 'ok',
    points,
    modelDeviation,
    modelError: mean > 0 ? modelDeviation / mean : 0,
    dispersion,
    sharedPoints: isCount ? 1 : sharedPoints(past, lag),
    ...rest,
  }
}

/** Bounds each day's level by the same-weekday days' (else all days') and returns the level that stands for all. */
function boundLevels(days: PastDay[]): number {
  for (const one of days) one.level = clamp(one.level, classBounds)
  const comparable = days.filter((one) => one.back % 7 === 0)
  const reference = comparable.length > 0 ? comparable : days
  const raw = weightedMedian(reference.map(({ level, weight }) => ({ value: level, weight })))
  const level = clamp(raw, levelBounds)
  for (const one of days) one.level *= level / raw
  return level
}

/**
 * A day is of today's class when its lead, all of its window and what comes soon after are: on a Saturday at 00:30 only days whose night
 * also went from a working day to the weekend tell how the level moves, and on a Sunday at 23:00 only evenings before a working day.
 * Others count so little that they do not pull the median away from the one that does; they stand in where no other is known.
 */
function weightOf(back: number, { first, last }: { first: number; last: number }): number {
  if (back % 7 === 0) return 3
  const isWeekend = (t: number) => [0, 6].includes(new Date(t).getUTCDay())
  const isAlike = (t: number) => isWeekend(t) === isWeekend(t - back * day)
  return [first - lead / 2, first, last, last + ahead].every(isAlike) ? 1 : 0.02
}

/** Mean of the known points within the smoothing time of `t`; null when fewer than half of the usual number are there. */
function lookup(samples: Sample[]): (t: number) => number | null {
  const sorted = samples.filter((sample): sample is [number, number] => sample[1] !== null).sort((a, b) => a[0] - b[0])
  const sums = [0]
  for (const [, value] of sorted) sums.push(sums.at(-1)! + value)
  const firstFrom = (t: number) => {
    let low = 0
    let high = sorted.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (sorted[middle]![0] < t) low = middle + 1
      else high = middle
    }
    return low
  }
  return (t) => {
    const from = firstFrom(t - smoothing)
    const to = firstFrom(t + smoothing + 1)
    return to - from < 2 ? null : (sums[to]! - sums[from]!) / (to - from)
  }
}

const spaced = (from: number, to: number, every: number) =>
  Array.from({ length: Math.floor((to - from) / every) }, (_, index) => from + index * every)
const cover = (values: (number | null)[]) => values.filter((value) => value !== null).length / values.length
const average = (values: number[]) =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
const clamp = (value: number, [low, high]: readonly [number, number]) => Math.min(high, Math.max(low, value))
const items = (value: number | null | undefined, level: number, weight: number) =>
  value === null || value === undefined ? [] : [{ value: value * level, weight }]
const ratio = (now: number | null, past: number | null | undefined) =>
  now === null || !past || past <= 0 ? [] : [now / past]

function insufficient(note: string): Baseline {
  return {
    status: 'insufficient',
    points: [],
    modelDeviation: 0,
    modelError: 0,
    dispersion: 1,
    sharedPoints: 1,
    daysUsed: 0,
    level: 1,
    note,
  }
}
