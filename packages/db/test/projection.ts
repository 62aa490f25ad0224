/** Projections of tests. */
import type { RunProjection, StepState } from '@tenon/runbook'

export const at = Date.UTC(2026, 0, 1)
export const begun = { attempt: 1, startedAt: at, input: { zone: 'a' } }
export const running = { status: 'running' as const, ...begun }
export const done = {
  status: 'done' as const,
  ...begun,
  endedAt: at + 60_000,
  result: { outcome: 'found', output: { loss: 10.9 }, summary: 'payment lost 10.9 points' },
}

/** Of a run that goes on and has these steps. */
export function projectionOf(
  runId: string,
  revision: number,
  { steps = {}, ...rest }: Partial<Omit<RunProjection, 'steps'>> & { steps?: Record<string, StepState> } = {},
): RunProjection {
  return {
    runId,
    revision,
    status: 'running',
    startedAt: at,
    endedAt: null,
    error: null,
    approvals: [],
    steps: Object.entries(steps).map(([stepId, state]) => ({ stepId, type: 'judge.chain-loss', title: stepId, state })),
    ...rest,
  }
}
