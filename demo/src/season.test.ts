import { expect, test } from 'vitest'
import { ordersPerSecond } from './season.ts'

const week = Array.from({ length: 7 * 24 * 60 }, (_, minute) => Date.UTC(2026, 2, 1) + minute * 60_000)

test('stays between the night rate and the evening peak', () => {
  const rates = week.map(ordersPerSecond)
  expect(Math.min(...rates)).toBeGreaterThan(4.5)
  expect(Math.max(...rates)).toBeLessThan(14.4)
  expect(Math.max(...rates)).toBeGreaterThan(13)
})

test('is smooth: no minute differs from the one before by more than 2 %, midnight included', () => {
  for (let i = 1; i < week.length; i++) {
    const change = Math.abs(ordersPerSecond(week[i]!) / ordersPerSecond(week[i - 1]!) - 1)
    expect(change, new Date(week[i]!).toISOString()).toBeLessThan(0.02)
  }
})

test('is lower at the weekend than on the same hour of a weekday', () => {
  expect(ordersPerSecond(Date.UTC(2026, 2, 1, 12))).toBeLessThan(ordersPerSecond(Date.UTC(2026, 2, 4, 12)) * 0.88)
})
