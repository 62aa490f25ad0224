/** What can be said of a write that is not carried out. */
import { contentHash } from '../canonical.ts'
import type { PlanStep } from '../plan.ts'
import type { ActionPlan, StepError, StepResult } from '../run.ts'
import type { RecordedAnswer } from './recorded.ts'

/** A write that nothing is recorded for did what it was meant to. */
export function plannedWrite({ outcomes, title }: PlanStep): RecordedAnswer {
  const error: StepError = { code: 'no-outcome', message: `"${title}" has no outcomes.`, retryable: false }
  const [first] = outcomes
  if (!first) return { kind: 'failed', error }
  const result: StepResult = { outcome: first.name, output: {}, summary: 'Planned, not carried out.' }
  return { kind: 'done', result }
}

/** A plan as far as it can be known without asking the target. */
export function plainPlan(step: PlanStep, stepId: string, input: Record<string, unknown>): ActionPlan {
  const { type, version, title } = step
  const facts = Object.entries(input).map(([label, value]) => ({
    label,
    value: typeof value === 'string' ? value : JSON.stringify(value),
  }))
  const hash = contentHash({ type, version, input })
  return { stepId, hash, title, target: type, diff: [], facts, guards: [], intent: input, leaseSeconds: 0 }
}
