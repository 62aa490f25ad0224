import fc from 'fast-check'
import { expect, test } from 'vitest'
import { edgeOf, makeDocument } from '../test/catalogue.ts'
import { type RunbookDocument, runbookDocument } from './document.ts'
import { formatRunbook } from './format-runbook.ts'
import { parseRunbook } from './parse-runbook.ts'

const id = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/)
const text = fc
  .oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('yes', 'null', '1', '~', '- a', 'a: b', '#', ' x ', 'a\n\nb\n', '\r\n', '\t', '${a}'),
  )
  .filter((value) => !/\0|\p{Surrogate}/u.test(value))
const key = text.filter((value) => value !== '__proto__')
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    text,
    fc.boolean(),
    fc.constant(null),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !Object.is(number, -0)),
    fc.maxSafeInteger().filter((number) => !Object.is(number, -0)),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(key, tie('any'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).any
const fields = fc.dictionary(key, value, { maxKeys: 4, noNullPrototype: true })
const duration = fc.tuple(fc.nat(999), fc.constantFrom('s', 'm', 'h', 'd')).map(([count, unit]) => `${count}${unit}`)
const optional = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(one, { nil: undefined })
const record = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> =>
  fc.dictionary(id, one, { maxKeys: 4, noNullPrototype: true })

const document = fc
  .record({
    tenon: fc.constant(1),
    name: fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/),
    title: text.filter((title) => title !== ''),
    description: text,
    params: record(
      fc.record({ type: fc.constantFrom('string', 'number', 'chain'), title: optional(text), default: optional(text) }),
    ),
    triggers: fc.dictionary(
      fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/),
      fc.oneof(
        fc.record({ kind: fc.constant('schedule'), cron: optional(text), timeZone: text, params: fields }),
        fc.record({ kind: fc.constant('webhook'), format: fc.constant('github'), secret: text, when: optional(text) }),
        fc.record({ kind: fc.constant('event'), event: text.filter((name) => name !== ''), params: fields }),
      ),
      { maxKeys: 2, noNullPrototype: true },
    ),
    concurrency: optional(fc.record({ key: text, policy: fc.constantFrom('queue', 'join') })),
    priority: fc.constantFrom('low', 'normal'),
    express: fc.boolean(),
    tests: record(
      fc.record({
        at: fc.constant('2026-01-01T00:00:00Z'),
        steps: fc.dictionary(id, value, { maxKeys: 2, noNullPrototype: true }),
        expect: fc.record({ path: optional(fc.array(id, { maxLength: 2 })) }),
      }),
    ),
    timeout: duration,
    onFailure: fc.constantFrom('revert', 'keep'),
    excludes: optional(fc.array(fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/), { maxLength: 3 })),
    nodes: record(
      fc.record({
        type: text,
        title: optional(text),
        with: fields,
        join: fc.constantFrom('all', 'any', 'first', { atLeast: 2 }),
        in: optional(id),
        mute: optional(text),
        timeout: optional(duration),
        retry: optional(fc.record({ attempts: fc.integer({ min: 1, max: 10 }), backoff: duration })),
      }),
    ),
    edges: fc.array(fc.record({ from: id, on: text, to: id }), { maxLength: 4 }),
    layout: record(
      fc.record({ x: fc.integer(), y: fc.float({ noNaN: true, noDefaultInfinity: true }).map((y) => y + 0) }),
    ),
  })
  .map((plain): RunbookDocument => runbookDocument.parse(plain))

const tidy = (one: unknown): unknown => JSON.parse(JSON.stringify(one))

test('what is written reads back as the same document, and writes the same again', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(document, (given) => {
      const source = formatRunbook(given)
      const read = parseRunbook(source)
      expect(read.problems).toEqual([])
      expect(tidy(read.document)).toEqual(tidy(given))
      expect(read.document && formatRunbook(read.document)).toBe(source)
    }),
    { numRuns: 300 },
  )
})

test('defaults are left out, edges stand one a line, and layout is last', () => {
  const given = makeDocument({ a: { type: 'judge.loss', with: { chain: 'card' } }, b: { type: 'act.tell' } }, [], {
    edges: [edgeOf('a -found-> b')],
    layout: { a: { x: 1, y: 2 } },
  })
  expect(formatRunbook(given)).toBe(`tenon: 1
name: test
title: Test
nodes:
  a:
    type: judge.loss
    with:
      chain: card
  b:
    type: act.tell
edges:
  - { from: a, on: found, to: b }
layout:
  a: { x: 1, y: 2 }
`)
})
