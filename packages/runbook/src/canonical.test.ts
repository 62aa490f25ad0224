import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalJson, contentHash } from './canonical.ts'

const reversed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, member]) => [key, reversed(member)]),
  )
}

test('is JSON of the same value, whatever the order of keys', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value)
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
      expect(canonicalJson(reversed(value))).toBe(text)
    }),
  )
})

test('different values have different hashes', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
      expect(contentHash(one) === contentHash(other)).toBe(canonicalJson(one) === canonicalJson(other))
    }),
  )
})

test('is stable: known text and hash', () => {
  expect(canonicalJson({ b: [1, undefined, 'ü'], a: { d: null, c: undefined } })).toBe(
    '{"a":{"d":null},"b":[1,null,"ü"]}',
  )
  expect(contentHash({})).toBe('sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a')
})

test.each([Number.NaN, Infinity, () => 1, 1n, Symbol('a')])('refuses what JSON cannot carry: %s', (value) => {
  expect(() => canonicalJson({ value })).toThrow(TypeError)
})
