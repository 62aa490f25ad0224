import type { Sample } from '@tenon/analysis'
import { expect, test } from 'vitest'
import { usualConversion } from './usual-conversion.ts'

const hour = 3_600_000
const day = 24 * hour
const asOf = Date.UTC(2026, 9, 14, 14)
const times = Array.from({ length: 14 * 288 }, (_, index) => asOf - 14 * day + index * 300_000)
const series = (at: (t: number) => number | null): Sample[] => times.map((t) => [t, at(t)])

test('is the share at this time of day, not of all day', () => {
  const night = (t: number) => (new Date(t).getUTCHours() < 6 ? 0.5 : 0.9)
  expect(
    usualConversion(
      series(() => 100),
      series((t) => 100 * night(t)),
      asOf,
    ),
  ).toBeCloseTo(0.9)
})

test('one bad day does not count', () => {
  const bad = (t: number) => (asOf - t < 1.5 * day ? 10 : 90)
  expect(
    usualConversion(
      series(() => 100),
      series(bad),
      asOf,
    ),
  ).toBeCloseTo(0.9)
})

test('gaps are left out, and fewer than two days are nothing to go by', () => {
  expect(
    usualConversion(
      series((t) => (t % 600_000 === 0 ? null : 100)),
      series(() => 80),
      asOf,
    ),
  ).toBeCloseTo(0.8)
  expect(
    usualConversion(
      series(() => 100),
      series((t) => (asOf - t < 1.5 * day ? 90 : null)),
      asOf,
    ),
  ).toBeNull()
  expect(
    usualConversion(
      series(() => 0),
      series(() => 0),
      asOf,
    ),
  ).toBeNull()
})
