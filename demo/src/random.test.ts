import { describe, expect, test } from 'vitest'
import { binomial, logNormal, logNormalBelow, poisson, seededRandom } from './random.ts'

const many = (draw: () => number) => {
  const values = Array.from({ length: 20_000 }, draw)
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  return { mean, variance, values }
}

test('equal seeds give equal numbers, other seeds do not', () => {
  const draw = (seed: number) => Array.from({ length: 5 }, seededRandom(seed))
  expect(draw(7)).toEqual(draw(7))
  expect(draw(7)).not.toEqual(draw(8))
})

describe('poisson', () => {
  test.each([0.3, 4, 30, 49, 51, 400])('has mean and variance %f', (expected) => {
    const random = seededRandom(1)
    const { mean, variance } = many(() => poisson(random, expected))
    expect(mean).toBeCloseTo(expected, expected > 100 ? -0.5 : 0)
    expect(variance / expected).toBeGreaterThan(0.93)
    expect(variance / expected).toBeLessThan(1.07)
  })
})

describe('binomial', () => {
  test.each([
    [10, 0.1],
    [100, 0.02],
    [100, 0.98],
    [600, 0.25],
  ])('%i trials with chance %f', (trials, share) => {
    const random = seededRandom(2)
    const { mean, variance, values } = many(() => binomial(random, trials, share))
    expect(mean / (trials * share)).toBeCloseTo(1, 1)
    expect(variance / (trials * share * (1 - share))).toBeCloseTo(1, 1)
    expect(values.every((value) => Number.isInteger(value) && value >= 0 && value <= trials)).toBe(true)
  })

  test('chance 0 and 1 are certain', () => {
    const random = seededRandom(3)
    expect(binomial(random, 50, 0)).toBe(0)
    expect(binomial(random, 50, 1)).toBe(50)
  })
})

test('drawn log-normals fall below a bound as often as the formula says', () => {
  const random = seededRandom(4)
  const below = many(() => logNormal(random, 0.1, 0.35)).values.filter((value) => value <= 0.13).length / 20_000
  expect(below).toBeCloseTo(logNormalBelow(0.13, 0.1, 0.35), 1.7)
})
