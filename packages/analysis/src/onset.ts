/**
 * When a change began: the maximum-likelihood single change point of actual over expected, after Hinkley (1970) for Gaussian
 * series and the Poisson two-segment likelihood for counts. Level before and level after are both free.
 */
import type { Sample, SeriesKind } from './series.ts'

export interface OnsetInput {
  points: Sample[]
  /** Same times as `points`. */
  expected: Sample[]
  kind: SeriesKind
  stepSeconds: number
}

export interface Onset {
  /** Start of the first changed step, unix ms. */
  at: number
  /** Earliest and latest onset that the data allow (about 95 %). */
  earliest: number
  latest: number
  /** Actual over expected before and after; for ratios, gauges and latencies actual less expected. */
  before: number
  after: number
}

/** Twice the log-likelihood gain that a change point must bring: the 1 % critical value of the scan for some hundred points. */
const minimumGain = 13
/** Twice the log-likelihood that an onset may fall short of the best and still be possible. */
const plausibleLoss = 5

/**
 * Null when no change point is better than none. Accurate to about a step when the change is clear: a change in the middle of a
 * step is put at that step's beginning or end.
 */
export function estimateOnset(input: OnsetInput): Onset | null {
  const steps = pairUp(input)
  const candidates = input.kind === 'count' ? poissonGains(steps) : gaussianGains(steps)
  const best = candidates.reduce<Candidate | null>(
    (top, one) => (top === null || one.gain > top.gain ? one : top),
    null,
  )
  if (best === null || best.gain < minimumGain) return null
  const plausible = candidates.filter((one) => one.gain > best.gain - plausibleLoss)
  const startOf = (index: number) => steps[index]!.t - input.stepSeconds * 1000
  return {
    at: startOf(best.index),
    earliest: startOf(Math.min(...plausible.map((one) => one.index))),
    latest: startOf(Math.max(...plausible.map((one) => one.index))),
    before: best.before,
    after: best.after,
  }
}

/** `actual` and `expected` are events in the step for counts, the values themselves otherwise. */
interface Step {
  t: number
  actual: number
  expected: number
}

/** `index`: of the first changed step. */
interface Candidate {
  index: number
  gain: number
  before: number
  after: number
}

function pairUp({ points, expected, kind, stepSeconds }: OnsetInput): Step[] {
  const expectedAt = new Map(expected)
  const scale = kind === 'count' ? stepSeconds / 60 : 1
  const steps: Step[] = []
  for (const [t, value] of points) {
    const wanted = expectedAt.get(t)
    if (value === null || wanted === null || wanted === undefined) continue
    if (kind === 'count' && wanted <= 0) continue
    steps.push({ t, actual: value * scale, expected: wanted * scale })
  }
  return steps.sort((a, b) => a.t - b.t)
}

/** Of events k with mean rate x expected m, the log-likelihood is K ln(K/M) - K and parts that do not depend on the split. */
function poissonGains(steps: Step[]): Candidate[] {
  const total = sum(steps)
  const logLikelihood = (events: number, mean: number) => (events > 0 ? events * Math.log(events / mean) : 0)
  const whole = logLikelihood(total.actual, total.expected)
  let actual = 0
  let expected = 0
  return steps.flatMap((step, index) => {
    const candidate: Candidate[] =
      index === 0
        ? []
        : [
            {
              index,
              gain:
                2 *
                (logLikelihood(actual, expected) +
                  logLikelihood(total.actual - actual, total.expected - expected) -
                  whole),
              before: actual / expected,
              after: (total.actual - actual) / (total.expected - expected),
            },
          ]
    actual += step.actual
    expected += step.expected
    return candidate
  })
}

/** Of residuals with one unknown variance: n ln(variance without / variance with the split). Each side needs two points. */
function gaussianGains(steps: Step[]): Candidate[] {
  const residuals = steps.map((step) => step.actual - step.expected)
  const count = residuals.length
  const squares = residuals.reduce((total, value) => total + value * value, 0)
  const totalSum = residuals.reduce((total, value) => total + value, 0)
  const whole = squares - (totalSum * totalSum) / count
  // A series without any noise must not divide by zero.
  const floor = Math.max(whole * 1e-9, Number.EPSILON)
  const candidates: Candidate[] = []
  let left = residuals[0] ?? 0
  for (let index = 1; index < count; index++) {
    const right = totalSum - left
    if (index >= 2 && count - index >= 2 && whole > Number.EPSILON) {
      const within = squares - (left * left) / index - (right * right) / (count - index)
      const gain = count * Math.log(whole / Math.max(within, floor))
      candidates.push({ index, gain, before: left / index, after: right / (count - index) })
    }
    left += residuals[index]!
  }
  return candidates
}

function sum(steps: Step[]): { actual: number; expected: number } {
  return steps.reduce(
    (total, step) => ({ actual: total.actual + step.actual, expected: total.expected + step.expected }),
    {
      actual: 0,
      expected: 0,
    },
  )
}
