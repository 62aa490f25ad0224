import { parseRunbook } from '@tenon/runbook'
import { expect, test } from 'vitest'
import { copyOfRunbook, emptyRunbook, freeName, nameOf, nameProblem } from './new-runbook.ts'

test('a title suggests a name that is allowed', () => {
  expect(nameOf('Payment drop (EU)')).toBe('payment-drop-eu')
  expect(nameOf('  2nd Zone check ')).toBe('nd-zone-check')
  expect(nameOf('Überlast')).toBe('uberlast')
  expect(nameOf('支付')).toBe('')
  expect(nameProblem(nameOf(`${'long '.repeat(30)}`), [])).toBeNull()
})

test('a malformed and a taken name say what to do', () => {
  expect(nameProblem('Payment', [])).toContain('lower-case')
  expect(nameProblem('payment', ['payment'])).toContain('Choose another')
  expect(nameProblem('payment', ['other'])).toBeNull()
})

test('a name that is taken gets a number', () => {
  expect(freeName('a', [])).toBe('a')
  expect(freeName('a', ['a', 'a-2'])).toBe('a-3')
})

test('an empty runbook is a document', () => {
  expect(parseRunbook(emptyRunbook('zone-check', 'Zone check'))).toMatchObject({
    document: { name: 'zone-check', title: 'Zone check', nodes: {} },
    problems: [],
  })
})

test('a copy keeps the steps and comments, not the triggers', () => {
  const source = `
tenon: 1
name: first
title: First
triggers:
  hourly: { kind: schedule, cron: '0 * * * *' }
# Kept.
nodes:
  conclude: { type: judge.conclude }
`
  const text = copyOfRunbook(source, 'second', 'Second') ?? ''
  const copy = parseRunbook(text).document
  expect(copy).toMatchObject({ name: 'second', title: 'Second', nodes: { conclude: { type: 'judge.conclude' } } })
  expect(copy?.triggers).toEqual({})
  expect(text).toContain('# Kept.')
})

test('what does not parse has no copy', () => {
  expect(copyOfRunbook('nodes: [', 'second', 'Second')).toBeNull()
})
