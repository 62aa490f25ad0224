import { expect, test } from 'vitest'
import { forEach } from './for-each.ts'

test('ten rounds at a time, no failure tolerated, unless told', () => {
  expect(forEach.input.parse({ items: ['a'] })).toEqual({ items: ['a'], concurrency: 10, tolerate: 0 })
  expect(forEach.input.safeParse({ items: ['a'], tolerate: '120%' }).success).toBe(false)
  expect(forEach.input.safeParse({ items: Array.from({ length: 1001 }) }).success).toBe(false)
})
