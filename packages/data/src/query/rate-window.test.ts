import type { Point } from '@tenon/runbook'
import { describe, expect, it } from 'vitest'
import { coarseSpans, measuredSpans } from './rate-window.ts'

const minute = 60_000
const gridOf = (stepSeconds: number, minutes = 60) =>
  Array.from({ length: (minutes * 60) / stepSeconds + 1 }, (_, index) => index * stepSeconds * 1000)
/** Samples in each five minutes that end at 0, 5, 10 ... */
const scrapedEach = (seconds: (t: number) => number | null, minutes = 60) =>
  Array.from({ length: minutes / 5 + 1 }, (_, index): Point => {
    const interval = seconds(index * 5 * minute)
    return [index * 5 * minute, interval === null ? null : 300 / interval]
  })

describe('measuredSpans', () => {
  it.each([
    { interval: 5, stepSeconds: 60, promql: 65, metricsql: 60 },
    { interval: 15, stepSeconds: 60, promql: 75, metricsql: 60 },
    { interval: 15, stepSeconds: 30, promql: 45, metricsql: 30 },
    { interval: 30, stepSeconds: 30, promql: 90, metricsql: 60 },
    { interval: 60, stepSeconds: 60, promql: 180, metricsql: 120 },
  ])('holds two samples $interval s apart at a step of $stepSeconds s', ({ interval, stepSeconds, ...windows }) => {
    for (const dialect of ['promql', 'metricsql'] as const) {
      const grid = gridOf(stepSeconds)
      const spans = measuredSpans(grid, { counts: scrapedEach(() => interval), stepSeconds, dialect })
      expect(spans).toEqual([{ from: 0, to: 60 * minute, windowSeconds: windows[dialect], intervalSeconds: interval }])
    }
  })

  it('is not moved by one scrape more or less', () => {
    const counts: Point[] = scrapedEach(() => 15).map(([t], index) => [t, [19, 20, 21][index % 3]!])
    expect(measuredSpans(gridOf(60), { counts, stepSeconds: 60, dialect: 'promql' })).toHaveLength(1)
  })

  it('changes the window where the interval changes, not before all windows are fine', () => {
    const counts = scrapedEach((t) => (t <= 30 * minute ? 60 : 15))
    const spans = measuredSpans(gridOf(60), { counts, stepSeconds: 60, dialect: 'metricsql' })
    expect(spans.map(({ windowSeconds }) => windowSeconds)).toEqual([120, 60])
    expect(spans[0]).toMatchObject({ from: 0, to: 35 * minute })
    expect(spans[1]).toMatchObject({ from: 36 * minute, to: 60 * minute })
  })

  it('takes a minute where nothing is known', () => {
    const [span] = measuredSpans(gridOf(60), { counts: scrapedEach(() => null), stepSeconds: 60, dialect: 'metricsql' })
    expect(span).toEqual({ from: 0, to: 60 * minute, windowSeconds: 120 })
    const gap = scrapedEach((t) => (t > 20 * minute && t < 40 * minute ? null : 5))
    const spans = measuredSpans(gridOf(60), { counts: gap, stepSeconds: 60, dialect: 'metricsql' })
    expect(spans.at(-1)!.windowSeconds).toBe(60)
  })
})

it('takes one step where steps are coarse', () => {
  expect(coarseSpans(gridOf(300), 300)).toEqual([{ from: 0, to: 60 * minute, windowSeconds: 300 }])
})
