import { describe, expect, test } from 'vitest'
import type { Evidence } from '@tenon/runbook'
import { evidenceInOrder, headlineOf, stepCounts, timelineOf, type Step } from './run-view-model.ts'

const step = (given: Partial<Step> & { stepId: string }): Step => ({
  type: 'judge.anomaly',
  title: given.stepId,
  status: 'done',
  attempt: 1,
  outcome: null,
  summary: null,
  input: {},
  output: {},
  verdict: null,
  evidence: [],
  hypotheses: [],
  error: null,
  reason: null,
  startedAt: null,
  endedAt: null,
  origin: null,
  waitsFor: null,
  ...given,
})
const text = (id: string): Evidence => ({ id, kind: 'text', title: id, text: '' })
const chart = (id: string, verdict: 'normal' | 'abnormal'): Evidence => ({
  id,
  kind: 'series',
  title: id,
  unit: '',
  series: [],
  verdict,
})
const waterfall: Evidence = {
  id: 'parts',
  kind: 'waterfall',
  title: 'parts',
  unit: '',
  expected: 2,
  actual: 1,
  parts: [],
}

describe('headlineOf', () => {
  const runbook = { name: 'a', title: 'Payment drop' }
  test('says the conclusion as soon as there is one, also while the run goes on', () => {
    const run = { status: 'running' as const, conclusion: 'Payments fell.', error: null, runbook, steps: [] }
    expect(headlineOf(run)).toBe('Payments fell.')
  })
  test('before that it says what it is doing', () => {
    const steps = [step({ stepId: 'source', title: 'Is the source down?', status: 'running' })]
    expect(headlineOf({ status: 'running', conclusion: null, error: null, runbook, steps })).toBe(
      'Is the source down?…',
    )
  })
  test('and why it failed', () => {
    const error = { code: 'x', message: 'The store is away.', retryable: true }
    expect(headlineOf({ status: 'failed', conclusion: null, error, runbook, steps: [] })).toBe('The store is away.')
  })
})

test('evidence: where the loss is first, then what is abnormal, telling steps before others', () => {
  const steps = [
    step({ stepId: 'late', evidence: [text('note'), chart('calm', 'normal')] }),
    step({ stepId: 'loss', evidence: [chart('drop', 'abnormal'), waterfall] }),
  ]
  const report = { evidenceSteps: ['loss'] } as never
  expect(evidenceInOrder({ steps, report }).map(({ evidence }) => evidence.id)).toEqual([
    'parts',
    'drop',
    'calm',
    'note',
  ])
})

test('the timeline shares one axis, and a step that goes on reaches to now', () => {
  const at = (second: number): string => new Date(second * 1000).toISOString()
  const steps = [
    step({ stepId: 'a', startedAt: at(0), endedAt: at(5) }),
    step({ stepId: 'b', status: 'running', startedAt: at(5) }),
    step({ stepId: 'c', status: 'skipped' }),
  ]
  const bars = timelineOf({ steps, startedAt: at(0), endedAt: null }, 10_000)
  expect(bars.map(({ left, width }) => [left, width])).toEqual([
    [0, 0.5],
    [0.5, 0.5],
    [0, 0],
  ])
})

test('skipped is counted apart from what ran', () => {
  expect(stepCounts([{ status: 'done' }, { status: 'failed' }, { status: 'skipped' }, { status: 'pending' }])).toBe(
    '2 ran, 1 skipped',
  )
})
