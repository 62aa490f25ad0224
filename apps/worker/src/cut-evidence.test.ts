import type { Evidence, StepResult } from '@tenon/runbook'
import { expect, test } from 'vitest'
import { cutEvidence } from './cut-evidence.ts'

const text = (id: string, length: number): Evidence => ({ id, kind: 'text', title: id, text: 'x'.repeat(length) })
const result = (evidence: Evidence[], output: unknown = {}): StepResult => ({
  outcome: 'done',
  output,
  summary: '',
  evidence,
})

test('what fits stays as it is', () => {
  const one = result([text('a', 100)])
  expect(cutEvidence(one, 't', 10_000)).toBe(one)
})

test('the largest evidence goes first, and keeps what names and reproduces it', () => {
  const query = { source: 's', expression: 'up', from: '', to: '', stepSeconds: 60 }
  const large: Evidence = { ...text('large', 9_000), verdict: 'abnormal', queries: [query] }
  const cut = cutEvidence(result([text('small', 3_000), large]), 't', 5_000)
  expect(cut.evidence?.[0]).toEqual(text('small', 3_000))
  expect(cut.evidence?.[1]).toMatchObject({ id: 'large', title: 'large', verdict: 'abnormal', queries: [query] })
  expect(JSON.stringify(cut).length).toBeLessThan(5_000)
})

test('an output that is too large is an error that says what to do', () => {
  expect(() => cutEvidence(result([], 'x'.repeat(9_000)), 'ask.much', 5_000)).toThrow(/ask.much gave 9 KiB/)
})
