import { expect, test } from 'vitest'
import { lineFormat, patternExpression } from './line-format.ts'

function parse(pattern: string, line: string, wanted: string[]): Record<string, string> | null {
  const format = lineFormat(pattern)
  if (format.kind !== 'pattern') throw new Error('no pattern')
  const { quick, exact, groups } = patternExpression(format.parts, new Set(wanted))
  // What is written for RE2 means the same here, for lines as short as these.
  const match = new RegExp(quick, 's').exec(line) ?? (exact === null ? null : new RegExp(exact, 's').exec(line))
  return match && Object.fromEntries(wanted.map((name) => [name, match[1 + groups.indexOf(name)] ?? '']))
}

test.each([
  ['<a> <b>', 'x y z', { a: 'x', b: 'y z' }],
  ['<a> <b>', ' y', { a: '', b: 'y' }],
  ['<a> - <b>', 'x-1 y - z', { a: 'x-1 y', b: 'z' }],
  ['[<a>] <b>', '[x] y', { a: 'x', b: 'y' }],
  ['[<a>] <b>', '[x]y] z', { a: 'x]y', b: 'z' }],
  ['<a>^<b>', 'x^y', { a: 'x', b: 'y' }],
  ['<a>\\\\<b>', 'x\\\\y', { a: 'x', b: 'y' }],
  ['<_>.*<b>', 'a.*b.*c', { b: 'b.*c' }],
  ['<a>日<b>', 'x日y', { a: 'x', b: 'y' }],
  ['$<a>|<b>(', '$1|2(', { a: '1', b: '2' }],
])('%s reads %s', (pattern, line, expected) => {
  expect(parse(pattern, line, Object.keys(expected))).toEqual(expected)
})

test.each([
  ['<a> <b>', 'x'],
  ['[<a>] <b>', 'x] y'],
  ['at <a>', 'not at x'],
])('%s does not read %s', (pattern, line) => {
  expect(parse(pattern, line, ['a'])).toBeNull()
})

test('only what is wanted is captured', () => {
  const format = lineFormat('<a> <b> <c>')
  if (format.kind !== 'pattern') throw new Error('no pattern')
  expect(patternExpression(format.parts, new Set(['c'])).groups).toEqual(['#found', 'c'])
})

test.each([
  '<a><b>',
  '<a> <a>',
  'plain',
  'nginx',
  '<a>\n<b>',
  '< a >',
  `<${'a'.repeat(70)}> x`,
  '<_> x',
  '<a> '.repeat(70),
])('what is no pattern is refused: %s', (pattern) => {
  expect(() => lineFormat(pattern)).toThrow(/./)
})
