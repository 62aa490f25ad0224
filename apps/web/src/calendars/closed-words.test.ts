import { expect, test } from 'vitest'
import { appliesWords, closedWords } from './closed-words.ts'

test('windows are said with their days, and nights with the day on which they end', () => {
  expect(closedWords({ kind: 'weekly', days: [5, 6], from: '22:00', to: '06:00' })).toBe(
    'Fri, Sat 22:00 to 06:00 of the next day',
  )
  expect(closedWords({ kind: 'weekly', days: [1, 2, 3, 4, 5, 6, 7], from: '08:00', to: '09:00' })).toBe(
    'every day 08:00 to 09:00',
  )
  expect(closedWords({ kind: 'dates', from: '2026-12-24T18:00', to: '2026-12-27T00:00' })).toBe(
    '2026-12-24 18:00 to 2026-12-27 00:00',
  )
})

test('what is not limited holds for all', () => {
  expect(appliesWords({ targets: [], kinds: [], runbooks: [] })).toBe('all actions')
  expect(appliesWords({ targets: ['shop-edge'], kinds: ['restart'], runbooks: [] })).toBe('restart, shop-edge')
})
