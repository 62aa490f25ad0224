import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { day, minute, normalOf, poisson, randomOf, season } from '../../test/simulated-traffic.ts'
import { createStreamDetector, createStreamPool, type StreamOptions, type StreamPoint } from './stream-detector.ts'

/** A Monday. */
const start = Date.UTC(2026, 0, 5)

function run(
  value: (t: number, place: number) => number | null,
  { points, ...options }: Partial<StreamOptions> & { points: number },
): StreamPoint[] {
  const intervalSeconds = options.intervalSeconds ?? 60
  const detector = createStreamDetector({ intervalSeconds, ...options })
  return Array.from({ length: points }, (_, place) => {
    const t = start + place * intervalSeconds * 1000
    return detector.update(t, value(t, place))
  })
}

const alarmsOf = (found: StreamPoint[]) => found.flatMap((point, place) => (point.alarm ? [place] : []))
const traffic = (seed: number, level = 20) => {
  const random = randomOf(seed)
  return (t: number) => poisson(60 * season(t, level), random)
}

describe('stream detector', () => {
  it('stays quiet on healthy traffic: less than one false alarm in two days', () => {
    const alarms = [1, 2, 3, 4].flatMap((seed) => alarmsOf(run(traffic(seed), { points: 8 * 1440 })))
    expect(alarms.length).toBeLessThanOrEqual(16)
  })

  it('alarms on a spike, on a drop to nothing and on a step within three points, and says what it expected', () => {
    const at = 6 * 1440 + 700
    for (const change of [(v: number) => v * 2, () => 0, (v: number) => v * 0.7]) {
      const healthy = traffic(5)
      const found = run((t, place) => (place >= at && place < at + 30 ? change(healthy(t)) : healthy(t)), {
        points: at + 60,
      })
      const first = alarmsOf(found).find((place) => place >= at)
      expect(first).toBeDefined()
      expect(first! - at).toBeLessThanOrEqual(3)
      const expected = found[at]!.expected!
      expect(Math.abs(expected / (60 * season(start + at * minute, 20)) - 1)).toBeLessThan(0.1)
      expect(found[at]!.low!).toBeLessThan(expected)
      expect(found[at]!.high!).toBeGreaterThan(expected)
    }
  })

  it('tells of one incident at its beginning, not at every point of it', () => {
    const at = 5 * 1440
    const healthy = traffic(6)
    const found = run((t, place) => (place >= at ? healthy(t) * 3 : healthy(t)), { points: at + 60 })
    const alarms = alarmsOf(found).filter((place) => place >= at)
    expect(alarms.length).toBeGreaterThanOrEqual(1)
    expect(alarms.length).toBeLessThanOrEqual(4)
  })

  it('takes the course of the day for normal: a steep morning is no alarm once it was seen', () => {
    const random = randomOf(7)
    const steep = (t: number) => {
      const hour = (t % day) / 3_600_000
      return 100 + 900 / (1 + Math.exp(-2.5 * (hour - 8))) / (1 + Math.exp(2.5 * (hour - 20))) + 5 * normalOf(random)
    }
    const alarms = alarmsOf(run(steep, { points: 9 * 1440 })).filter((place) => place > 3 * 1440)
    expect(alarms.length).toBeLessThanOrEqual(6)
  })

  it('says what it does not know: warming up at first and after a long gap, a gap where there is no value', () => {
    const healthy = traffic(8)
    const found = run((t, place) => (place === 200 || (place > 300 && place < 400) ? null : healthy(t)), {
      points: 500,
    })
    expect(found.slice(0, 60).every((point) => point.status === 'warming-up' && point.expected === null)).toBe(true)
    expect(found[100]!.status).toBe('ok')
    expect(found[200]).toEqual({ score: 0, expected: null, low: null, high: null, status: 'gap', alarm: false })
    expect(found[201]!.status).toBe('ok')
    expect(found[400]!.status).toBe('warming-up')
    expect(found[420]!.status).toBe('ok')
  })

  it('looks only in the direction that is bad', () => {
    const at = 4 * 1440 + 600
    const fall = (bad: StreamOptions['bad']) => {
      const healthy = traffic(9)
      const found = run((t, place) => (place === at ? 0 : healthy(t)), { points: at + 1, bad, kind: 'count' })
      return found[at]!
    }
    expect(fall('down').alarm).toBe(true)
    expect(fall('both').alarm).toBe(true)
    expect(fall('up').alarm).toBe(false)
    expect(fall('up').low).toBeGreaterThanOrEqual(0)
  })

  it('finds nothing odd in a constant, and the first change of it', () => {
    const found = run((_, place) => (place === 900 ? 43 : 42), { points: 1000 })
    expect(alarmsOf(found)[0]).toBe(900)
    expect(alarmsOf(run(() => 0, { points: 1000 }))).toEqual([])
  })

  it('judges a pool of series as so many detectors, each by itself', () => {
    const pool = createStreamPool(3, { intervalSeconds: 60 })
    const single = [0, 1, 2].map(() => createStreamDetector({ intervalSeconds: 60 }))
    const healthy = [traffic(10), traffic(11), () => 5]
    for (let place = 0; place < 2000; place += 1) {
      const t = start + place * minute
      for (let series = 0; series < 3; series += 1) {
        const value = place === 1900 && series === 1 ? 0 : healthy[series]!(t)
        expect({ ...pool.update(series, t, value) }).toEqual(single[series]!.update(t, value))
      }
    }
    expect(pool.bytesPerSeries).toBeLessThanOrEqual(2048)
  })

  it('keeps what is odd in one series of a pool out of the others, and knows its number of series', () => {
    const pool = createStreamPool(3, { intervalSeconds: 60 })
    const single = createStreamDetector({ intervalSeconds: 60 })
    const healthy = traffic(15)
    const odd = [1e22, -1e24, 8.64e15, 1e300, Number.NaN]
    for (let place = 0; place < 3000; place += 1) {
      const t = start + place * minute
      for (const series of [0, 2]) pool.update(series, place % 7 === 0 ? odd[place % 5]! : t, (place % 3) * 1e300)
      const value = healthy(t)
      expect({ ...pool.update(1, t, value) }).toEqual(single.update(t, value))
    }
    expect(() => pool.update(3, start, 1)).toThrow('no series 3 of 3')
    expect(() => pool.update(0.5, start, 1)).toThrow(RangeError)
  })

  it('does not hang on what values are counted from, nor on their unit', () => {
    const places = [1, 1000].map((unit) => {
      const healthy = traffic(12)
      return alarmsOf(run((t, place) => (healthy(t) + (place === 3000 ? 900 : 0)) * unit, { points: 3100 }))
    })
    expect(places[0]).toEqual(places[1])
    expect(places[0]).toContain(3000)
  })
})

