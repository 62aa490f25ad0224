import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normalOf, randomOf } from '../test/simulated-traffic.ts'
import { median, noiseVariance, robustDeviation, sharedPoints, weightedMedian } from './robust.ts'

const finite = fc.double({ min: -1e6, max: 1e6, noNaN: true })

describe('weightedMedian', () => {
  it('is the middle, with weights and without', () => {
    expect(median([3, 1, 2])).toBe(2)
    expect(median([1, 2, 3, 4])).toBe(2.5)
    expect(median([7])).toBe(7)
    expect(median([])).toBeNaN()
    const items = [
      { value: 1, weight: 1 },
      { value: 2, weight: 1 },
      { value: 100, weight: 0 },
    ]
    expect(weightedMedian(items)).toBe(1.5)
    expect(weightedMedian([...items, { value: 3, weight: 8 }])).toBeGreaterThan(2.5)
    expect(weightedMedian([{ value: 1, weight: 0 }])).toBeNaN()
  })

  it('lies within its values and is not moved by order', () => {
    const items = fc.array(fc.record({ value: finite, weight: fc.double({ min: 0.01, max: 10, noNaN: true }) }), {
      minLength: 1,
    })
    fc.assert(
      fc.property(items, (given) => {
        const found = weightedMedian(given)
        const values = given.map(({ value }) => value)
        expect(found).toBeGreaterThanOrEqual(Math.min(...values))
        expect(found).toBeLessThanOrEqual(Math.max(...values))
        expect(weightedMedian(given.toReversed())).toBeCloseTo(found, 6)
      }),
    )
  })

  it('of equal values with unlike weights is not moved by order', () => {
    const items = [
      { value: 0, weight: 1 },
      { value: 200, weight: 3 },
      { value: 0, weight: 2 },
    ]
    expect(weightedMedian(items.toReversed())).toBe(weightedMedian(items))
  })

  it('is not moved far by one wild value', () => {
    const calm = [98, 99, 100, 101, 102]
    expect(Math.abs(median([...calm, 1e9]) - median(calm))).toBeLessThan(1)
  })
})

describe('spread', () => {
  const random = randomOf(1)
  const noise = Array.from({ length: 2_000 }, () => 3 * normalOf(random))

  it('is the standard deviation of normal data, whatever a tenth of it does', () => {
    const items = noise.map((value) => ({ value, weight: 1 }))
    expect(robustDeviation(items, 0)).toBeCloseTo(3, 0)
    for (let index = 0; index < 200; index++) items[index * 10]!.value = 1e6
    expect(robustDeviation(items, 0)).toBeLessThan(4)
  })

  it('does not count the season as noise, nor gaps', () => {
    const wave: (number | null)[] = noise.map((value, index) => value + 50 * Math.sin(index / 100))
    expect(Math.sqrt(noiseVariance(wave))).toBeCloseTo(3, 0)
    for (let index = 0; index < wave.length; index += 7) wave[index] = null
    expect(Math.sqrt(noiseVariance(wave))).toBeCloseTo(3, 0)
    expect(noiseVariance([1, 2, 3])).toBeNaN()
  })

  it('is not moved by jumps and wild points', () => {
    const wild = noise.map((value, index) => value + (index > 1_000 ? 80 : 0) + (index % 97 === 0 ? 1e4 : 0))
    expect(Math.sqrt(noiseVariance(wild))).toBeCloseTo(3.3, 0)
  })

  it('knows points that share their noise from those that have their own', () => {
    const moving = (count: number) =>
      noise.slice(count).map((_, index) => noise.slice(index, index + count).reduce((sum, value) => sum + value, 0))
    expect(sharedPoints(noise, 10)).toBeLessThan(1.2)
    expect(sharedPoints(moving(4), 10)).toBeGreaterThan(3)
    expect(sharedPoints(moving(4), 10)).toBeLessThan(5)
    // Every value twice, as where samples are twice as far apart as points.
    const twice = noise.flatMap((value) => [value, value])
    expect(Math.sqrt(noiseVariance(twice, 10))).toBeCloseTo(3, 0)
    expect(sharedPoints(twice, 10)).toBeGreaterThan(1.7)
    expect(sharedPoints([1, 2], 10)).toBe(1)
    expect(
      sharedPoints(
        noise.map(() => 5),
        10,
      ),
    ).toBe(1)
  })
})
