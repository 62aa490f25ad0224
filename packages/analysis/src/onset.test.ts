import { describe, expect, it } from 'vitest'
import { minute, normalOf, now, poisson, randomOf, season } from '../test/simulated-traffic.ts'
import { estimateOnset } from './onset.ts'
import type { Sample } from './series.ts'

const from = now - 60 * minute

function counts(factor: (t: number) => number, { seed = 1, stepSeconds = 60 } = {}) {
  const random = randomOf(seed)
  const points: Sample[] = []
  const expected: Sample[] = []
  for (let t = from + stepSeconds * 1000; t <= now; t += stepSeconds * 1000) {
    const usual = season(t) * stepSeconds
    // A change in the middle of a step counts for its share.
    const share = (factor(t - stepSeconds * 1000 + 1) + factor(t - stepSeconds * 500) + factor(t - 1)) / 3
    points.push([t, (poisson(usual * share, random) * 60) / stepSeconds])
    expected.push([t, (usual * 60) / stepSeconds])
  }
  return { points, expected, kind: 'count' as const, stepSeconds }
}
const step = (at: number, factor: number) => (t: number) => (t >= at ? factor : 1)

describe('estimateOnset', () => {
  it.each([
    { factor: 0.6, minutes: 12, within: 60 },
    { factor: 0.8, minutes: 20, within: 120 },
    { factor: 1.5, minutes: 12, within: 60 },
    { factor: 0, minutes: 5, within: 60 },
  ])('finds when a count went to $factor of expected, $minutes min ago', ({ factor, minutes, within }) => {
    const truth = now - minutes * minute
    const errors = Array.from({ length: 30 }, (_, seed) => {
      const onset = estimateOnset(counts(step(truth, factor), { seed }))!
      expect(onset.after).toBeCloseTo(factor, 0)
      expect(onset.earliest).toBeLessThanOrEqual(onset.at)
      expect(onset.latest).toBeGreaterThanOrEqual(onset.at)
      return Math.abs(onset.at - truth) / 1000
    }).sort((a, b) => a - b)
    expect(errors[Math.floor(errors.length * 0.9)]).toBeLessThanOrEqual(within)
  })

  it('is as fine as the steps', () => {
    const truth = now - 6 * minute
    const errors = Array.from({ length: 30 }, (_, seed) => {
      const onset = estimateOnset(counts(step(truth, 0.5), { seed, stepSeconds: 15 }))!
      return Math.abs(onset.at - truth) / 1000
    }).sort((a, b) => a - b)
    expect(errors[26]).toBeLessThanOrEqual(30)
  })

  it('says between when and when it can have been', () => {
    const truth = now - 15 * minute - 25_000
    const holds = Array.from({ length: 40 }, (_, seed) => {
      const onset = estimateOnset(counts(step(truth, 0.75), { seed }))!
      return onset.earliest - minute <= truth && truth <= onset.latest + minute
    })
    expect(holds.filter(Boolean).length).toBeGreaterThanOrEqual(37)
  })

  it('finds none where none is', () => {
    const found = Array.from({ length: 200 }, (_, seed) => estimateOnset(counts(() => 1, { seed })))
    expect(found.filter((onset) => onset !== null).length).toBeLessThanOrEqual(4)
  })

  it('finds it in latencies and shares too, and not in what stands still', () => {
    const random = randomOf(1)
    const times = Array.from({ length: 60 }, (_, index) => from + (index + 1) * minute)
    const series = (value: (t: number) => number) => ({
      points: times.map((t): Sample => [t, value(t)]),
      expected: times.map((t): Sample => [t, 0.2]),
      kind: 'latency' as const,
      stepSeconds: 60,
    })
    const slower = series((t) => (t > now - 10 * minute ? 0.3 : 0.2) + 0.02 * normalOf(random))
    const onset = estimateOnset(slower)!
    expect(Math.abs(onset.at - (now - 10 * minute))).toBeLessThanOrEqual(minute)
    expect(onset.after - onset.before).toBeCloseTo(0.1, 1)
    expect(estimateOnset(series(() => 0.2))).toBeNull()
    expect(estimateOnset({ ...slower, points: [] })).toBeNull()
    expect(estimateOnset({ ...slower, points: slower.points.slice(0, 1) })).toBeNull()
  })

  it('goes over gaps', () => {
    const truth = now - 12 * minute
    const input = counts(step(truth, 0.5))
    const points = input.points.map(([t, value], index): Sample => [t, index % 4 === 1 ? null : value])
    expect(Math.abs(estimateOnset({ ...input, points })!.at - truth)).toBeLessThanOrEqual(2 * minute)
    expect(estimateOnset({ ...input, points: points.map(([t]) => [t, null]) })).toBeNull()
  })
})
