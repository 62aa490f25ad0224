import { expect, test } from 'vitest'
import type { Plan, PlanStep } from '../plan.ts'
import type { RecordedStep } from './recorded-step.ts'
import { rerunPresets } from './rerun-presets.ts'

const planStep = (id: string, more: Partial<PlanStep> = {}): PlanStep => ({
  id,
  type: 'test.step',
  version: 1,
  title: id,
  effect: 'read',
  idempotent: true,
  outcomes: [{ name: 'done', tone: 'neutral', meaning: '' }],
  parent: null,
  input: {},
  late: {},
  join: 'all',
  joinDeadlineSeconds: null,
  timeoutSeconds: 10,
  retry: { attempts: 1, backoffSeconds: 1, nonRetryable: [] },
  guards: [],
  mute: null,
  child: null,
  ...more,
})

const recorded = (stepId: string, more: Partial<RecordedStep> = {}): RecordedStep => ({
  stepId,
  type: 'test.step',
  title: stepId,
  status: 'done',
  outcome: 'done',
  summary: `${stepId} is done`,
  output: { from: stepId },
  verdict: null,
  evidence: [],
  hypotheses: [],
  error: null,
  reason: null,
  startedAt: '2026-01-01T00:00:00Z',
  endedAt: '2026-01-01T00:00:01Z',
  ...more,
})

/** `a>b` is an edge; `loop/x` puts x into a loop. */
function planOf(steps: PlanStep[], edges: string[]): Plan {
  return {
    hash: 'sha256:test',
    runbook: { name: 'sample', title: 'Sample' },
    params: {},
    steps,
    edges: edges.map((edge) => {
      const [from = '', to = ''] = edge.split('>')
      return { from, on: 'done', to }
    }),
    timeoutSeconds: 60,
    onFailure: 'revert',
    priority: 'normal',
    concurrency: null,
    express: false,
  }
}

const diamond = planOf(
  ['ask', 'left', 'right', 'judge', 'after'].map((id) => planStep(id)),
  ['ask>left', 'ask>right', 'left>judge', 'right>judge', 'judge>after'],
)
const all = (plan: Plan): RecordedStep[] => plan.steps.map(({ id }) => recorded(id))
const presetsOf = (...args: Parameters<typeof rerunPresets>): string[] => {
  const made = rerunPresets(...args)
  if (!made.ok) throw new Error(made.message)
  return Object.keys(made.presets).toSorted()
}

test('from a step: what does not follow from it is reused, whole', () => {
  const made = rerunPresets(diamond, all(diamond), { from: 'left' })
  expect(made).toEqual({
    ok: true,
    presets: {
      ask: { origin: 'reused', result: { outcome: 'done', output: { from: 'ask' }, summary: 'ask is done' } },
      right: { origin: 'reused', result: { outcome: 'done', output: { from: 'right' }, summary: 'right is done' } },
    },
  })
  expect(presetsOf(diamond, all(diamond), { from: 'ask' })).toEqual([])
})

test('one step alone reuses what leads to it, and nothing beside or after it', () => {
  expect(rerunPresets(diamond, all(diamond), { only: ['left'] })).toMatchObject({ ok: true, only: ['left'] })
  expect(presetsOf(diamond, all(diamond), { only: ['left'] })).toEqual(['ask'])
  expect(presetsOf(diamond, all(diamond), { only: ['left', 'judge'] })).toEqual(['ask', 'right'])
})

test('what failed, was skipped, is of another type now, or ended as it cannot end any more is not reused', () => {
  const steps = [
    recorded('ask', { status: 'failed', outcome: null }),
    recorded('left', { type: 'test.other' }),
    recorded('right', { outcome: 'gone' }),
    recorded('judge'),
  ]
  expect(presetsOf(diamond, steps, { from: 'after' })).toEqual(['judge'])
})

const guarded = planOf(
  [
    planStep('look'),
    planStep('approve', { effect: 'approve', guards: ['switch'] }),
    planStep('switch', { effect: 'write' }),
    planStep('note'),
  ],
  ['look>approve', 'approve>switch', 'approve>note'],
)

test('people are asked again before a write runs again, and what followed from their answer runs again', () => {
  expect(presetsOf(guarded, all(guarded), { from: 'switch' })).toEqual(['look'])
  expect(presetsOf(guarded, all(guarded), { from: 'note' })).toEqual(['approve', 'look', 'switch'])
})

test('a write that people approve does not run alone', () => {
  expect(rerunPresets(guarded, all(guarded), { only: ['switch'] })).toMatchObject({
    ok: false,
    code: 'step-needs-approval',
    fix: 'Run from "approve" instead.',
  })
})

test('a step that is not there, and one in a loop, are refused with what to name instead', () => {
  const loops = planOf(
    [
      planStep('each', { effect: 'each' }),
      planStep('inner', { effect: 'repeat', parent: 'each' }),
      planStep('probe', { parent: 'inner' }),
    ],
    [],
  )
  expect(rerunPresets(loops, [], { from: 'nothing' })).toMatchObject({ ok: false, code: 'unknown-step' })
  expect(rerunPresets(loops, [], { only: ['probe'] })).toMatchObject({
    ok: false,
    code: 'step-in-loop',
    fix: 'Name the loop "each" instead.',
  })
  // The loop's own result stands for all that ran inside.
  const steps = [recorded('each'), recorded('inner#0'), recorded('probe#0.0')]
  const more = planOf([...loops.steps, planStep('after')], ['each>after'])
  expect(presetsOf(more, steps, { from: 'after' })).toEqual(['each'])
})

test('a reused conclusion brings its report, so that the new run has one', () => {
  const report = {
    verdict: {
      value: 'normal',
      confidence: 1,
      reasons: [],
      quality: { completeness: 1, freshnessSeconds: 1, notes: [] },
    },
    conclusion: 'All is well.',
    why: '',
    since: null,
    cause: null,
    hypotheses: [],
    scope: [],
    evidenceSteps: [],
  }
  const made = rerunPresets(diamond, [recorded('judge', { output: report })], { from: 'after' })
  expect(made).toMatchObject({ presets: { judge: { result: { report: { conclusion: 'All is well.' } } } } })
})
