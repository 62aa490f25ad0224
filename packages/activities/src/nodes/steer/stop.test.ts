import { expect, test } from 'vitest'
import { stop } from './stop.ts'

test('ends as succeeded unless told', () => {
  expect(stop.input.parse({})).toEqual({ as: 'succeeded', reason: '' })
  expect(stop.input.safeParse({ as: 'cancelled' }).success).toBe(false)
})
