/** Probabilities of small counts, as exact as doubles allow. */

/** Lanczos's approximation (1964) with g = 7, nine terms; relative error below 1e-13 for x > 0. */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x)
  const shifted = x - 1
  let sum = lanczos[0]!
  for (let term = 1; term < lanczos.length; term += 1) sum += lanczos[term]! / (shifted + term)
  const t = shifted + 7.5
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(t) - t + Math.log(sum)
}

const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
]

/**
 * P(X <= x) of a Beta(a, b): the regularised incomplete beta function, by its continued fraction (DLMF 8.17.22) with the modified method of
 * Lentz. `a` and `b` above 0. Not for a or b beyond 1e8: it loses digits there.
 */
export function betaBelow(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x))
  // The fraction converges fast on this side of the mean; the other side is its complement.
  return x < (a + 1) / (a + b + 2)
    ? Math.min(1, (front * betaFraction(x, a, b)) / a)
    : Math.max(0, 1 - (front * betaFraction(1 - x, b, a)) / b)
}

function betaFraction(x: number, a: number, b: number): number {
  let c = 1
  let d = nonZero(1 - ((a + b) * x) / (a + 1)) ** -1
  let fraction = d
  const most = 200 + 20 * Math.sqrt(Math.max(a, b))
  for (let m = 1; m <= most; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = nonZero(1 + even * d) ** -1
    c = nonZero(1 + even / c)
    fraction *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = nonZero(1 + odd * d) ** -1
    c = nonZero(1 + odd / c)
    const factor = d * c
    fraction *= factor
    if (Math.abs(factor - 1) < 1e-14) break
  }
  return fraction
}

const nonZero = (value: number) => (Math.abs(value) < 1e-300 ? 1e-300 : value)

/** The value below which a Beta(a, b) lies with probability p, by bisection. */
export function betaQuantile(p: number, a: number, b: number): number {
  let [low, high] = [0, 1]
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2
    if (betaBelow(middle, a, b) < p) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** P(X <= hits) of a binomial. */
export function binomialAtMost(hits: number, trials: number, share: number): number {
  if (hits < 0) return 0
  if (hits >= trials) return 1
  return 1 - betaBelow(share, hits + 1, trials - hits)
}

/** P(X >= hits) of a binomial. */
export function binomialAtLeast(hits: number, trials: number, share: number): number {
  if (hits <= 0) return 1
  if (hits > trials) return 0
  return betaBelow(share, hits, trials - hits + 1)
}

/**
 * P(X <= hits) where X of `drawn` taken without return from `all`, `marked` of which are marked (hypergeometric): what Fisher's exact test needs.
 * Sums outward from the end until a term no longer counts.
 */
export function hypergeometricAtMost(hits: number, { drawn, marked, all }: Draw): number {
  const least = Math.max(0, drawn + marked - all)
  const largest = Math.min(drawn, marked)
  if (hits < least) return 0
  if (hits >= largest) return 1
  let term = Math.exp(logChoose(marked, hits) + logChoose(all - marked, drawn - hits) - logChoose(all, drawn))
  let sum = 0
  for (let x = hits; x >= least; x -= 1) {
    sum += term
    const ratio = (x * (all - marked - drawn + x)) / ((marked - x + 1) * (drawn - x + 1))
    term *= ratio
    if (ratio < 1 && term < sum * 1e-17) break
  }
  return Math.min(1, sum)
}

export interface Draw {
  drawn: number
  marked: number
  all: number
}

/** P(X >= hits), as above. */
export function hypergeometricAtLeast(hits: number, { drawn, marked, all }: Draw): number {
  // As many of the drawn are unmarked as are not marked.
  return hypergeometricAtMost(drawn - hits, { drawn, marked: all - marked, all })
}

const logChoose = (n: number, k: number) => logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1)

/** P(|Z| >= |score|) of a standard normal. Abramowitz and Stegun 26.2.17 near the middle, the Laplace continued fraction in the tail. */
export function normalBeyond(score: number): number {
  const z = Math.abs(score)
  if (Number.isNaN(z)) return Number.NaN
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)
  if (z > 3) {
    let fraction = 0
    for (let term = 40; term >= 1; term -= 1) fraction = term / (z + fraction)
    return (2 * density) / (z + fraction)
  }
  const t = 1 / (1 + 0.2316419 * z)
  const tail =
    density * t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  return Math.min(1, 2 * tail)
}
