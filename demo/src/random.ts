/** Seeded random numbers and the few distributions that the shop needs. Equal seeds give equal worlds. */

/** Uniform in [0, 1). */
export type Random = () => number

/** The `mulberry32` generator: 32 bits of state, fast, good enough for traffic. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Standard normal, by Box and Muller. */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

/** Number of events when `mean` are expected. Above 50 the normal approximation, whose error there is below the noise itself. */
export function poisson(random: Random, mean: number): number {
  if (mean <= 0) return 0
  if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random)))
  const limit = Math.exp(-mean)
  let product = random()
  let count = 0
  while (product > limit) {
    product *= random()
    count++
  }
  return count
}

/** Number of successes among `trials` with chance `share` each. */
export function binomial(random: Random, trials: number, share: number): number {
  if (trials <= 0 || share <= 0) return 0
  if (share >= 1) return trials
  if (share > 0.5) return trials - binomial(random, trials, 1 - share)
  const mean = trials * share
  if (mean > 20) {
    const drawn = Math.round(mean + Math.sqrt(mean * (1 - share)) * normal(random))
    return Math.min(trials, Math.max(0, drawn))
  }
  return binomialByInversion(random, trials, share)
}

/** Walks the distribution from 0 upwards; short because it is only asked for means up to 20. */
function binomialByInversion(random: Random, trials: number, share: number): number {
  const odds = share / (1 - share)
  let chance = (1 - share) ** trials
  let left = random()
  let count = 0
  while (left > chance && count < trials) {
    left -= chance
    chance *= (odds * (trials - count)) / (count + 1)
    count++
  }
  return count
}

/** Seconds until the next event of a Poisson process with `perSecond` events. */
export function exponential(random: Random, perSecond: number): number {
  return -Math.log(1 - random()) / perSecond
}

/** Log-normal with the given median; `sigma` is the spread of its logarithm. */
export function logNormal(random: Random, median: number, sigma: number): number {
  return median * Math.exp(sigma * normal(random))
}

/** Share of a log-normal that is at most `value`. */
export function logNormalBelow(value: number, median: number, sigma: number): number {
  return normalBelow(Math.log(value / median) / sigma)
}

/** Cumulative normal: Abramowitz and Stegun 26.2.17, error below 1e-7. */
function normalBelow(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z))
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  const tail = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series
  return z >= 0 ? 1 - tail : tail
}
