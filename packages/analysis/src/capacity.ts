/**
 * How full something is, and when it will be full at the pace of the last hour or hours.
 *
 * The pace is the Theil-Sen slope (Sen 1968): the median of the slopes between all pairs of points, which a third of wild points cannot move. Its
 * range comes from the same slopes by Kendall's variance, and the trend counts when Kendall's S is significant (Mann 1945) over points that are
 * thinned first, because neighbouring points share their noise.
 *
 * Not for what is full by design (caches), for what is refilled at once, nor for a horizon longer than a few times the time looked at: a daily season
 * looks like a trend in the morning. So a caller should ask for a trend only where the level is above what is usual at that hour.
 */
import { median } from './robust.ts'
import type { Sample } from './series.ts'

export interface CapacityInput {
  /** What is used, in the unit of `limit`; a share when that is 1. */
  points: readonly Sample[]
  limit: number
  /** Unix milliseconds. */
  asOf: number
}

export interface Capacity {
  /** `insufficient`: too few points, or no limit above zero. */
  status: 'known' | 'insufficient'
  /** Median of the newest minutes over the limit; null when insufficient. */
  used: number | null
  /** Highest point over the limit. */
  peak: number | null
  /** Of the limit, an hour; 0 when no trend is significant. */
  growthPerHour: number
  /** Seconds until it is full at this pace: likely, and the range that the trend allows; null without growth. A null `latest` is "perhaps never". */
  full: { seconds: number; earliest: number; latest: number | null } | null
  reason: string
}

const minute = 60_000
const newestMinutes = 5
const binMinutes = 3
const minimumBins = 8
/** More of the limit than this is no measurement but a limit of another unit. */
const largestShare = 1e9
/** Two-sided 0.2 %. */
const criticalScore = 3.1
const rangeScore = 1.96
/** A growth that would take longer to fill it is none. */
const longestHours = 24 * 7

export function judgeCapacity({ points, limit, asOf }: CapacityInput): Capacity {
  const known = points.filter(
    (point): point is [number, number] =>
      point[1] !== null && Math.abs(point[1] / limit) <= largestShare && point[0] <= asOf,
  )
  if (!Number.isFinite(limit) || limit <= 0) return insufficient('the limit is not known')
  const newest = known.filter(([t]) => t > asOf - newestMinutes * minute).map(([, value]) => value / limit)
  if (newest.length === 0) return insufficient(`no data in the last ${newestMinutes} min`)
  const used = median(newest)
  const peak = known.reduce((most, [, value]) => Math.max(most, value / limit), -Infinity)
  const trend = trendOf(
    thinned(known, asOf).map(([t, value]) => ({ hours: (t - asOf) / (60 * minute), share: value / limit })),
  )
  const common = { status: 'known' as const, used, peak }
  const isGrowing = trend !== null && trend.score >= criticalScore && trend.slope > 1 / longestHours
  if (!isGrowing)
    return { ...common, growthPerHour: 0, full: null, reason: `${percent(used)} used, no growth beyond noise` }
  const left = Math.max(0, 1 - used)
  const seconds = (slope: number) => (left / slope) * 3600
  const full = {
    seconds: seconds(trend.slope),
    earliest: seconds(Math.max(trend.high, trend.slope)),
    latest: trend.low > 1 / longestHours ? seconds(Math.min(trend.low, trend.slope)) : null,
  }
  const reason = `${percent(used)} used, growing by ${(trend.slope * 100).toFixed(1)} points an hour`
  return { ...common, growthPerHour: trend.slope, full, reason }
}

const insufficient = (reason: string): Capacity => ({
  status: 'insufficient',
  used: null,
  peak: null,
  growthPerHour: 0,
  full: null,
  reason,
})

/** Medians of short bins that end at `asOf`. */
function thinned(points: readonly [number, number][], asOf: number): [number, number][] {
  const bins = Map.groupBy(points, ([t]) => Math.floor((asOf - t) / (binMinutes * minute)))
  return [...bins]
    .toSorted(([a], [b]) => b - a)
    .map(([bin, inside]) => [asOf - (bin + 0.5) * binMinutes * minute, median(inside.map(([, value]) => value))])
}

interface Trend {
  slope: number
  low: number
  high: number
  /** Kendall's S over its standard deviation. */
  score: number
}

function trendOf(points: { hours: number; share: number }[]): Trend | null {
  const count = points.length
  if (count < minimumBins) return null
  const slopes: number[] = []
  let concordance = 0
  for (let late = 1; late < count; late++)
    for (let early = 0; early < late; early++) {
      const [a, b] = [points[early]!, points[late]!]
      slopes.push((b.share - a.share) / (b.hours - a.hours))
      concordance += Math.sign(b.share - a.share)
    }
  slopes.sort((a, b) => a - b)
  const ties = [...Map.groupBy(points, ({ share }) => share).values()].reduce(
    (sum, { length }) => sum + length * (length - 1) * (2 * length + 5),
    0,
  )
  const deviation = Math.sqrt((count * (count - 1) * (2 * count + 5) - ties) / 18)
  if (deviation === 0) return null
  const half = (rangeScore * deviation) / 2
  const at = (index: number) => slopes[Math.min(slopes.length - 1, Math.max(0, Math.round(index)))]!
  const middle = (slopes.length - 1) / 2
  return {
    slope: median(slopes),
    low: at(middle - half),
    high: at(middle + half),
    score: (concordance - Math.sign(concordance)) / deviation,
  }
}

const percent = (share: number): string => `${(share * 100).toFixed(0)} %`