describe('false alarms', () => {
  /** Alarms a day in the third week of a series by the minute. */
  function perDay(shape: (random: () => number) => (place: number) => number): number {
    const value = shape(randomOf(21))
    const alarms = alarmsOf(run((_, place) => value(place), { points: 21 * 1440 }))
    return alarms.filter((place) => place >= 14 * 1440).length / 7
  }

  it('are less than two a day on healthy series of very different shapes, with nothing told of them', () => {
    const shapes: Record<string, (random: () => number) => (place: number) => number> = {
      'lognormal, so with a heavy tail': (random) => () => Math.exp(normalOf(random)),
      'a walk without a level': (random) => {
        let at = 0
        return () => (at += normalOf(random))
      },
      'a tenth of an event a minute': (random) => () => poisson(0.1, random),
      'rounded to whole numbers': (random) => () => Math.round(5 + 0.2 * normalOf(random)),
      'noisy every night': (random) => (place) => 100 + normalOf(random) * (place % 1440 < 300 ? 30 : 3),
      'a job every hour': (random) => (place) => (place % 60 < 2 ? 300 : 100) + 5 * normalOf(random),
      'on and off by the hour': (random) => {
        let on = 0
        return () => 50 * (on = random() < 0.02 ? 1 - on : on) + normalOf(random)
      },
      'a slow request now and then': (random) => () =>
        200 * Math.exp(0.3 * normalOf(random)) * (random() < 0.005 ? 5 : 1),
    }
    const many = Object.entries(shapes).map(([name, shape]) => [name, perDay(shape)] as const)
    expect(many.filter(([, alarms]) => alarms >= 2)).toEqual([])
  })

  it('are none of a job that comes every night, and its hour still shows what is worse', () => {
    const nightly = (random: () => number) => (place: number) => (place % 1440 < 30 ? 500 : 100) + 5 * normalOf(random)
    expect(perDay(nightly)).toBeLessThanOrEqual(0.3)
    const at = 14 * 1440 + 10
    const value = nightly(randomOf(22))
    const found = run((_, place) => (place === at ? 20_000 : value(place)), { points: at + 1 })
    expect(found.at(-1)!.alarm).toBe(true)
  })

  it('never become a storm, even where every jump is one', () => {
    const sawtooth = (random: () => number) => {
      let full = 0
      return () => (full = full > 100 ? 0 : full + random()) + 0.3 * normalOf(random)
    }
    const cauchy = (random: () => number) => () => Math.tan(Math.PI * (random() - 0.5))
    expect(perDay(sawtooth)).toBeLessThan(12)
    expect(perDay(cauchy)).toBeLessThan(4)
  })
})

