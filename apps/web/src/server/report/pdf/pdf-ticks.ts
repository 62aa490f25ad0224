/** Round places on an axis. Pure. */

/** About four round values from `low` to `high`: steps of 1, 2 or 5 times a power of ten. Empty when there is no range. */
export function niceTicks(low: number, high: number): number[] {
  const span = high - low
  if (!Number.isFinite(span) || span <= 0) return []
  const power = 10 ** Math.floor(Math.log10(span / 4))
  const step = ([1, 2, 5].find((times) => span / (times * power) <= 5) ?? 10) * power
  return ticks(low, high, step)
}

const minute = 60_000
const hour = 60 * minute
const timeSteps = [1, 2, 5, 10, 15, 30]
  .map((each) => each * minute)
  .concat([1, 2, 3, 6, 12, 24, 48, 168].map((each) => each * hour))

/** About six round times in UTC, unix milliseconds. */
export function timeTicks(from: number, to: number): number[] {
  const span = to - from
  if (!Number.isFinite(span) || span <= 0) return []
  const step = timeSteps.find((each) => span / each <= 7) ?? Math.ceil(span / 6 / (168 * hour)) * 168 * hour
  return ticks(from, to, step)
}

function ticks(low: number, high: number, step: number): number[] {
  const first = Math.ceil(low / step)
  const count = Math.floor(high / step) - first + 1
  // Far from zero a step can be less than what numbers can tell apart.
  if (!Number.isFinite(count) || count > 20) return []
  const all = Array.from({ length: Math.max(0, count) }, (_, index) => (first + index) * step)
  // At the very end of what numbers hold, a round value can lie beyond it.
  return all.filter((each) => Number.isFinite(each))
}
