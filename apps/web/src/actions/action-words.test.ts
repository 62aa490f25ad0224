import { expect, test } from 'vitest'
import { actionTone, actionWord, statuses, statusWords } from './action-words.ts'

const of = (status: (typeof statuses)[number], more: Partial<Parameters<typeof statusWords>[0]> = {}) =>
  statusWords({ status, target: 'shop-edge/payment', revertible: true, events: [], ...more })

test('unknown never looks like done', () => {
  expect(actionTone('unknown')).toBe('inconclusive')
  expect(actionWord('done')).toBe('in effect')
})

test('each state has a word and a sentence of its own', () => {
  expect(new Set(statuses.map(actionWord)).size).toBe(statuses.length)
  expect(new Set(statuses.map((status) => of(status).is)).size).toBe(statuses.length)
  for (const status of statuses) expect(of(status).is).toMatch(/\.$/)
})

test('what is open says what to do', () => {
  for (const status of ['planned', 'approved', 'intended', 'done', 'unknown', 'reverting'] as const)
    expect(of(status).next).not.toBeNull()
  expect(of('unknown').is).toContain('shop-edge/payment')
})

test('what cannot be put back promises no lease', () => {
  expect(of('done', { revertible: false }).is).not.toContain('lease')
  expect(of('kept', { revertible: false }).is).toBe('It is done and stays: it cannot be put back.')
})

test('what a person said is not told as if it had been read back', () => {
  const detail = { look: true, found: 'a is 3, not 0', said: 'not in effect', reason: 'Restored by hand' }
  for (const [status, kind] of [
    ['done', 'lease'],
    ['not-done', 'apply'],
    ['reverted', 'revert'],
  ] as const) {
    const word = { at: '2026-01-01T00:00:00.000Z', kind, actor: 'ana@example.com', detail }
    expect(of(status, { events: [word] }).is).toContain('“Restored by hand”')
    expect(of(status, { events: [word] }).is).not.toContain('read back')
    // What was read back since counts again.
    const since = { ...word, detail: { readBack: 'as found' } }
    expect(of(status, { events: [word, since] }).is).not.toContain('said')
  }
})

test('one whose target somebody changed does not look as if all were well', () => {
  const at = '2026-01-01T00:00:00.000Z'
  const drift = { at, kind: 'drift' as const, actor: 'system', detail: { detail: 'a is 3, not 0' } }
  expect(of('done', { events: [drift] }).is).toContain('Somebody changed the target since')
  const again = { at, kind: 'again' as const, actor: 'system', detail: {} }
  expect(of('done', { events: [drift, again] }).is).not.toContain('changed')
})

test('a refusal says why and what mends it', () => {
  const detail = { code: 'target-busy', message: 'Another action holds it.', fix: 'Wait until that ended.' }
  const events = [{ at: '2026-01-01T00:00:00.000Z', kind: 'refused' as const, actor: 'system', detail }]
  expect(of('refused', { events })).toEqual({
    is: 'It was refused, and the target was not touched: Another action holds it.',
    next: 'Wait until that ended.',
  })
})
