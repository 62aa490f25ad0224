import { expect, test } from 'vitest'
import { percentile, rounded } from './percentile.ts'

test('nearest rank', () => {
  const values = [5, 1, 4, 2, 3]
  expect(percentile(values, 0.5)).toBe(3)
  expect(percentile(values, 0.95)).toBe(5)
  expect(percentile(values, 0)).toBe(1)
  expect(percentile([7], 0.5)).toBe(7)
  expect(percentile([], 0.5)).toBeNull()
})

test('rounded keeps null', () => {
  expect(rounded(1.2345, 2)).toBe(1.23)
  expect(rounded(null, 2)).toBeNull()
})
