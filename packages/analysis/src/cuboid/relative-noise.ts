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

export function relativeNoise(actual: Float64Array, forecast: Float64Array): RelativeNoise {
  const count = actual.length
  const y = new Float64Array(count)
  let mass = 0
  for (let leaf = 0; leaf < count; leaf++) mass += Math.max(0, forecast[leaf]!)
  // A leaf that nothing was forecast for is compared with very little, so that what appears there is a large change.
  const least = (1e-6 * mass) / Math.max(1, count) || 1e-9
  const size = new Float64Array(count)
  for (let leaf = 0; leaf < count; leaf++) {
    size[leaf] = Math.max(forecast[leaf]!, least)
    y[leaf] = Math.min(MAXIMUM_CHANGE, (actual[leaf]! - forecast[leaf]!) / size[leaf]!)
  }
  const order = Array.from({ length: count }, (_, leaf) => leaf).sort((a, b) => size[a]! - size[b]!)
  const third = Math.floor(count / 3)
  let share = cutDeviation(order, y)
  let counting = 0
  if (third >= 10) {
    const small = order.slice(0, third)
    const large = order.slice(count - third)
    const inverse = (leaves: number[]) => leaves.reduce((sum, leaf) => sum + 1 / size[leaf]!, 0) / leaves.length
    const between = cutDeviation(small, y) ** 2 - cutDeviation(large, y) ** 2
    counting = Math.max(0, between / Math.max(1e-12, inverse(small) - inverse(large)))
    if (counting > 0)
      share = Math.sqrt(Math.max(MINIMUM_SHARE ** 2, cutDeviation(large, y) ** 2 - counting * inverse(large)))
  }
  share = Math.max(share, MINIMUM_SHARE)
  const weight = new Float64Array(count)
  for (let leaf = 0; leaf < count; leaf++) weight[leaf] = 1 / (share ** 2 + counting / size[leaf]!)
  return { y, weight, share, counting }
}

/**
 * Standard deviation about zero of the leaves that are well. Begins with the smaller half (which may be all that is well) and cuts what is
 * beyond 2.5 deviations until nothing changes.
 */
function cutDeviation(leaves: readonly number[], y: Float64Array): number {
  const sizes = Float64Array.from(leaves, (leaf) => Math.abs(y[leaf]!)).sort()
  if (sizes.length === 0) return 0
  // Of normal data a quarter lies within 0.3186 deviations.
  let deviation = Math.max(sizes[Math.floor(0.25 * (sizes.length - 1))]! / 0.3186, 1e-6)
  for (let round = 0; round < 20; round++) {
    let squares = 0
    let kept = 0
    for (const size of sizes) {
      if (size > CUT * deviation) break
      squares += size ** 2
      kept++
    }
    const next = kept === 0 ? deviation : Math.sqrt(squares / kept / CUT_VARIANCE)
    if (Math.abs(next - deviation) <= 1e-4 * deviation) break
    deviation = Math.max(next, 1e-6)
  }
  return deviation
}
