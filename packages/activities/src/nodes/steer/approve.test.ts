import { approveOutcomes, approveType } from '@tenon/runbook'
import { expect, test } from 'vitest'
import { approve } from './approve.ts'

test('is the type that the interpreter carries out, with its outcomes', () => {
  expect(approve.type).toBe(approveType)
  expect(approve.outcomes.map(({ name }) => name)).toEqual([...approveOutcomes])
  expect(approve.effect).toBe('approve')
})

test('waits 15 minutes unless told, and needs a question', () => {
  expect(approve.input.parse({ question: 'Switch?' })).toEqual({
    question: 'Switch?',
    expiresAfter: '15m',
    onExpiry: 'expire',
    approvals: 1,
    approvers: [],
    allowRequester: false,
    form: {},
  })
  expect(approve.input.safeParse({ question: '' }).success).toBe(false)
  expect(approve.input.safeParse({ question: 'Switch?', expiresAfter: 'soon' }).success).toBe(false)
})
