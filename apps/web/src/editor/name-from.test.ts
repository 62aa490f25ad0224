import { expect, test } from 'vitest'
import { nameFrom } from './name-from.ts'

test.each([
  ['Refunds are slow', 'refunds-are-slow'],
  ['  2nd try: Café! ', 'nd-try-cafe'],
  ['支付', ''],
])('%s -> %s', (title, name) => {
  expect(nameFrom(title)).toBe(name)
})
