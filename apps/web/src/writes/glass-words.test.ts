import { expect, test } from 'vitest'
import { glassLeft, glassMinutes, isConfirmed } from './glass-words.ts'

test('the time left counts down, and nothing is left when it is over', () => {
  const until = '2026-10-01T12:30:00.000Z'
  expect(glassLeft(until, Date.parse('2026-10-01T12:17:20.000Z'))).toBe('12:40')
  expect(glassLeft(until, Date.parse(until) - 1)).toBe('0:01')
  expect(glassLeft(until, Date.parse(until))).toBeNull()
  expect(glassLeft('soon', 0)).toBeNull()
})

test('the word is typed, in whatever letters', () => {
  expect(isConfirmed('  Break  Glass ')).toBe(true)
  for (const text of ['', 'break', 'breakglass', 'break glass now']) expect(isConfirmed(text)).toBe(false)
})

test('no choice is longer than an hour', () => {
  expect(Math.max(...glassMinutes)).toBeLessThanOrEqual(60)
})
