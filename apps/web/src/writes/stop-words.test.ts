import { expect, test } from 'vitest'
import { scopeText, scopeTextWords, scopeWords, stopVerb, writesState, writesWord, type Stop } from './stop-words.ts'

const stop = (holdsFor: Stop['holdsFor']): Stop => ({
  scope: '',
  by: 'ann',
  at: '2026-10-01T12:00:00Z',
  reason: 'why',
  holdsFor,
})
const part = stop({ of: 'kind', kind: 'scale' })

test('what could not be asked is never told as allowed', () => {
  expect(writesState(undefined, true)).toBe('unknown')
  expect(writesState([], true)).toBe('unknown')
  expect(writesState([part], true)).toBe('unknown')
  expect(writesState(undefined, false)).toBe('loading')
})

test('a part and all are told apart', () => {
  expect(writesState([], false)).toBe('allowed')
  expect(writesState([part], false)).toBe('stopped-in-part')
  expect(writesState([part, stop({ of: 'all' })], false)).toBe('stopped')
  expect(new Set((['allowed', 'stopped-in-part', 'stopped', 'unknown'] as const).map(writesWord)).size).toBe(4)
})

test('scopes in words', () => {
  expect(scopeWords({ of: 'all' })).toBe('everything')
  expect(scopeWords({ of: 'target', target: 'shop-edge/payment' })).toBe('target shop-edge/payment')
  expect(scopeWords({ of: 'kind', kind: 'traffic-switch' })).toBe('kind “Switch traffic”')
  expect(['all', 'runbook:a', 'kind:scale'].map(scopeTextWords)).toEqual(['everything', 'runbook a', 'kind “Scale”'])
  expect(stopVerb('connection', 'shop-edge')).toBe('Stop writes to shop-edge')
  expect(stopVerb('kind', 'scale')).toBe('Stop “Scale”')
})

test('a narrower scope without a name is none', () => {
  expect(scopeText('all', '')).toBe('all')
  expect(scopeText('runbook', '')).toBeNull()
  expect(scopeText('runbook', 'payment-drop')).toBe('runbook:payment-drop')
})
