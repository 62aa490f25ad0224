/** Order statistics that one bad day or one bad point cannot move: medians and what is made of them. */

/** Median of finite numbers; NaN for none. */
export function median(values: number[]): number {
  return weightedMedian(values.map((value) => ({ value, weight: 1 })))
}

/**
 * The value at which half of the weight lies on each side, interpolated between the middles of neighbouring weights, so that a small
 * change of weights is a small change of the result. NaN for no weight.
 */
export function weightedMedian(items: { value: number; weight: number }[]): number {
  // Equal values by their weight: which of them stands beside the next value would else hang on the order that they came in.
  const sorted = items.filter((item) => item.weight > 0).sort((a, b) => a.value - b.value || a.weight - b.weight)
  const total = sorted.reduce((sum, item) => sum + item.weight, 0)
  let passed = 0
  let previous: { value: number; middle: number } | null = null
  for (const item of sorted) {
    const middle = (passed + item.weight / 2) / total
    if (middle >= 0.5) {
      if (previous === null || middle === 0.5) return item.value
      const share = (0.5 - previous.middle) / (middle - previous.middle)
      return previous.value + share * (item.value - previous.value)
    }
    previous = { value: item.value, middle }
    passed += item.weight
  }
  return previous?.value ?? Number.NaN
}

/** For normal data, standard deviation = 1.4826 x median absolute deviation (1 / quantile of the normal distribution at 0.75). */
const madToDeviation = 1.4826

/** Robust standard deviation about `centre`, by the weighted median absolute deviation. NaN for no weight. */
export function robustDeviation(items: { value: number; weight: number }[], centre: number): number {
  return (
    madToDeviation * weightedMedian(items.map(({ value, weight }) => ({ value: Math.abs(value - centre), weight })))
  )
}

/**
 * Variance of the noise of points, from the differences of those `lag` apart (von Neumann): slow movement such as a season cancels
 * out. Differences far above the usual (a jump, a wild point) are cut to three deviations by their 90 % quantile; a median would be
 * more robust, but is zero where every second point repeats the one before. NaN below eight differences.
 */
export function noiseVariance(values: (number | null)[], lag = 1): number {
  const differences: number[] = []
  for (let index = lag; index < values.length; index++) {
    const before = values[index - lag]
    const here = values[index]
    if (before !== null && before !== undefined && here !== null && here !== undefined)
      differences.push(Math.abs(here - before))
  }
  if (differences.length < 8) return Number.NaN
  differences.sort((a, b) => a - b)
  const most = (3 / ninetiethOfNormal) * differences[Math.floor(0.9 * (differences.length - 1))]!
  return differences.reduce((sum, value) => sum + Math.min(value, most) ** 2, 0) / differences.length / 2
}

/** Of normal data, 90 % lie within so many deviations. */
const ninetiethOfNormal = 1.645

/**
 * How many neighbouring points share their noise, 1 when none do: rates over windows that overlap move together, so that their mean
 * is less certain than that of independent points. From points `lag` apart, which share none, against neighbours.
 */
export function sharedPoints(values: (number | null)[], lag: number): number {
  const ratio = noiseVariance(values, lag) / noiseVariance(values)
  return Number.isFinite(ratio) ? Math.min(lag, Math.max(1, ratio)) : 1
}
