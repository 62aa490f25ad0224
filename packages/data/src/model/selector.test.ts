import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { oneOf, parseFieldSelector, parseSelector, writeSelector, type Selector } from './selector.ts'

describe('parseSelector', () => {
  it.each([
    ['up', { name: 'up', matchers: [] }],
    ['job:rate5m ', { name: 'job:rate5m', matchers: [] }],
    ['up{}', { name: 'up', matchers: [] }],
    [
      'x_total{a="b",c=~"d|e",}',
      {
        name: 'x_total',
        matchers: [
          { label: 'a', op: '=', value: 'b' },
          { label: 'c', op: '=~', value: 'd|e' },
        ],
      },
    ],
    [
      `{__name__="x", a != 'say "hi"'}`,
      { name: null, matchers: expect.arrayContaining([{ label: 'a', op: '!=', value: 'say "hi"' }]) },
    ],
    [String.raw`x{a="\\d\"}"}`, { name: 'x', matchers: [{ label: 'a', op: '=', value: String.raw`\d"}` }] }],
  ])('reads %s', (text, selector) => {
    expect(parseSelector(text)).toEqual(selector)
  })

  it.each([
    '',
    '{}',
    'rate(x[5m])',
    'x[5m]',
    'x offset 5m',
    'x @ 0',
    'x{a="b"} offset -1h',
    'x{a="b"}{c="d"}',
    'x{a="b" c="d"}',
    'x{a=b}',
    'x{a="b"',
    'x{a="b\n"}',
    String.raw`x{a="\u0041"}`,
    'x or y',
    '1',
  ])('refuses %j', (text) => {
    expect(parseSelector(text)).toBeNull()
  })
})

describe('writeSelector', () => {
  const matcher = fc.record({
    label: fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/),
    op: fc.constantFrom('=', '!=', '=~', '!~') as fc.Arbitrary<Selector['matchers'][number]['op']>,
    value: fc.string({ unit: 'grapheme' }),
  })
  const selector = fc.record({ name: fc.stringMatching(/^[a-z_:][a-z0-9_:]{0,8}$/), matchers: fc.array(matcher) })

  it('writes what parseSelector reads back, whatever is in the values', () => {
    fc.assert(
      fc.property(selector, (one) => {
        expect(parseSelector(writeSelector(one))).toEqual(one)
      }),
    )
  })

  it('keeps a value inside its quotes', () => {
    const text = writeSelector({ name: 'x', matchers: [oneOf('host', ['"} or vector(1) #\n\\'])] })
    expect(text).toBe(String.raw`x{host="\"} or vector(1) #\n\\"}`)
  })

  it('replaces half a character, which no source can read', () => {
    expect(writeSelector({ name: 'x', matchers: [oneOf('host', ['\ud800'])] })).toBe('x{host="\ufffd"}')
  })
})

describe('oneOf', () => {
  it('compares one value and matches several literally', () => {
    expect(oneOf('host', ['a.b'])).toEqual({ label: 'host', op: '=', value: 'a.b' })
    expect(oneOf('host', ['a.b', 'c|d', '(', '$^*+?[]{}\\'])).toEqual({
      label: 'host',
      op: '=~',
      value: String.raw`a\.b|c\|d|\(|\$\^\*\+\?\[\]\{\}` + '\\\\',
    })
  })

  it('matches just its values', () => {
    const values = fc.array(fc.string(), { minLength: 2 })
    fc.assert(
      fc.property(values, fc.string(), (given, other) => {
        const pattern = new RegExp(`^(?:${oneOf('host', given).value})$`, 's')
        for (const value of given) expect(pattern.test(value)).toBe(true)
        expect(pattern.test(other)).toBe(given.includes(other))
      }),
    )
  })
})

describe('parseFieldSelector', () => {
  it.each([
    ['*', { name: '*', matchers: [] }],
    [
      'http.took{@level="error",labels/app!="x"}',
      {
        name: 'http.took',
        matchers: [
          { label: '@level', op: '=', value: 'error' },
          { label: 'labels/app', op: '!=', value: 'x' },
        ],
      },
    ],
  ])('reads %s', (text, selector) => {
    expect(parseFieldSelector(text)).toEqual(selector)
  })

  it.each(['a b', 'a"b', '*{a.b=c}', 'a;b', 'a{b="c"} or d', '.a', 'a{"b"="c"}'])('refuses %s', (text) => {
    expect(parseFieldSelector(text)).toBeNull()
  })
})
