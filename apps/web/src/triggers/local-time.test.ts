import { expect, test } from 'vitest'
import { fromLocalInput, toLocalInput } from './local-time.ts'

test.each(['utc', 'browser'] as const)('there and back in %s', (zone) => {
  const at = Date.parse('2026-11-24T09:05:00Z')
  expect(fromLocalInput(toLocalInput(at, zone), zone)).toBe('2026-11-24T09:05:00.000Z')
})

test('utc is written as it is, and what is no time is none', () => {
  expect(toLocalInput(Date.parse('2026-01-02T03:04:05Z'), 'utc')).toBe('2026-01-02T03:04')
  expect(fromLocalInput('', 'utc')).toBe(null)
  expect(fromLocalInput('soon', 'browser')).toBe(null)
})
