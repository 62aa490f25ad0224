/** How far leaves stray from their forecast when nothing is wrong. */

export interface RelativeNoise {
  /** Relative deviation of each leaf: actual / forecast - 1, at most `MAXIMUM_CHANGE`; NaN values count as no deviation. */
  y: Float64Array
  /** 1 / variance of y when nothing is wrong. */
  weight: Float64Array
  /** Standard deviation of a leaf however large. */
  share: number
  /** What counting adds: variance of y is share^2 + counting / forecast. 1 for Poisson counts whose forecast is exact. */
  counting: number
}

const MAXIMUM_CHANGE = 4
/** No forecast is better than this. */
const MINIMUM_SHARE = 0.005
const CUT = 2.5
/** Variance of a normal variable that is cut at 2.5 deviations, as a share of the whole. */
const CUT_VARIANCE = 0.9113

/** @param areEvents figures count events, so that a leaf varies at least as a Poisson count about its forecast does */
export function relativeNoise(actual: Float64Array, forecast: Float64Array, areEvents: boolean): RelativeNoise {
  const count = actual.length
  const y = new Float64Array(count)
  let mass = 0
  for (let leaf = 0; leaf < count; leaf++) mass += Math.max(0, forecast[leaf]!)
  // A leaf that nothing was forecast for is compared with very little, so that what appears there is a large change.
  const least = (1e-6 * mass) / Math.max(1, count) || 1e-9
  const size = new Float64Array(count)
  const deviations = new Float64Array(count)
  for (let leaf = 0; leaf < count; leaf++) {
    size[leaf] = Math.max(forecast[leaf]!, least)
    y[leaf] = Math.min(MAXIMUM_CHANGE, (actual[leaf]! - forecast[leaf]!) / size[leaf]!)
    deviations[leaf] = Math.abs(y[leaf]!)
  }
  let share = cutDeviation(deviations.slice())
  let counting = 0
  if (count >= 30) {
    const sorted = size.slice().sort()
    const small = partOf(sorted[Math.floor(count / 3)]!, { size, deviations, isBelow: true })
    const large = partOf(sorted[Math.floor((2 * count) / 3)]!, { size, deviations, isBelow: false })
    const wide = cutDeviation(small.deviations)
    const narrow = cutDeviation(large.deviations)
    counting = Math.max(0, (wide ** 2 - narrow ** 2) / Math.max(1e-12, small.inverse - large.inverse))
    if (counting > 0) share = Math.sqrt(Math.max(MINIMUM_SHARE ** 2, narrow ** 2 - counting * large.inverse))
  }
  share = Math.max(share, MINIMUM_SHARE)
  if (areEvents) counting = Math.max(counting, 1)
  const weight = new Float64Array(count)
  for (let leaf = 0; leaf < count; leaf++) weight[leaf] = 1 / (share ** 2 + counting / size[leaf]!)
  return { y, weight, share, counting }
}

/** The leaves of one side of a size: their deviations, and the mean of 1 / size. */
function partOf(
  limit: number,
  { size, deviations, isBelow }: { size: Float64Array; deviations: Float64Array; isBelow: boolean },
): { deviations: Float64Array; inverse: number } {
  const kept = new Float64Array(size.length)
  let count = 0
  let inverse = 0
  for (let leaf = 0; leaf < size.length; leaf++) {
    if (isBelow ? size[leaf]! > limit : size[leaf]! < limit) continue
    kept[count++] = deviations[leaf]!
    inverse += 1 / size[leaf]!
  }
  return { deviations: kept.slice(0, count), inverse: inverse / Math.max(1, count) }
}

/**
 * Standard deviation about zero of the leaves that are well. Begins with the smaller half (which may be all that is well) and cuts what
 * is beyond 2.5 deviations until nothing changes. Sorts what it is given.
 */
function cutDeviation(sizes: Float64Array): number {
  if (sizes.length === 0) return 0
  sizes.sort()
  const squares = new Float64Array(sizes.length + 1)
  for (let index = 0; index < sizes.length; index++) squares[index + 1] = squares[index]! + sizes[index]! ** 2
  // Of normal data a quarter lies within 0.3186 deviations.
  let deviation = sizes[Math.floor(0.25 * (sizes.length - 1))]! / 0.3186
  // Where a quarter hits its forecast exactly, as small counts do, the half says more.
  if (deviation === 0) deviation = sizes[Math.floor(0.5 * (sizes.length - 1))]! / 0.6745
  deviation = Math.max(deviation, 1e-6)
  for (let round = 0; round < 20; round++) {
    const kept = countUpTo(sizes, CUT * deviation)
    const next = kept === 0 ? deviation : Math.sqrt(squares[kept]! / kept / CUT_VARIANCE)
    if (Math.abs(next - deviation) <= 1e-4 * deviation) break
    deviation = Math.max(next, 1e-6)
  }
  return deviation
}

/** How many of the sorted values are not above the limit. */
function countUpTo(sorted: Float64Array, limit: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle]! <= limit) low = middle + 1
    else high = middle
  }
  return low
}
