import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { day, minute, normalOf, now, randomOf, season, traffic } from '../test/simulated-traffic.ts'
import { judgeSeries, type JudgeInput, type Judgement } from './detect.ts'
import type { Sample } from './series.ts'

const whole = { completeness: 1, freshnessSeconds: 5, notes: [] }

function judgementOf(
  rate: (t: number) => number,
  {
    seed = 1,
    end = now,
    step = 60,
    ...more
  }: { seed?: number; end?: number; step?: number } & Partial<JudgeInput> = {},
): Judgement {
  return judgeSeries(inputOf(rate, { seed, end, step, ...more }))
}
function inputOf(
  rate: (t: number) => number,
  {
    seed = 1,
    end = now,
    step = 60,
    ...more
  }: { seed?: number; end?: number; step?: number } & Partial<JudgeInput> = {},
): JudgeInput {
  const random = randomOf(seed)
  return {
    recent: traffic({ from: end - 240 * minute, to: end, stepSeconds: step, random, rate }),
    history: traffic({ from: end - 15 * day, to: end - 60 * minute, stepSeconds: 300, random, rate }),
    stepSeconds: step,
    kind: 'count',
    bad: 'down',
    minimumEvents: 50,
    quality: whole,
    asOf: end,
    ...more,
  }
}
/** The season with a factor from a time on. */
const since =
  (from: number, factor: number, level = 8) =>
  (t: number) =>
    season(t, level) * (t >= from ? factor : 1)
const spread = (seed: number) => now + seed * 5.7 * 60 * minute

describe('judgeSeries on healthy series', () => {
  it.each(['down', 'up', 'both'] as const)('calls at most one in a hundred abnormal (bad is %s)', (bad) => {
    // At every hour and weekday, with 1, 8 and 60 events a second.
    const found = Array.from({ length: 450 }, (_, seed) => {
      const level = [1, 8, 60][seed % 3]!
      return judgementOf((t) => season(t, level), { seed, end: spread(seed), bad })
    })
    expect(found.filter(({ value }) => value === 'abnormal').length).toBeLessThanOrEqual(4)
    expect(found.filter(({ value }) => value === 'normal').length).toBeGreaterThan(435)
  })
})

describe('judgeSeries on drops', () => {
  it('sees 12 % less of 8 a second within 3 minutes', () => {
    // Now as on a working afternoon: about 8 events a second.
    const level = 8 / season(now, 1)
    const runs = 40
    const found = Array.from({ length: runs }, (_, seed) =>
      judgementOf(since(now - 3 * minute, 0.88, level), { seed: seed + 1, step: 15 }),
    )
    expect(found.filter(({ value }) => value === 'abnormal').length).toBeGreaterThanOrEqual(runs * 0.9)
  })

  it('says how deep, since when and how sure', () => {
    const onset = now - 12 * minute
    const judgement = judgementOf(since(onset, 0.7))
    expect(judgement.value).toBe('abnormal')
    expect(judgement.deviation).toBeCloseTo(-0.3, 1)
    expect(judgement.actual! / judgement.expected! - 1).toBeCloseTo(judgement.deviation!, 6)
    expect(Math.abs(judgement.onset! - onset)).toBeLessThanOrEqual(minute)
    expect(judgement.score).toBeLessThan(-5)
    expect(judgement.confidence).toBeGreaterThan(0.99)
    expect(judgement.reasons[0]).toMatch(/below expected .*standard deviations/)
  })

  it('looks in the bad direction only', () => {
    expect(judgementOf(since(now - 15 * minute, 1.4)).value).toBe('normal')
    expect(judgementOf(since(now - 15 * minute, 1.4), { bad: 'up' }).value).toBe('abnormal')
    expect(judgementOf(since(now - 15 * minute, 1.4), { bad: 'both' }).value).toBe('abnormal')
    expect(judgementOf(since(now - 15 * minute, 0.6), { bad: 'up' }).value).toBe('normal')
  })

  it('calls an outage abnormal', () => {
    const judgement = judgementOf(since(now - 4 * minute, 0))
    expect(judgement).toMatchObject({ value: 'abnormal', actual: 0, deviation: -1, onset: now - 4 * minute })
    const input = inputOf(since(now - 4 * minute, 0))
    const recent = input.recent.map(([t, value]): Sample => [t, value === 0 ? -1e-9 : value])
    expect(judgeSeries({ ...input, recent }).value).toBe('abnormal')
  })

  it('calls a drop that is over recovered', () => {
    const rate = (t: number) => season(t) * (t > now - 20 * minute && t < now - 8 * minute ? 0.6 : 1)
    const judgement = judgementOf(rate)
    expect(judgement.value).toBe('normal')
    expect(judgement.reasons[0]).toMatch(/^Recovered: /)
    expect(judgement.onset).toBeNull()
  })

  it('sees that a drop is over long before the good minutes have filled the window', () => {
    const rate = (t: number) => season(t) * (t > now - 30 * minute && t < now - 7 * minute ? 0.87 : 1)
    const judged = Array.from({ length: 40 }, (_, seed) => judgementOf(rate, { seed, windowMinutes: 15, step: 30 }))
    expect(judged.filter(({ value }) => value === 'abnormal').length).toBeLessThanOrEqual(4)
    // The other way round, one that goes on is not called over.
    const going = Array.from({ length: 40 }, (_, seed) =>
      judgementOf(since(now - 12 * minute, 0.87), { seed, windowMinutes: 15, step: 30 }),
    )
    expect(going.filter(({ value }) => value === 'abnormal').length).toBeGreaterThanOrEqual(36)
  })

  it('does not trust one odd point', () => {
    const input = inputOf(season)
    const last = input.recent.at(-1)!
    const recent: Sample[] = [...input.recent.slice(0, -1), [last[0], last[1]! * 0.85]]
    expect(judgeSeries({ ...input, recent }).value).toBe('normal')
  })

  it('does not judge a drop that what is missing could explain', () => {
    const quality = { completeness: 5 / 6, freshnessSeconds: 5, notes: ['pay-a-2: no samples since 13:40 UTC'] }
    const judgement = judgementOf(since(now - 12 * minute, 5 / 6), { quality })
    expect(judgement.value).toBe('inconclusive')
    expect(judgement.reasons[0]).toMatch(/16\.\d % of the data is missing/)
    // Much deeper than what is missing, it is a drop all the same.
    expect(judgementOf(since(now - 12 * minute, 0.4), { quality }).value).toBe('abnormal')
  })
})

