import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareExpression, expressionDifferences, placeOver } from '../../test/export/expression-check.ts'
import { diceFrom } from '../../test/model/dice.ts'
import { randomExpression } from '../../test/export/random-expression.ts'
import { Untranslatable } from './place.ts'
import { translateCel } from './translate-cel.ts'

const written = (cel: string): string => translateCel(cel, placeOver('typed').place).text

test.each([
  ['params.n * 2 > 3', 'params.n * 2 > 3'],
  ['params.z != null && params.z.a > 1', 'params.z !== null && params.z.a > 1'],
  ['params.z.a > 1', 'need(params.z).a > 1'],
  ['params.any.x.y == 3', "equal(get(params.any, 'x', 'y'), 3n)"],
  ['size(params.ns) > 1', 'params.ns.length > 1'],
  ['has(params.o.d) && params.o.d == "x"', "params.o.d !== undefined && params.o.d === 'x'"],
  ['params.ss.exists(x, x == "a")', "exists(params.ss, (x) => x === 'a')"],
  ['5 / 2', 'divide(5n, 2n)'],
  ['params.b ? params.s : "none"', "params.b ? params.s : 'none'"],
  ['params.s.matches("^pay-.*$")', 'matches(params.s, /^pay-[^\\n]*$/u)'],
])('%s is written as %s', (cel, text) => {
  expect(written(cel)).toBe(text)
})

test.each([
  ['params.s.matches(params.t)', 'pattern'],
  ['params.s.matches("(a+)+$")', 'pattern'],
  ['type(params.n)', 'type'],
  ['b"x"', 'bytes'],
  ['1u + 2u', 'uint64'],
  ['timestamp(params.s).getHours("Europe/Berlin")', 'time zone'],
  ['timestamp(params.s) - timestamp(params.t)', 'difference'],
])('%s is refused by name', (cel, name) => {
  expect(() => written(cel)).toThrow(Untranslatable)
  expect(() => written(cel)).toThrow(name)
})

test('an operand that fails does not hide one that decides', () => {
  const over = {
    params: { n: 1, z: null, b: false },
    steps: { a: { status: 'pending' }, b: { status: 'pending' } },
  } as const
  expect(compareExpression({ cel: 'params.z.a > 1 && params.b', ...over }, 'typed')).toBeNull()
  expect(compareExpression({ cel: 'params.z.a > 1 || !params.b', ...over }, 'typed')).toBeNull()
})

test('random expressions give the same value, or fail, as in the product', { timeout: 60_000 }, () => {
  const { compared, differences } = expressionDifferences(1000, 1)
  expect(differences).toEqual([])
  expect(compared).toBeGreaterThan(1500)
})

test('the same, with the smallest expression that shows a difference', { timeout: 60_000 }, () => {
  const choices = fc.array(fc.nat(65_535), { maxLength: 120 })
  fc.assert(
    fc.property(choices, fc.constantFrom('typed' as const, 'untyped' as const), (given, typing) => {
      expect(compareExpression(randomExpression(diceFrom(given)), typing) ?? null).toBeNull()
    }),
    { numRuns: 300 },
  )
})
