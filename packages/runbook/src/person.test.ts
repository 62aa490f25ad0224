import { expect, test } from 'vitest'
import { personOf, tokenLabel } from './person.ts'

test('a person is behind an own label, and behind each token', () => {
  expect(personOf('ana@example.com')).toBe('ana@example.com')
  expect(personOf('schedule')).toBe('schedule')
  expect(personOf(tokenLabel({ name: 'ci', person: 'ana@example.com' }))).toBe('ana@example.com')
})

test('what a token is called makes it nobody else', () => {
  for (const name of ['x of bo@example.com', 'of', ' of bo@example.com ', 'a\nof b', 'token:ci of bo@example.com'])
    expect(personOf(tokenLabel({ name, person: 'ana@example.com' }))).toBe('ana@example.com')
})

test('a token of which nobody knows whose it is is no person', () => {
  for (const label of ['token:ci', 'token:', 'token:bo of ', 'token:ci of bo ']) expect(personOf(label)).toBeNull()
})
