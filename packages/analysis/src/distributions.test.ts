import { describe, expect, it } from 'vitest'
import {
  betaBelow,
  betaQuantile,
  binomialAtLeast,
  binomialAtMost,
  hypergeometricAtLeast,
  hypergeometricAtMost,
  logGamma,
  normalBeyond,
} from './distributions.ts'

/** By multiplying out. */
function binomial(hits: number, trials: number, share: number): number {
  let term = (1 - share) ** trials
  for (let x = 0; x < hits; x += 1) term *= ((trials - x) / (x + 1)) * (share / (1 - share))
  return term
}

describe('distributions', () => {
  it('gamma is the factorial', () => {
    expect(Math.exp(logGamma(11))).toBeCloseTo(3628800, 3)
    expect(Math.exp(logGamma(0.5)) ** 2).toBeCloseTo(Math.PI, 10)
  })

  it('tails of a binomial are the sums of its terms', () => {
    for (const [trials, share] of [
      [1, 0.5],
      [7, 0.02],
      [40, 0.3],
      [200, 0.97],
    ] as const) {
      let sum = 0
      for (let hits = 0; hits <= trials; hits += 1) {
        expect(binomialAtLeast(hits, trials, share)).toBeCloseTo(1 - sum, 10)
        sum += binomial(hits, trials, share)
        expect(binomialAtMost(hits, trials, share)).toBeCloseTo(sum, 10)
      }
    }
  })

  it('tails of a hypergeometric are those of its cards', () => {
    // Of 13 spades among 52, at least 3 in a hand of 5.
    expect(hypergeometricAtLeast(3, { drawn: 5, marked: 13, all: 52 })).toBeCloseTo(0.0927671, 6)
    expect(hypergeometricAtMost(2, { drawn: 5, marked: 13, all: 52 })).toBeCloseTo(1 - 0.0927671, 6)
    expect(hypergeometricAtMost(500, { drawn: 1000, marked: 50_000, all: 100_000 })).toBeCloseTo(0.5125, 3)
    expect(hypergeometricAtMost(0, { drawn: 9, marked: 5, all: 10 })).toBe(0)
  })

  it('quantiles of a beta lie where its probability says', () => {
    for (const [a, b] of [
      [0.5, 0.5],
      [1, 9],
      [300, 2],
      [5000, 80_000],
    ] as const)
      for (const p of [0.025, 0.5, 0.975]) expect(betaBelow(betaQuantile(p, a, b), a, b)).toBeCloseTo(p, 8)
  })

  it('the normal tail, near and far', () => {
    expect(normalBeyond(1)).toBeCloseTo(0.3173105, 6)
    expect(normalBeyond(3.0001) / normalBeyond(2.9999)).toBeCloseTo(1, 2)
    expect(normalBeyond(10) / 1.523971e-23).toBeCloseTo(1, 4)
  })
})
