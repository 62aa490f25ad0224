/** What a `compute` node sees of the steps that ended before it: the same for every driver. */
import type { Plan, PlanStep } from './plan.ts'
import { planStepOf } from './plan-index.ts'
import type { RunState, StepResult, StepState } from './run.ts'

export type EndedStep = { id: string; type: string; title: string; result: StepResult }

/** Steps that ran and ended, and those that were cut off (outcome `cut`), in order of ending; ids are step keys. */
export function endedSteps(plan: Plan, state: RunState): EndedStep[] {
  return Object.entries(state.steps)
    .flatMap(([id, now]) =>
      now.status === 'done' || now.status === 'failed' || (now.status === 'cancelled' && now.cut) ? [{ id, now }] : [],
    )
    .toSorted((a, b) => a.now.endedAt - b.now.endedAt)
    .map(({ id, now }) => {
      const step = planStepOf(plan, id)
      return { id, type: step.type, title: step.title, result: resultOf(step, now) }
    })
}

function resultOf(step: PlanStep, now: Extract<StepState, { status: 'done' | 'failed' | 'cancelled' }>): StepResult {
  switch (now.status) {
    case 'done':
      return now.result
    case 'failed':
      return unseenResult(step, 'error', `${step.title} failed: ${now.error.message}`)
    case 'cancelled':
      return unseenResult(step, 'cut', `${step.title} had not ended in time`)
  }
}

/** A step that failed or was cut off saw nothing: whoever concludes from it must not take its silence for "normal". */
function unseenResult({ effect }: PlanStep, outcome: 'error' | 'cut', reason: string): StepResult {
  const unseen = { completeness: 0, freshnessSeconds: null, notes: [reason] }
  return {
    outcome,
    output: null,
    summary: reason,
    ...(effect === 'read'
      ? { verdict: { value: 'inconclusive', confidence: 1, reasons: [reason], quality: unseen } }
      : {}),
  }
}
