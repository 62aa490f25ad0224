/** What a `compute` node sees of the steps that ended before it. */
import type { ComputeContext } from '@tenon/activities'
import { planStepOf, type Plan, type PlanStep, type RunState, type StepError, type StepResult } from '@tenon/runbook'

/** In order of ending; ids are step keys. */
export function endedSteps(plan: Plan, state: RunState): ComputeContext['steps'] {
  return Object.entries(state.steps)
    .flatMap(([id, now]) => (now.status === 'done' || now.status === 'failed' ? [{ id, now }] : []))
    .toSorted((a, b) => a.now.endedAt - b.now.endedAt)
    .map(({ id, now }) => {
      const { type, title, effect } = planStepOf(plan, id)
      const result = now.status === 'done' ? now.result : failedResult(title, effect, now.error)
      return { id, type, title, result }
    })
}

/** A step that failed saw nothing: whoever concludes from it must not take its silence for "normal". */
function failedResult(title: string, effect: PlanStep['effect'], error: StepError): StepResult {
  const reason = `${title} failed: ${error.message}`
  const unseen = { completeness: 0, freshnessSeconds: null, notes: [reason] }
  return {
    outcome: 'error',
    output: null,
    summary: reason,
    ...(effect === 'read'
      ? { verdict: { value: 'inconclusive', confidence: 1, reasons: [reason], quality: unseen } }
      : {}),
  }
}
