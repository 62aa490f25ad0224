import { expect, test } from 'vitest'
import { runRunbook } from './run-runbook.ts'

test('names a runbook, with parameters', () => {
  expect(runRunbook.effect).toBe('child')
  expect(runRunbook.input.parse({ runbook: 'triage' })).toEqual({ runbook: 'triage', params: {} })
  expect(runRunbook.input.safeParse({ runbook: 'triage', version: 0 }).success).toBe(false)
})
