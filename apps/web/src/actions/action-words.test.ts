import { expect, test } from 'vitest'
import { actionTone, actionWord, eventText } from './action-words.ts'

test('unknown never looks like done', () => {
  expect(actionTone('unknown')).toBe('inconclusive')
  expect(actionWord('done')).toBe('in effect')
})

test('events say what happened', () => {
  expect(eventText({ kind: 'plan', detail: { hash: `sha256:${'a'.repeat(64)}` } })).toBe('Planned, hash aaaaaaaaaaaa')
  expect(eventText({ kind: 'apply', detail: { answered: false, error: 'timeout' } })).toBe(
    'The target was called and gave no answer: timeout',
  )
  expect(eventText({ kind: 'verify', detail: { rows: [{ pass: true }, { pass: false }] } })).toBe(
    'Watched: 1 of 2 as meant',
  )
  expect(eventText({ kind: 'refused', detail: { message: 'Another action holds it.' } })).toBe(
    'Refused: Another action holds it.',
  )
})
