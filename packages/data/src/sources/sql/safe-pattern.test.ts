import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { safePattern, UnsafePattern } from './safe-pattern.ts'

/** Null where the pattern is refused. */
function matches(text: string, value: string): boolean | null {
  try {
    const safe = safePattern(text)
    // As databases do, `v` reads any mark after a backslash in a class; `u` refuses "[\\,]".
    return safe.kind === 'values' ? safe.values.includes(value) : new RegExp(`^(?:${safe.pattern})$`, 'sv').test(value)
  } catch (error) {
    if (error instanceof UnsafePattern) return null
    throw error
  }
}

describe('safePattern', () => {
  it.each([
    ['a', ['a']],
    ['a|b|', ['a', 'b', '']],
    ['^paid$', ['paid']],
    ['(?:GET|PUT) /', ['GET /', 'PUT /']],
    ['v1(\\.2)?', ['v1.2', 'v1']],
    [String.raw`a\.b|\\|\$`, ['a.b', '\\', '$']],
    ["o'brien", ["o'brien"]],
    ['', ['']],
  ])('takes %s for plain values', (text, values) => {
    expect(safePattern(text)).toEqual({ kind: 'values', values })
  })

  it.each([
    ['5..', '5..'],
    ['2xx|5\\d{2}', '2xx|5[0-9]{2}'],
    ['.*', '.*'],
    ['h-[ab]-[0-9]+', 'h-[ab]-[0-9]+'],
    ['[^a-zA-Z_.-]', '[^a-zA-Z_\\.\\-]'],
    ['[]]', '[\\]]'],
    ['[,:]', '[\\,\\:]'],
    ['a{2,}b{1,3}', 'a{2,}b{1,3}'],
    ["'; DROP TABLE x; --.*", "'; DROP TABLE x; --.*"],
    ['é.', 'é.'],
    ['\\w+', '[0-9A-Za-z_]+'],
  ])('writes %s anew', (text, pattern) => {
    expect(safePattern(text)).toEqual({ kind: 'pattern', pattern })
  })

  it.each([
    '(a+)+',
    '(a|b)*',
    '(.*)*x',
    'a**',
    'a*?',
    'a++',
    '(?=a)b',
    '(?i)a',
    '(?<n>a)',
    String.raw`(a)\1`,
    String.raw`\bword`,
    String.raw`\s`,
    String.raw`\x41`,
    '[[:alpha:]]',
    '[é-ü]',
    '[A-z]',
    '[z-a]',
    '[a',
    '(a',
    'a)',
    '*a',
    '{2}',
    'a{,3}',
    'a{1000}',
    'a{3,2}',
    'a^b',
    'a$b',
    'a\\',
    '.*'.repeat(7),
    'a'.repeat(513),
    `${'('.repeat(9)}a${')'.repeat(9)}`,
  ])('refuses %s', (text) => {
    expect(() => safePattern(text)).toThrow(UnsafePattern)
  })

  it('matches what the pattern itself does', () => {
    const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\.', 'é', '🚀', '-', "'", '%', '\\d', '\\\\')
    const piece = fc.tuple(atom, fc.constantFrom('', '', '', '?', '+', '*', '{2}')).map((parts) => parts.join(''))
    const branch = fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join(''))
    const pattern = fc.array(branch, { minLength: 1, maxLength: 3 }).map((branches) => branches.join('|'))
    const text = fc.array(fc.constantFrom('a', 'b', '.', 'é', '🚀', '-', "'", '%', '1', '\\', '\n'), { maxLength: 6 })
    fc.assert(
      fc.property(pattern, text, (one, characters) => {
        const value = characters.join('')
        const own = matches(one, value)
        expect(own ?? new RegExp(`^(?:${one})$`, 'su').test(value)).toBe(new RegExp(`^(?:${one})$`, 'su').test(value))
      }),
      { numRuns: 2_000 },
    )
  })

  it('matches marks in a class', () => {
    for (const mark of ',:-.&~#') expect(matches(`[a${mark === '-' ? '\\-' : mark}]+`, `a${mark}`), mark).toBe(true)
  })

  it('never throws anything but its refusal', () => {
    const outcomes = new Set<boolean>()
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom(...Array.from('ab.*+?()[]{}|^$\\-:,29'), '\0', '\ud800', '🚀'),
          maxLength: 12,
        }),
        (text) => {
          outcomes.add(matches(text, text) === null)
        },
      ),
      { numRuns: 5_000 },
    )
    expect(outcomes.size).toBe(2)
  })
})
