import { expect, test } from 'vitest'
import { chosenFor } from './chosen-for.ts'

test('what Diagnose chose the runbook for is told, and nothing of runs that somebody chose', () => {
  expect(chosenFor({ payload: { diagnosis: { why: 'latency of Payment: Latency rise' } } })).toBe(
    'latency of Payment: Latency rise',
  )
  for (const payload of [null, 'text', {}, { diagnosis: { why: 3 } }]) expect(chosenFor({ payload })).toBeNull()
})
