import { expect, test } from 'vitest'
import { boundText, figure, isWithin } from './measure-reading.ts'

const bound = (minimum: number | null, maximum: number | null) => ({ measure: 'pay.rate', where: {}, minimum, maximum })

test.each([
  [0.98, 'ratio', '98 %'],
  [0.9995, 'ratio', '99.95 %'],
  [1234.5678, '/min', '1234.6 /min'],
  [0.25, 's', '0.25 s'],
  [7, '', '7'],
])('%d of unit "%s" reads %s', (value, unit, text) => {
  expect(figure(value, unit)).toBe(text)
})

test('a bound says what it asks for', () => {
  expect(boundText(bound(0.98, null), 'ratio')).toBe('at least 98 %')
  expect(boundText(bound(null, 2), 's')).toBe('at most 2 s')
  expect(boundText(bound(1, 2), '')).toBe('1 to 2')
})

test('a value on a bound is within it, and what is no number never is', () => {
  expect([1, 2, 0.999, 2.001, Number.NaN].map((value) => isWithin(bound(1, 2), value))).toEqual([
    true,
    true,
    false,
    false,
    false,
  ])
})
