import type { Judgement } from '@tenon/data'
import type { FinishedRun } from '@tenon/db'
import type { StepState } from '@tenon/runbook'
import { expect, test, vi } from 'vitest'
import { recordVerdicts } from './record-verdicts.ts'

const at = Date.UTC(2026, 2, 1, 10)
const verdict = {
  value: 'normal' as const,
  confidence: 0.8,
  reasons: [],
  quality: { completeness: 1, freshnessSeconds: 5, notes: [] },
}
const state = (result: object): StepState => ({
  status: 'done',
  attempt: 1,
  startedAt: at,
  endedAt: at + 900,
  input: {},
  result: { outcome: 'normal', output: {}, summary: '', ...result },
})
const finished = (version: number | null): FinishedRun =>
  ({
    runbookId: 'b1',
    version,
    baseRunId: null,
    plan: {
      hash: 'sha256:one',
      runbook: { name: 'noise', title: 'Noise' },
      edges: [],
      steps: ['judge', 'conclude'].map((id) => ({ id, type: `test.${id}`, title: id, parent: null, join: 'all' })),
    },
    state: {
      context: { runId: 'r1', asOf: at, params: {}, trigger: { kind: 'api', by: 'token:ci' } },
      startedAt: at,
      endedAt: at + 2_000,
      steps: { judge: state({ verdict }), conclude: state({ report: { verdict, conclusion: 'x' } }) },
    },
  }) as unknown as FinishedRun

test('steps with a verdict and the run’s conclusion are kept, of published runbooks', async () => {
  const kept: Judgement[] = []
  await recordVerdicts({ record: async (judgements) => void kept.push(...judgements) }, [finished(2), finished(null)])
  expect(kept).toMatchObject([
    { of: 'step', runbook: 'noise', step: 'judge', type: 'test.judge', verdict: 'normal', environment: 'production' },
    { of: 'run', runbook: 'noise', verdict: 'normal', seconds: 2 },
  ])
})

test('trouble with it is told in the log and is not the caller’s', async () => {
  const told = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const broken = { record: () => Promise.reject(new Error('away')) }
  await expect(recordVerdicts(broken, [finished(2)])).resolves.toBeUndefined()
  expect(told).toHaveBeenCalledTimes(1)
  told.mockRestore()
})
