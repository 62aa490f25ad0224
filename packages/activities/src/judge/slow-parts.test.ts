import { expect, test } from 'vitest'
import { areSlower } from './slow-parts.ts'

const split = (outliers: Record<string, number>, rest: Record<string, number>) => {
  const parts = (all: Record<string, number>) =>
    Object.entries(all).map(([id, factor]) => ({ id, before: 1, now: factor, factor }))
  return { split: { outliers: parts(outliers), rest: parts(rest) } }
}

test('outliers are slower, and only they', () => {
  const one = split({ b: 4 }, { a: 1, c: 1.1 })
  expect(areSlower(one, ['b'])).toBe(true)
  expect(areSlower(one, ['a'])).toBe(false)
  expect(areSlower(one, ['a', 'b'])).toBe(false)
})

test('half of all, when each rose clearly more than any other', () => {
  const half = split({}, { a1: 4.9, a2: 4.5, b1: 1.9, b2: 1.8 })
  expect(areSlower(half, ['a1', 'a2'])).toBe(true)
  expect(areSlower(half, ['b1', 'b2'])).toBe(false)
  expect(areSlower(split({}, { a1: 1.2, a2: 1.3, b1: 1, b2: 1 }), ['a1', 'a2'])).toBe(false)
})

test('what is not measured is not slow', () => {
  expect(areSlower(null, ['a'])).toBe(false)
  expect(areSlower(split({}, { a: 4 }), ['a', 'b'])).toBe(false)
  expect(areSlower(split({}, { a: 4, b: 4 }), ['a', 'b'])).toBe(false)
  expect(areSlower(split({ a: 4 }, {}), [])).toBe(false)
})
