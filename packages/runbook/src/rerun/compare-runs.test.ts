import { expect, test } from 'vitest'
import { compareRuns, differences, type RecordedRun } from './compare-runs.ts'
import type { RecordedStep } from './recorded-step.ts'

const step = (stepId: string, more: Partial<RecordedStep> = {}): RecordedStep => ({
  stepId,
  type: 'test.step',
  title: stepId.toUpperCase(),
  status: 'done',
  outcome: 'done',
  summary: null,
  output: { loss: 0.1, hosts: ['a'] },
  verdict: null,
  evidence: [],
  hypotheses: [],
  error: null,
  reason: null,
  startedAt: '2026-01-01T00:00:00.000Z',
  endedAt: '2026-01-01T00:00:01.500Z',
  ...more,
})

const run = (steps: RecordedStep[], more: Partial<RecordedRun> = {}): RecordedRun => ({
  id: 'r1',
  version: 1,
  status: 'succeeded',
  verdict: 'abnormal',
  conclusion: 'Payment fails.',
  params: { chain: 'card' },
  startedAt: '2026-01-01T00:00:00.000Z',
  endedAt: '2026-01-01T00:00:02.000Z',
  steps,
  ...more,
})

test('two runs that differ only in their durations are the same', () => {
  const left = run([step('a'), step('b')])
  const right = run([step('a', { endedAt: '2026-01-01T00:00:09.000Z' }), step('b')], { id: 'r2', endedAt: null })
  const compared = compareRuns(left, right)
  expect(compared.same).toBe(true)
  expect(compared.steps[0]).toMatchObject({ changed: [], left: { durationMs: 1500 }, right: { durationMs: 9000 } })
  expect([compared.left.durationMs, compared.right.durationMs]).toEqual([2000, null])
})

test('what differs is named step by step, and outputs place by place', () => {
  const quality = { completeness: 1, freshnessSeconds: 0, notes: [] }
  const verdict: RecordedStep['verdict'] = { value: 'normal', confidence: 1, reasons: [], quality }
  const left = run([step('a'), step('b'), step('gone')])
  const right = run(
    [
      step('a', { output: { loss: 0.4, hosts: ['a', 'b'] }, outcome: 'lost', verdict }),
      step('b', {
        status: 'failed',
        outcome: null,
        output: null,
        error: { code: 'timeout', message: '', retryable: true },
      }),
      step('new'),
    ],
    { id: 'r2', verdict: 'normal', params: { chain: 'card', zone: 'A' } },
  )
  const { same, params, steps } = compareRuns(left, right)
  expect(same).toBe(false)
  expect(params).toEqual([{ path: ['zone'], left: undefined, right: 'A' }])
  expect(steps.map(({ stepId, changed }) => [stepId, changed])).toEqual([
    ['a', ['outcome', 'verdict', 'output']],
    ['b', ['status', 'outcome', 'output', 'error']],
    ['gone', ['presence']],
    ['new', ['presence']],
  ])
  expect(steps[0]?.output).toEqual([
    { path: ['loss'], left: 0.1, right: 0.4 },
    { path: ['hosts', 1], left: undefined, right: 'b' },
  ])
  expect(steps.at(-1)).toMatchObject({ title: 'NEW', left: null, right: { status: 'done' } })
})

test('a list is not an object, and inherited names are no keys', () => {
  expect(differences([1], { 0: 1 })).toEqual([{ path: [], left: [1], right: { 0: 1 } }])
  expect(differences({ toString: 1 }, {})).toEqual([{ path: ['toString'], left: 1, right: undefined }])
  expect(differences({ a: null }, { a: undefined })).toHaveLength(1)
})

test('outputs that differ everywhere, and deep ones, stay bounded', () => {
  const numbers = (base: number) => Array.from({ length: 10_000 }, (_, n) => base + n)
  expect(differences(numbers(0), numbers(1))).toHaveLength(50)
  let [left, right]: unknown[] = [1, 2]
  for (let n = 0; n < 2_000; n += 1) [left, right] = [[left], [right]]
  expect(differences(left, right)).toHaveLength(1)
})
