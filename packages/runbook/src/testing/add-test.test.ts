import { expect, test } from 'vitest'
import { runbookTest } from '../document.ts'
import { parseRunbook } from '../parse-runbook.ts'
import { addTest } from './add-test.ts'

const added = runbookTest.parse({ at: '2026-01-01T00:00:00Z', expect: { verdict: 'normal' } })
const head = `# Ours.
tenon: 1
name: drop
title: Drop # short
description: >-
  Two lines
  of text.
nodes:
  a: { type: judge.conclude }
`
const layout = `# Places.
layout:
  a: { x: 1, y: 2 }
`

test('without tests: a block before the layout and its comment, all else untouched', () => {
  const text = addTest(head + layout, 'first', added)
  expect(text.startsWith(`${head}tests:\n  first:\n`)).toBe(true)
  expect(text.endsWith(layout)).toBe(true)
  expect(parseRunbook(text).document?.tests).toEqual({ first: added })
})

test('without a layout, and without a line end: at the end', () => {
  expect(parseRunbook(addTest(head.trimEnd(), 'first', added)).document?.tests).toEqual({ first: added })
})

test('with tests: behind the last one, in its indentation', () => {
  const tests = `tests:
    # The usual.
    usual:
        at: 2026-01-01T00:00:00Z
        expect: { status: succeeded } # so
`
  const text = addTest(head + tests + layout, 'second', added)
  expect(text.startsWith(head + tests)).toBe(true)
  expect(text).toContain('\n    second:\n      at')
  expect(Object.keys(parseRunbook(text).document?.tests ?? {})).toEqual(['usual', 'second'])
})

test.each(['tests: {}\n', 'tests: { usual: { at: 2026-01-01T00:00:00Z, expect: {} } }\n'])('%s', (tests) => {
  const text = addTest(head + tests + layout, 'second', added)
  expect(parseRunbook(text).document?.tests).toMatchObject({ second: added })
  expect(text).toContain('# Ours.')
  expect(text).toContain('# Places.')
})

test('two tests one after another', () => {
  const text = addTest(addTest(head + layout, 'a', added), 'b', added)
  expect(Object.keys(parseRunbook(text).document?.tests ?? {})).toEqual(['a', 'b'])
})

test('a text that cannot be read is refused', () => {
  expect(() => addTest('a: [', 'a', added)).toThrow(/readable/)
})
