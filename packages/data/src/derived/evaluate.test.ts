import fc from 'fast-check'
import { expect, it } from 'vitest'
import { evaluate } from './evaluate.ts'
import { parseFormula } from './parse-formula.ts'

function values(text: string, inputs: Record<string, (number | null)[]>, length = Object.values(inputs)[0]!.length) {
  const parsed = parseFormula(text)
  if (!parsed.ok) throw new Error(parsed.message)
  return evaluate(parsed.formula, new Map(Object.entries(inputs)), length)
}

it('has no value where an input has none', () => {
  expect(values('a + b', { a: [1, null, 3], b: [1, 1, null] }).values).toEqual([2, null, null])
  expect(values('max(a, b)', { a: [1, null], b: [2, 2] }).values).toEqual([2, null])
  expect(values('a * 0', { a: [null] }).values).toEqual([null])
  // One that is not as long as the grid is missing at its end.
  expect(values('a + b', { a: [1, 1], b: [1] }).values).toEqual([2, null])
})

it('has no value by zero, and tells no traffic from a division by zero', () => {
  expect(values('a / b', { a: [0, 5, 1], b: [0, 0, 2] })).toEqual({
    values: [null, null, 0.5],
    zeroByZero: 1,
    byZero: 1,
  })
  expect(values('1 - a / b', { a: [0], b: [0] })).toEqual({ values: [null], zeroByZero: 1, byZero: 0 })
})

it('gives finite numbers or none', () => {
  const any = fc.array(fc.option(fc.double({ noNaN: false })), { minLength: 3, maxLength: 3 })
  fc.assert(
    fc.property(any, any, (a, b) => {
      for (const text of ['a / b', 'a * b * a', '-a - b', 'min(a, b) / max(a, b)'])
        for (const [index, value] of values(text, { a, b }).values.entries()) {
          const isMissing = a[index] === null || b[index] === null
          expect(value === null || (!isMissing && Number.isFinite(value))).toBe(true)
        }
    }),
  )
})
