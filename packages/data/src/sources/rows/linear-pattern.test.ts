import fc from 'fast-check'
import { expect, it } from 'vitest'
import { safePattern, UnsafePattern } from '../sql/safe-pattern.ts'
import { linearPattern } from './linear-pattern.ts'

function written(text: string): string | null {
  try {
    const safe = safePattern(text)
    return safe.kind === 'pattern' ? safe.pattern : null
  } catch (error) {
    if (error instanceof UnsafePattern) return null
    throw error
  }
}

it.each([
  ['check.*', ['check', 'checkout', 'check\nout'], ['chec', 'xcheck']],
  ['a|b+|', ['a', 'b', 'bbb', ''], ['ab', 'c']],
  ['(?:ab)?c{2,3}', ['cc', 'abccc'], ['c', 'abcccc', 'ababcc']],
  ['[^a-c]{2}\\.\\*.*', ['xy.*', '🙂🙂.*z'], ['ay.*', 'xy.']],
  ['\\d{2,}-[\\w]+', ['12-a', '123-_'], ['1-a', '12-', '12-é']],
  ['x{0}y*', ['', 'yy'], ['x']],
])('matches whole texts by %s', (text, right, wrong) => {
  const pattern = linearPattern(written(text)!)
  expect([...right, ...wrong].map((one) => pattern.matches(one))).toEqual([
    ...right.map(() => true),
    ...wrong.map(() => false),
  ])
})

it("agrees with the language's own engine", () => {
  const piece = fc.constantFrom(
    'a',
    'b',
    '.',
    '[ab]',
    '[^a]',
    '\\d',
    '(',
    ')',
    '(?:',
    '|',
    '*',
    '+',
    '?',
    '{1,2}',
    '{2}',
    '\\.',
    '-',
    '1',
  )
  const texts = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '1', '.', '-'), maxLength: 8 }), {
    minLength: 4,
    maxLength: 4,
  })
  let compared = 0
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), texts, (pieces, all) => {
      const pattern = written(pieces.join(''))
      if (pattern === null) return
      const [own, engine] = [linearPattern(pattern), new RegExp(`^(?:${pattern})$`, 's')]
      for (const text of all) {
        expect([pattern, text, own.matches(text)]).toEqual([pattern, text, engine.test(text)])
        compared += 1
      }
    }),
    { numRuns: 2_000 },
  )
  expect(compared).toBeGreaterThan(400)
})

it('takes a long text that another engine would try for years', () => {
  const pattern = linearPattern(written('.*a.*a.*a.*a.*a.*b')!)
  expect(pattern.matches('a'.repeat(200_000))).toBe(false)
  expect(pattern.matches(`${'a'.repeat(200_000)}b`)).toBe(true)
  const many = Array.from({ length: 200_000 }, (_, index) => String.fromCodePoint(0x4e00 + (index % 20_000))).join('')
  expect(pattern.matches(`${many}aaaaab`)).toBe(true)
})
