import fc from 'fast-check'
import { expect, test } from 'vitest'
import { distanceWithin } from './typo.ts'

/** The definition, step by step: one letter less, more, other, or swapped with its neighbour. */
function distance(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length
  const rest = [
    distance(a.slice(1), b) + 1,
    distance(a, b.slice(1)) + 1,
    distance(a.slice(1), b.slice(1)) + (a[0] === b[0] ? 0 : 1),
  ]
  if (a.length > 1 && b.length > 1 && a[0] === b[1] && a[1] === b[0]) rest.push(distance(a.slice(2), b.slice(2)) + 1)
  return Math.min(...rest)
}

test('is the distance, or null beyond the limit', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 })
  fc.assert(
    fc.property(word, word, fc.integer({ min: 0, max: 3 }), (a, b, most) => {
      const wanted = distance(a, b)
      expect(distanceWithin(a, b, most)).toBe(wanted > most ? null : wanted)
    }),
  )
})

test.each([
  ['chekcout', 'checkout', 1],
  ['latencey', 'latency', 1],
  ['paymnet', 'payment', 1],
  ['requets', 'requests', 1],
  ['payment', 'trade', null],
])('%s and %s are %s apart', (a, b, apart) => {
  expect(distanceWithin(a, b, 2)).toBe(apart)
})
