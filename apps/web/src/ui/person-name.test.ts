import { expect, it } from 'vitest'
import { personName } from './person-name.ts'

it('tells a token from a person', () => {
  expect(personName('token:Demo shop')).toBe('Demo shop (token)')
  expect(personName('token:Demo shop of ada@example.com')).toBe('Demo shop (token of ada@example.com)')
  expect(personName('ada@example.com')).toBe('ada@example.com')
  expect(personName('schedule')).toBe('schedule')
})
