import { expect, test } from 'vitest'
import { firstConsequence, readConsequence } from './consequence-draft.ts'

test('nothing is done until it is chosen whole', () => {
  expect(readConsequence(firstConsequence)).toEqual({ kind: 'tell' })
  for (const kind of ['revert', 'stop-writes', 'cancel-run', 'webhook'] as const)
    expect(readConsequence({ ...firstConsequence, kind })).toBeNull()
  expect(readConsequence({ kind: 'stop-writes', of: 'all', name: '' })).toEqual({ kind: 'stop-writes', scope: 'all' })
  expect(readConsequence({ kind: 'revert', of: 'target', name: 'edge/pay' })).toEqual({
    kind: 'revert',
    scope: 'target:edge/pay',
  })
  expect(readConsequence({ kind: 'webhook', of: 'runbook', name: 'pager' })).toEqual({
    kind: 'webhook',
    connection: 'pager',
  })
})

test('everything is never put back', () => {
  expect(readConsequence({ kind: 'revert', of: 'all', name: '' })).toBeNull()
})
