import type { Judgement } from '@tenon/data'
import type { RunSummary } from '@tenon/db'
import type { RunProjection, StepState } from '@tenon/runbook'
import { expect, test } from 'vitest'
import { createRecordVerdicts } from './record-verdicts.ts'

const at = Date.UTC(2026, 2, 1, 10)
const iso = new Date(at).toISOString()
const quality = { completeness: 1, freshnessSeconds: 5, notes: [] }
const judged: StepState = {
  status: 'done',
  attempt: 1,
  startedAt: at,
  endedAt: at + 900,
  input: { measure: 'payment.succeeded' },
  result: {
    outcome: 'abnormal',
    output: { deviation: -0.2 },
    summary: '',
    verdict: { value: 'abnormal', confidence: 0.8, reasons: [], quality },
  },
}
const summary: RunSummary = {
  id: 'r1',
  runbook: { name: 'payment-drop', title: 'Payment drop' },
  version: 3,
  environment: 'production',
  trigger: 'api',
  requestedBy: 'token:ci',
  express: false,
  dryRun: false,
  status: 'succeeded',
  verdict: 'abnormal',
  conclusion: 'x',
  asOf: iso,
  startedAt: iso,
  concludedAt: iso,
  endedAt: new Date(at + 4_000).toISOString(),
}
const projection = (more: Partial<RunProjection> = {}): RunProjection => ({
  runId: 'r1',
  revision: 1,
  status: 'running',
  startedAt: at,
  endedAt: null,
  error: null,
  approvals: [],
  steps: [{ stepId: 'drop#2', type: 'judge.anomaly', title: 'Drop', state: judged }],
  ...more,
})

/** Says what was recorded, and how often the run was looked up. */
async function recorded(run: RunSummary | null, given: RunProjection) {
  const kept: Judgement[] = []
  let looked = 0
  const db = {
    runs: {
      summary: async () => {
        looked += 1
        return run
      },
    },
  }
  const record = createRecordVerdicts(db as never, { record: async (judgements) => void kept.push(...judgements) })
  await record(given)
  return { kept, looked }
}

test('a step that ended with a verdict is kept under its step of the runbook; a run when it is over', async () => {
  const step = { of: 'step', runbook: 'payment-drop', step: 'drop', at, verdict: 'abnormal', deviation: -0.2 }
  expect((await recorded(summary, projection())).kept).toMatchObject([step])
  expect((await recorded(summary, projection({ status: 'succeeded', endedAt: at + 4_000 }))).kept).toMatchObject([
    step,
    { of: 'run', verdict: 'abnormal', seconds: 4, at },
  ])
})

test('drafts, runs that are gone and runs that concluded nothing leave nothing', async () => {
  expect((await recorded({ ...summary, version: null }, projection())).kept).toEqual([])
  expect((await recorded(null, projection())).kept).toEqual([])
  const over = projection({ status: 'failed', endedAt: at, steps: [] })
  expect((await recorded({ ...summary, verdict: null }, over)).kept).toEqual([])
})

test('a projection without a verdict costs no look-up', async () => {
  expect(await recorded(summary, projection({ steps: [] }))).toEqual({ kept: [], looked: 0 })
})
