import { expect, test } from 'vitest'
import { repeat } from './repeat.ts'

test('ten rounds without pause unless told; the condition is resolved after each round', () => {
  expect(repeat.input.parse({ until: true })).toEqual({ until: true, atMost: 10, every: '0s' })
  expect(repeat.late).toEqual({ until: 'round', collect: 'round' })
  expect(repeat.input.safeParse({ until: true, atMost: 0 }).success).toBe(false)
})
