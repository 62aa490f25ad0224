import { expect, test } from 'vitest'
import { wait } from './wait.ts'

test('carried out by the interpreter, with one outcome', () => {
  expect(wait.effect).toBe('wait')
  expect(wait.input.parse({ for: '5m' })).toEqual({ for: '5m' })
  expect(wait.input.safeParse({ for: 'soon' }).success).toBe(false)
})
