import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluate } from './evaluate.ts'
import { parseFormula, type Formula } from './parse-formula.ts'

const numberOf = (text: string, inputs: Record<string, number> = {}): number | null | undefined => {
  const parsed = parseFormula(text)
  if (!parsed.ok) throw new Error(parsed.message)
  return evaluate(parsed.formula, new Map(Object.entries(inputs).map(([name, value]) => [name, [value]])), 1).values[0]
}

describe('parseFormula', () => {
  it.each([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['10 - 4 - 3', 3],
    ['16 / 4 / 2', 2],
    ['-2 * -3', 6],
    ['2 - -3', 5],
    ['-(1 + 2)', -3],
    ['1.5e2', 150],
    ['max(1, 2 * 3, 4) - min(5, -1)', 7],
    ['  1\n+ 1 ', 2],
  ])('reads %s as people do', (text, value) => expect(numberOf(text)).toBe(value))

  it('names its inputs once each', () => {
    expect(parseFormula('1 - paid / ordered + paid')).toMatchObject({ ok: true, names: ['paid', 'ordered'] })
  })

  it.each([
    ['', 1, /ends too early/],
    ['paid /', 7, /ends too early/],
    ['paid ordered', 6, /operator is missing before "ordered"/],
    ['(paid', 1, /"\(" is not closed/],
    ['paid)', 5, /closes nothing/],
    ['paid $ 2', 6, /"\$" is not known/],
    ['paid ** 2', 7, /"\*" cannot stand here/],
    ['sum(paid)', 1, /no function "sum"/],
    ['max()', 5, /"\)" cannot stand here/],
    ['paid; drop', 5, /";" is not known/],
    ['.5', 1, /"\." is not known/],
    ['a, b', 2, /operator is missing before ","/],
  ])('refuses %s at column %i', (text, column, message) => {
    expect(parseFormula(text)).toMatchObject({ ok: false, column, message: expect.stringMatching(message) })
  })

  it('is bounded in length and depth', () => {
    expect(parseFormula(`1${'+1'.repeat(240)}`)).toMatchObject({ ok: true })
    expect(parseFormula(`1${'+1'.repeat(250)}`)).toMatchObject({ ok: false, message: /longer than 500/ })
    for (const deep of ['('.repeat(200) + '1' + ')'.repeat(200), `${'-'.repeat(400)}1`, 'max('.repeat(100)])
      expect(parseFormula(deep)).toMatchObject({ ok: false, message: /nested more than 32 deep/ })
  })

  it('never throws, whatever it is given', () => {
    const pieces = fc.array(
      fc.constantFrom('(', ')', '+', '-', '*', '/', ',', 'min', 'a', '1', '.', ' ', '\n', 'é', '"'),
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          pieces.map((all) => all.join('')),
        ),
        (text) => {
          const parsed = parseFormula(text)
          expect(parsed.ok || parsed.column <= text.length + 1).toBe(true)
        },
      ),
    )
  })

  it('reads back what was written', () => {
    fc.assert(
      fc.property(formulas, (formula) => {
        const parsed = parseFormula(write(formula))
        if (!parsed.ok) throw new Error(parsed.message)
        const inputs = new Map([
          ['a', [3]],
          ['b', [-0.5]],
        ])
        expect(evaluate(parsed.formula, inputs, 1)).toEqual(evaluate(formula, inputs, 1))
      }),
    )
  })
})

const leaf = fc.oneof(
  fc.nat(20).map((value): Formula => ({ kind: 'number', value })),
  fc.constantFrom('a', 'b').map((name): Formula => ({ kind: 'name', name, column: 0 })),
)
const formulas = fc
  .letrec<{ any: Formula }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      leaf,
      tie('any').map((of): Formula => ({ kind: 'negate', of })),
      fc
        .tuple(fc.constantFrom('+' as const, '-' as const, '*' as const, '/' as const), tie('any'), tie('any'))
        .map(([op, left, right]): Formula => ({ kind: 'binary', op, left, right, column: 0 })),
      fc
        .tuple(fc.constantFrom('min' as const, 'max' as const), fc.array(tie('any'), { minLength: 1, maxLength: 3 }))
        .map(([name, args]): Formula => ({ kind: 'call', name, args, column: 0 })),
    ),
  }))
  .any.filter((formula) => write(formula).length <= 500)

function write(formula: Formula): string {
  switch (formula.kind) {
    case 'number':
      return String(formula.value)
    case 'name':
      return formula.name
    case 'negate':
      return `-(${write(formula.of)})`
    case 'binary':
      return `(${write(formula.left)} ${formula.op} ${write(formula.right)})`
    case 'call':
      return `${formula.name}(${formula.args.map(write).join(', ')})`
  }
}