describe('bad input', () => {
  const odd = fc.oneof(
    { weight: 6, arbitrary: fc.double({ min: -1e3, max: 1e3, noNaN: true }) },
    { weight: 1, arbitrary: fc.constantFrom(null, Number.NaN, Infinity, -Infinity) },
    { weight: 1, arbitrary: fc.constantFrom(0, -0, 1e308, -1e308, 5e-324, Number.MAX_SAFE_INTEGER) },
  )
  const step = fc.oneof(
    { weight: 8, arbitrary: fc.constant(60_000) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 120_000 }) },
    { weight: 1, arbitrary: fc.constantFrom(0, -3_600_000, 86_400_000 * 21, Number.NaN, Infinity, 1e300) },
  )

  const kinds = ['count', 'ratio', 'gauge', 'latency'] as const
  const directions = ['up', 'down', 'both'] as const

  function flawOf({ score, alarm, status, expected, low, high }: StreamPoint): string | null {
    if (!(score >= 0 && score <= 1)) return 'score'
    if (alarm !== score >= 0.5) return 'alarm'
    if (status !== 'ok' && score > 0) return 'what is not known is no finding'
    if ((status === 'ok') !== (expected !== null)) return 'expectation'
    return [expected, low, high].every((one) => one === null || Number.isFinite(one)) ? null : 'number'
  }

  it('gives a stated answer, never an exception, NaN or a score without an expectation', () => {
    const shapes = fc.record({
      interval: fc.constantFrom(0, -1, Number.NaN, 1, 60, 300, 3600, 86_400, 604_800),
      kind: fc.constantFrom(...kinds),
      bad: fc.constantFrom(...directions),
      points: fc.array(fc.tuple(step, odd), { minLength: 1, maxLength: 200 }),
    })
    fc.assert(
      fc.property(shapes, ({ interval, kind, bad, points }) => {
        const detector = createStreamDetector({ intervalSeconds: interval, kind, bad })
        let t = start
        for (const [by, value] of points) {
          t += by
          const point = detector.update(t, value)
          expect(flawOf(point), JSON.stringify({ t, value, point })).toBe(null)
          expect(point.status === 'gap' || (value !== null && Number.isFinite(value))).toBe(true)
        }
      }),
    )
  })

  it('stays sound over long runs of constants, of huge values, of counters that reset, and of clocks that jump back', () => {
    const random = randomOf(13)
    const shapes: ((place: number) => number | null)[] = [
      () => 7,
      () => (random() < 0.5 ? 1e308 : -1e308),
      (place) => (place % 700) * 1e6,
      (place) => (place % 97 === 0 ? Number.NaN : place),
      (place) => (place % 1000 < 995 ? 0 : 50),
      () => null,
      (place) => (place < 3000 ? normalOf(random) * 1e-30 : 1e-3),
    ]
    const flaws: string[] = []
    for (const shape of shapes) {
      const detector = createStreamDetector({ intervalSeconds: 60 })
      for (let place = 0; place < 6000; place += 1) {
        const t = start + (place % 500 === 499 ? place - 60 : place) * minute
        const point = detector.update(t, shape(place))
        const flaw = flawOf(point)
        if (flaw !== null) flaws.push(`${flaw} of ${String(shape)} at ${place}: ${JSON.stringify(point)}`)
      }
    }
    expect(flaws).toEqual([])
  })

  it('a clock set back far enough is a new series, not silence for ever', () => {
    const healthy = traffic(14)
    const detector = createStreamDetector({ intervalSeconds: 60 })
    for (let place = 0; place < 500; place += 1) detector.update(start + 30 * day + place * minute, healthy(start))
    const after = Array.from({ length: 200 }, (_, place) => detector.update(start + place * minute, healthy(start)))
    expect(after[0]!.status).not.toBe('ok')
    expect(after.at(-1)!.status).toBe('ok')
  })
})
