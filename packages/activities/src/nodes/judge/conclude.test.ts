import type { Hypothesis, StepResult, Verdict } from '@tenon/runbook'
import { expect, test } from 'vitest'
import { conclude } from './conclude.ts'

const verdict = (value: Verdict['value'], reason: string, confidence = 0.9): Verdict => ({
  value,
  confidence,
  reasons: [reason],
  quality: { completeness: 1, freshnessSeconds: 5, notes: [] },
})
const step = (id: string, rest: Partial<StepResult>) => ({
  id,
  type: `judge.${id}`,
  title: `${id}?`,
  result: { outcome: 'x', output: null, summary: `${id} is so`, ...rest },
})
const cause = (key: string, likelihood: number, rest: Partial<Hypothesis> = {}): Hypothesis => ({
  kind: 'host',
  key,
  cause: `${key} fails`,
  likelihood,
  supports: [],
  against: [],
  ...rest,
})
const run = (steps: ReturnType<typeof step>[]) => {
  if (conclude.effect !== 'compute') throw new Error('conclude must be pure')
  const { report } = conclude.run({ runId: 'r', stepId: 's', asOf: 0, steps }, {})
  if (!report) throw new Error('no report')
  return report
}

test('nothing judged is inconclusive', () => {
  expect(run([])).toMatchObject({
    verdict: { value: 'inconclusive' },
    conclusion: 'Inconclusive: no step has judged anything.',
  })
})

test('all normal is normal, as sure as the least sure of them', () => {
  const report = run([
    step('a', { verdict: verdict('normal', 'fine', 0.95) }),
    step('b', { verdict: verdict('normal', 'fine', 0.7) }),
  ])
  expect(report.verdict).toMatchObject({ value: 'normal', confidence: 0.7 })
  expect(report.conclusion).toBe('Nothing is wrong: a is so; b is so.')
  expect(report.since).toBeNull()
})

test('one that could not see makes the whole inconclusive, with its reason', () => {
  const report = run([
    step('a', { verdict: verdict('normal', 'fine') }),
    step('b', { verdict: verdict('inconclusive', 'Payment cannot be judged: no data') }),
  ])
  expect(report.verdict.value).toBe('inconclusive')
  expect(report.conclusion).toBe('Inconclusive: payment cannot be judged: no data.')
})

test('one abnormal makes the whole abnormal; what was not seen lowers the confidence', () => {
  const found = step('a', { verdict: verdict('abnormal', 'bad', 1), hypotheses: [cause('h', 0.8)] })
  expect(run([found]).verdict.confidence).toBeCloseTo(0.8)
  const blind = step('b', { verdict: verdict('inconclusive', 'No data') })
  const report = run([found, blind])
  expect(report.verdict.value).toBe('abnormal')
  expect(report.verdict.confidence).toBeCloseTo(0.56)
  expect(report.why).toContain('Not seen: no data')
})

test('equal keys and equal sentences are one cause; the ruled out stay, last', () => {
  const report = run([
    step('a', {
      verdict: verdict('abnormal', 'bad'),
      hypotheses: [cause('version:v2', 0.85, { cause: 'v2 fails', supports: ['29 % fail'] }), cause('zone:A', 0)],
    }),
    step('b', {
      hypotheses: [
        cause('change:C-1', 0.97, { kind: 'change', cause: 'v2 fails', supports: ['40 s before'] }),
        cause('zone:A', 0, { against: ['others are well'] }),
      ],
    }),
  ])
  expect(report.hypotheses.map(({ key }) => key)).toEqual(['change:C-1', 'zone:A'])
  expect(report.cause?.supports).toEqual(['40 s before', '29 % fail'])
  expect(report.hypotheses[1]?.against).toEqual(['others are well'])
})

test('a cause that is not likely is named with reservation, and none is said to be none', () => {
  const judged = { verdict: verdict('abnormal', 'bad') }
  expect(run([step('a', { ...judged, hypotheses: [cause('h', 0.3)] })]).conclusion).toBe(
    'a is so; the cause is not certain, most likely h fails.',
  )
  const none = run([step('a', { ...judged, hypotheses: [cause('h', 0)] })])
  expect(none.conclusion).toBe('a is so; no cause was found.')
  expect(none.cause).toBeNull()
})

test('a change alone makes nothing abnormal', () => {
  const report = run([
    step('a', { verdict: verdict('normal', 'fine') }),
    step('b', { hypotheses: [cause('change:C', 0.5)] }),
  ])
  expect(report.verdict.value).toBe('normal')
  expect(report.cause).toBeNull()
})

test('evidence that speaks for the cause comes first', () => {
  const evidence: StepResult['evidence'] = [{ id: 't', kind: 'text', title: 'T', text: '' }]
  const report = run([
    step('a', { verdict: verdict('normal', 'fine'), evidence }),
    step('b', { verdict: verdict('abnormal', 'bad'), evidence }),
    step('c', { hypotheses: [cause('h', 0.9)], evidence }),
    step('d', {}),
  ])
  expect(report.evidenceSteps).toEqual(['c', 'b', 'a'])
})