describe('judgeSeries on shares and latencies', () => {
  function shares(share: (t: number) => number, { seed = 1, perMinute = 480 } = {}): JudgeInput {
    const random = randomOf(seed)
    const at = (from: number, to: number, stepSeconds: number) => {
      const points: Sample[] = []
      for (let t = from + stepSeconds * 1000; t <= to; t += stepSeconds * 1000) {
        const events = (perMinute * stepSeconds) / 60
        const p = share(t)
        points.push([t, Math.min(1, Math.max(0, p + Math.sqrt((p * (1 - p)) / events) * normalOf(random)))])
      }
      return points
    }
    const recent = at(now - 240 * minute, now, 60)
    return {
      ...inputOf(season),
      recent,
      history: at(now - 15 * day, now - 60 * minute, 300),
      kind: 'ratio',
      events: recent.map(([t]) => [t, perMinute]),
    }
  }

  it('sees a success rate fall by some points, and is calm otherwise', () => {
    const healthy = Array.from({ length: 40 }, (_, seed) => judgeSeries(shares(() => 0.96, { seed })).value)
    expect(healthy.filter((value) => value !== 'normal').length).toBeLessThanOrEqual(1)
    const fallen = judgeSeries(shares((t) => (t > now - 10 * minute ? 0.85 : 0.96)))
    expect(fallen.value).toBe('abnormal')
    expect(fallen.actual).toBeCloseTo(0.85, 1)
    expect(fallen.onset).toBe(now - 10 * minute)
  })

  it('is calm where neighbouring points share their samples and events are not known', () => {
    // Samples twice as far apart as points, and each rate over two of them: four points move as one.
    const shared = (points: Sample[]) =>
      points.map(([t], index): Sample => {
        const [here, before] = [points[index - (index % 2)]![1]!, points[Math.max(0, index - (index % 2) - 2)]![1]!]
        return [t, (here + before) / 2]
      })
    const found = Array.from({ length: 100 }, (_, seed) => {
      const input = shares(() => 0.96, { seed, perMinute: 200 })
      return judgeSeries({ ...input, recent: shared(input.recent), events: undefined }).value
    })
    expect(found.filter((value) => value !== 'normal').length).toBeLessThanOrEqual(2)
  })

  it('asks for enough events behind a share', () => {
    const input = shares((t) => (t > now - 10 * minute ? 0.5 : 0.96), { perMinute: 1 })
    const judgement = judgeSeries(input)
    expect(judgement.value).toBe('inconclusive')
    expect(judgement.reasons[0]).toMatch(/needs \d+ more events/)
  })

  it('sees a latency double', () => {
    const random = randomOf(5)
    const latency = (t: number): Sample => [t, (t > now - 8 * minute ? 0.24 : 0.12) * (1 + 0.1 * normalOf(random))]
    const input = inputOf(season)
    const slow: JudgeInput = {
      ...input,
      recent: input.recent.map(([t]) => latency(t)),
      history: input.history.map(([t]) => latency(t)),
      kind: 'latency',
      bad: 'up',
    }
    expect(judgeSeries(slow)).toMatchObject({ value: 'abnormal', onset: now - 8 * minute })
    const hung = slow.recent.map(([t, value]): Sample => [t, value! * (t > now - 8 * minute ? 20 : 1)])
    expect(judgeSeries({ ...slow, recent: hung }).reasons[0]).toMatch(/^\d+(\.\d)? times what is expected \(/)
    expect(judgeSeries({ ...slow, bad: 'down' }).value).toBe('normal')
  })
})

describe('judgeSeries without enough data', () => {
  it.each([
    ['nothing recent', { recent: [] }, /^No data in the last 30 min/],
    ['only gaps', { recent: inputOf(season).recent.map(([t]): Sample => [t, null]) }, /^No data/],
    ['old data', { quality: { ...whole, freshnessSeconds: 200 } }, /200 s old/],
    ['data that ended', { recent: inputOf(season).recent.filter(([t]) => t < now - 5 * minute) }, /old/],
    ['no newest sample', { quality: { ...whole, freshnessSeconds: null } }, /old/],
    ['samples too far apart', { quality: { ...whole, resolutionSeconds: 600 } }, /600 s apart, so that 30 min hold 3/],
    ['a third of the hosts', { quality: { ...whole, completeness: 0.33, notes: ['h: lost'] } }, /33\.0 % of the data/],
    ['no history', { history: [] }, /^No baseline/],
    ['no data and no history', { recent: [], history: [] }, /^No data/],
  ] as const)('is inconclusive with %s', (_, change, reason) => {
    const judgement = judgementOf(season, change as Partial<JudgeInput>)
    expect(judgement.value).toBe('inconclusive')
    expect(judgement.reasons[0]).toMatch(reason)
    expect(judgement).toMatchObject({ deviation: null, onset: null, score: null })
  })

  it('is inconclusive with too little traffic to see a large change in', () => {
    const few = judgementOf((t) => season(t, 0.01))
    expect(few.value).toBe('inconclusive')
    expect(few.reasons[0]).toMatch(/events in the window: needs \d+ more/)
    expect(judgementOf((t) => season(t, 0.01), { minimumEvents: 0 }).reasons[0]).toMatch(/^Too few events to tell/)
  })

  it('is never normal when much is missing, whatever is missing and whatever is there', () => {
    const base = inputOf(season)
    const missing = fc.oneof(
      fc.record({ kind: fc.constant('gaps' as const), share: fc.double({ min: 0.25, max: 1, noNaN: true }) }),
      fc.record({ kind: fc.constant('stale' as const), seconds: fc.integer({ min: 136, max: 100_000 }) }),
      fc.record({ kind: fc.constant('ended' as const), minutes: fc.integer({ min: 3, max: 300 }) }),
      fc.record({ kind: fc.constant('partial' as const), completeness: fc.double({ min: 0, max: 0.79, noNaN: true }) }),
      fc.record({ kind: fc.constant('history' as const), hours: fc.integer({ min: 0, max: 30 }) }),
    )
    const level = fc.constantFrom(0, 0.1, 0.5, 1, 1.02, 3)
    fc.assert(
      fc.property(missing, level, fc.integer(), (what, factor, seed) => {
        const random = randomOf(seed)
        const recent = base.recent.map(([t, value]): Sample => [t, value! * (t > now - 30 * minute ? factor : 1)])
        const input: JudgeInput = { ...base, recent }
        switch (what.kind) {
          case 'gaps': {
            const inWindow = recent.filter(([t]) => t > now - 30 * minute).map(([t]) => ({ t, order: random() }))
            const lost = new Set(
              inWindow
                .sort((a, b) => a.order - b.order)
                .slice(0, Math.ceil(what.share * inWindow.length))
                .map(({ t }) => t),
            )
            input.recent = recent.map(([t, value]): Sample => [t, lost.has(t) ? null : value])
            break
          }
          case 'stale':
            input.quality = { ...whole, freshnessSeconds: what.seconds }
            break
          case 'ended':
            input.recent = recent.filter(([t]) => t <= now - what.minutes * minute)
            break
          case 'partial':
            input.quality = { ...whole, completeness: what.completeness }
            break
          case 'history':
            input.history = base.history.filter(([t]) => t > now - 60 * minute - what.hours * 60 * minute)
            break
        }
        const { value, reasons } = judgeSeries(input)
        expect(value).toBe('inconclusive')
        expect(reasons.length).toBeGreaterThan(0)
      }),
      { numRuns: 60 },
    )
  })
})
