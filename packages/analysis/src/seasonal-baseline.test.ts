import { describe, expect, it } from 'vitest'
import { day, minute, now, poisson, randomOf, season, traffic } from '../test/simulated-traffic.ts'
import { seasonalBaseline, type Baseline, type BaselineInput } from './seasonal-baseline.ts'
import type { Sample } from './series.ts'

/** Two weeks of history and 5 h of the recent past under a rate of events a second; the window is the last hour. */
function inputOf(rate: (t: number) => number, { seed = 1, days = 14, end = now } = {}): BaselineInput {
  const random = randomOf(seed)
  const from = end - 60 * minute
  const recent = traffic({ from: end - 300 * minute, to: end, stepSeconds: 60, random, rate })
  return {
    window: recent.filter(([t]) => t > from),
    before: recent.filter(([t]) => t <= from),
    history: traffic({ from: from - days * day - 240 * minute, to: from, stepSeconds: 300, random, rate }),
    kind: 'count',
    stepSeconds: 60,
  }
}
const errorOf = (baseline: Baseline, rate: (t: number) => number) => {
  const truth = baseline.points.map(({ t }) => rate(t - 30_000) * 60)
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  return mean(baseline.points.map(({ expected }) => expected)) / mean(truth) - 1
}

describe('seasonalBaseline', () => {
  it('knows what is usual at each hour, within a few per cent', () => {
    for (let seed = 1; seed <= 12; seed++) {
      const end = now + seed * 7.3 * 60 * minute
      const baseline = seasonalBaseline(inputOf(season, { seed, end }))
      expect(baseline.status).toBe('ok')
      expect(Math.abs(errorOf(baseline, season))).toBeLessThan(0.02)
      expect(baseline.daysUsed).toBe(14)
    }
  })

  it('says of itself how wrong it may be', () => {
    const errors = Array.from({ length: 30 }, (_, seed) => {
      const baseline = seasonalBaseline(inputOf(season, { seed, end: now + seed * 5 * 60 * minute }))
      return Math.abs(errorOf(baseline, season)) / baseline.modelError
    })
    expect(errors.filter((error) => error > 3).length).toBeLessThanOrEqual(1)
  })

  it('holds nearly all points in its band', () => {
    const input = inputOf(season)
    const { points } = seasonalBaseline(input)
    const outside = input.window.filter(
      ([, value], index) => value! < points[index]!.low || value! > points[index]!.high,
    )
    expect(outside.length).toBeLessThanOrEqual(1)
  })

  it('knows the last hours before the other kind of day, which turn towards it', () => {
    const day = 24 * 60 * minute
    // Weekends have 0.7 of a working day; the last two hours lead from one day's share to the next one's.
    const share = (t: number) => ([0, 6].includes(new Date(t).getUTCDay()) ? 0.7 : 1)
    const turning = (t: number) => {
      const into = Math.max(0, ((t % day) / day) * 24 - 22) / 2
      return 10 * (share(t) * (1 - into) + share(t + day) * into)
    }
    for (const [name, end] of [
      ['Sunday', Date.UTC(2026, 10, 29, 23, 45)],
      ['Friday', Date.UTC(2026, 10, 27, 23, 45)],
      ['Wednesday', Date.UTC(2026, 10, 25, 23, 45)],
    ] as const) {
      const baseline = seasonalBaseline(inputOf(turning, { end }))
      expect(Math.abs(errorOf(baseline, turning)), name).toBeLessThan(0.03)
    }
  })

  it('follows a day that is busier throughout, but not beyond bounds', () => {
    const start = now - 12 * 60 * minute
    const busier = (by: number) => (t: number) => season(t) * (t > start ? by : 1)
    const followed = seasonalBaseline(inputOf(busier(1.15)))
    expect(Math.abs(errorOf(followed, busier(1.15)))).toBeLessThan(0.03)
    expect(followed.level).toBeCloseTo(1.15, 1)
    const capped = seasonalBaseline(inputOf(busier(0.4)))
    expect(capped.level).toBe(0.75)
    expect(errorOf(capped, season)).toBeLessThan(-0.2)
  })

  it('does not learn an incident: not that of now, nor that of a week ago', () => {
    const incident = (from: number, to: number) => (t: number) => season(t) * (t > from && t <= to ? 0.5 : 1)
    for (const rate of [
      incident(now - 70 * minute, now),
      incident(now - 7 * day - 120 * minute, now - 7 * day),
      incident(now - day - 300 * minute, now - day + 60 * minute),
    ]) {
      expect(Math.abs(errorOf(seasonalBaseline(inputOf(rate)), season))).toBeLessThan(0.04)
    }
  })

  it('compares with what there is, and with nothing below two days', () => {
    const three = seasonalBaseline(inputOf(season, { days: 3 }))
    expect(three).toMatchObject({ status: 'ok', daysUsed: 3 })
    expect(three.modelError).toBeGreaterThan(0.02)
    expect(seasonalBaseline(inputOf(season, { days: 1 }))).toMatchObject({
      status: 'insufficient',
      points: [],
      note: expect.stringContaining('at least 2 are needed'),
    })
    expect(seasonalBaseline({ ...inputOf(season), window: [] }).status).toBe('insufficient')
  })

  it('is not pulled to another level by an oldest day without its lead', () => {
    const start = now - 12 * 60 * minute
    const input = inputOf((t) => season(t) * (t > start ? 1.15 : 1))
    const history = input.history.filter(([t]) => t > now - 60 * minute - 14 * day)
    expect(seasonalBaseline({ ...input, history })).toMatchObject({ daysUsed: 13, level: expect.closeTo(1.15, 1) })
  })

  it('leaves out days of which much is missing', () => {
    const input = inputOf(season)
    const gap = (t: number) => t > now - 3 * day - 60 * minute && t <= now - 3 * day
    const history = input.history.map(([t, value]): Sample => [t, gap(t) ? null : value])
    expect(seasonalBaseline({ ...input, history }).daysUsed).toBe(13)
  })

  it('measures how much noisier than pure chance a count is', () => {
    const random = randomOf(3)
    const input = inputOf(season)
    const rough = (samples: Sample[], stepSeconds: number) =>
      samples.map(([t]): Sample => [t, poisson((season(t) * stepSeconds) / 5, random) * 5 * (60 / stepSeconds)])
    expect(seasonalBaseline(input).dispersion).toBeLessThan(1.6)
    const { dispersion } = seasonalBaseline({
      ...input,
      before: rough(input.before, 60),
      history: rough(input.history, 300),
    })
    expect(dispersion).toBeGreaterThan(3)
    expect(dispersion).toBeLessThan(8)
  })

  it('takes the middle of the past where there is no season', () => {
    const flat = () => 8
    const baseline = seasonalBaseline({ ...inputOf(flat), seasonality: 'none' })
    expect(Math.abs(errorOf(baseline, flat))).toBeLessThan(0.01)
    expect(baseline.daysUsed).toBe(0)
    expect(seasonalBaseline({ ...inputOf(flat), history: [], before: [], seasonality: 'none' }).status).toBe(
      'insufficient',
    )
  })

  it('keeps shares within 0 and 1', () => {
    const random = randomOf(4)
    const share = (t: number): Sample => [t, Math.min(1, 0.995 + 0.01 * (random() - 0.5))]
    const input = inputOf(season)
    const baseline = seasonalBaseline({
      ...input,
      window: input.window.map(([t]) => share(t)),
      before: input.before.map(([t]) => share(t)),
      history: input.history.map(([t]) => share(t)),
      kind: 'ratio',
    })
    for (const { low, high, expected } of baseline.points) {
      expect(high).toBeLessThanOrEqual(1)
      expect(low).toBeGreaterThan(0.9)
      expect(expected).toBeCloseTo(0.995, 2)
    }
  })
})
