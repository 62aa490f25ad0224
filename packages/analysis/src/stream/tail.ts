/**
 * How rare is an excess, by the series' own record? Calibrates a positive statistic of any shape, so that one threshold serves all series.
 *
 * Of the statistic z, a high quantile u is tracked in logarithms by stochastic steps (Robbins and Monro 1951: up by rate x (1 - p) when z is
 * above, down by rate x p when it is below), and the mean excess of log z above it, which is Hill's estimate (1975) of the tail index xi of a
 * power law. Then P(z > x) = p (x / u)^(-1/xi), and `log(x / u) / xi` is the surprise in nats beyond the quantile: peaks over threshold, as SPOT
 * does it (Siffer and others, KDD 2017), with constant state. Excesses come in clusters, and an incident is one: only the first of a cluster
 * is learnt (declustering, as in extreme value statistics), and of a huge one only a part, so that incidents do not raise the bar for the next.
 */
const [quantile, index, seen, quiet] = [0, 1, 2, 3]

export const tailSlots = 4

export interface TailOptions {
  /** Share of healthy values that lie above the tracked quantile. */
  share: number
  /** Points that a cluster lasts. */
  cluster: number
  /** First guesses, worth as much as `guessWeight` excesses. */
  quantileGuess: number
  indexGuess: number
  guessWeight: number
  /** How many excesses the tail index remembers. */
  memory: number
  /** Smallest step of log u. */
  step: number
  /** The most of one log excess that is learnt. */
  bound: number
  /** No quantile and no tail index is taken for less, so that a series which hardly moves does not alarm at every stir. */
  quantileFloor: number
  indexFloor: number
}

export const defaultTail: TailOptions = {
  share: 0.01,
  cluster: 12,
  quantileGuess: 4,
  indexGuess: 0.3,
  guessWeight: 20,
  memory: 150,
  step: 0.003,
  bound: 1,
  quantileFloor: 2,
  indexFloor: 0.17,
}

export function startTail(state: Float32Array, at: number, options: TailOptions): void {
  state[at + quantile] = options.quantileGuess
  state[at + index] = options.indexGuess
  state[at + seen] = 0
  state[at + quiet] = options.cluster
}

/** The tracked quantile of z. */
export const tailQuantile = (state: Float32Array, at: number) => state[at + quantile]!

/** Surprise of z in nats beyond the quantile; 0 below it. Then learns z, which is finite. */
export function tailSurprise(state: Float32Array, at: number, z: number, options: TailOptions): number {
  const passed = state[at + quiet]! + 1
  const points = state[at + seen]! + 1
  state[at + quiet] = Math.min(passed, 1e6)
  state[at + seen] = Math.min(points, 1e6)
  if (!(z > 0)) return 0
  const bar = state[at + quantile]!
  const isFirst = passed > options.cluster
  if (z <= bar) {
    if (isFirst) state[at + quantile] = bar * (1 - stepOf(points, options) * options.share)
    return 0
  }
  const tail = state[at + index]!
  if (isFirst) {
    const weight = Math.min(options.memory, options.guessWeight + points * options.share)
    state[at + index] = tail + (Math.min(Math.log(z / bar), options.bound) - tail) / weight
    state[at + quantile] = bar * (1 + stepOf(points, options) * (1 - options.share))
    state[at + quiet] = 0
  }
  const floor = Math.max(bar, options.quantileFloor)
  return z <= floor ? 0 : Math.log(z / floor) / Math.max(tail, options.indexFloor)
}

const stepOf = (points: number, { share, step }: TailOptions) => {
  const early = 0.3 / Math.sqrt(1 + points * share)
  return early > step ? early : step
}
