/** What a `compute` node sees of the steps that ended before it: the same for every driver. */
import type { Plan, PlanStep } from './plan.ts'
import { planStepOf } from './plan-index.ts'
import type { RunState, StepError, StepResult } from './run.ts'

export type EndedStep = { id: string; type: string; title: string; result: StepResult }

/** Steps that ran and ended, in order of ending; ids are step keys. */
export function endedSteps(plan: Plan, state: RunState): EndedStep[] {
  return Object.entries(state.steps)
    .flatMap(([id, now]) => (now.status === 'done' || now.status === 'failed' ? [{ id, now }] : []))
    .toSorted((a, b) => a.now.endedAt - b.now.endedAt)
    .map(({ id, now }) => {
      const step = planStepOf(plan, id)
      const result = now.status === 'done' ? now.result : failedResult(step, now.error)
      return { id, type: step.type, title: step.title, result }
    })
}

/** A step that failed saw nothing: whoever concludes from it must not take its silence for "normal". */
function failedResult({ title, effect }: PlanStep, error: StepError): StepResult {
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
