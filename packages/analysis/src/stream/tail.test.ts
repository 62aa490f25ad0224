import { describe, expect, it } from 'vitest'
import { normalOf, randomOf } from '../../test/simulated-traffic.ts'
import { defaultTail, startTail, tailQuantile, tailSlots, tailSurprise } from './tail.ts'

function rateAbove(nats: number, draw: () => number): number {
  const state = new Float32Array(tailSlots)
  startTail(state, 0, defaultTail)
  let above = 0
  const points = 200_000
  for (let point = 0; point < points; point += 1)
    if (tailSurprise(state, 0, draw(), defaultTail) > nats && point > 5_000) above += 1
  return above / points
}

describe('tail', () => {
  it('makes thin and heavy tails alike: what is as rare gets as much surprise', () => {
    const random = randomOf(1)
    const pareto = (index: number) => () => (1 - random()) ** -index
    const heavy = rateAbove(2.3, pareto(0.5))
    const heavier = rateAbove(2.3, pareto(0.25))
    const normal = rateAbove(2.3, () => Math.abs(normalOf(random)))
    // One in 1,000 by its own account: P = 0.01 x exp(-2.3).
    expect(heavy).toBeGreaterThan(0.0003)
    expect(heavy).toBeLessThan(0.002)
    expect(heavier).toBeGreaterThan(0.0003)
    expect(heavier).toBeLessThan(0.002)
    // A normal tail is thinner than any power law, so fewer, not more.
    expect(normal).toBeLessThan(0.001)
  })

  it('finds the quantile whatever the unit, slowly at most', () => {
    const state = new Float32Array(tailSlots)
    startTail(state, 0, defaultTail)
    const random = randomOf(2)
    for (let point = 0; point < 100_000; point += 1) tailSurprise(state, 0, random() * 20, defaultTail)
    expect(tailQuantile(state, 0)).toBeGreaterThan(18)
    expect(tailQuantile(state, 0)).toBeLessThan(21)
  })

  it('learns an incident once, not as many times as it has points', () => {
    const quietly = new Float32Array(tailSlots)
    startTail(quietly, 0, defaultTail)
    const random = randomOf(3)
    for (let point = 0; point < 20_000; point += 1) tailSurprise(quietly, 0, random() * 4, defaultTail)
    const before = tailQuantile(quietly, 0)
    const surprises = Array.from({ length: defaultTail.cluster }, () => tailSurprise(quietly, 0, 40, defaultTail))
    expect(Math.log(tailQuantile(quietly, 0) / before)).toBeLessThan(0.03)
    expect(surprises.at(-1)!).toBeGreaterThan(0.6 * surprises[0]!)
  })

  it('is finite and not negative for zero and for huge values', () => {
    const state = new Float32Array(tailSlots)
    startTail(state, 0, defaultTail)
    for (let point = 0; point < 5_000; point += 1) {
      const surprise = tailSurprise(state, 0, point % 3 === 0 ? 0 : 1e6, defaultTail)
      expect(surprise).toBeGreaterThanOrEqual(0)
      expect(Number.isFinite(surprise)).toBe(true)
    }
  })
})
