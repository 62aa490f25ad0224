/** A step's inputs, and the expressions that wait for the end of a round or for an event. */
import { resolveInput } from '../../src/bindings.ts'
import type { PlanValue } from '../../src/plan.ts'
import { variablesAt } from './model-bindings.ts'
import type { Model, ModelScope, ModelStep } from './model-state.ts'

/** Null when one of them cannot be computed. */
export function ownInput(model: Model, one: ModelStep): Record<string, unknown> | null {
  const resolved = resolveInput(one.step.input, variablesAt(model, one.scope))
  return resolved.ok ? resolved.input : null
}

export type Late = { is: 'missing' } | { is: 'broken' } | { is: 'value'; value: unknown }

/** A late input as it is in a round that has ended, or of a step to which an event has come. */
export function lateInput(
  model: Model,
  one: ModelStep,
  { name, scope, event }: { name: string; scope: ModelScope; event?: unknown },
): Late {
  const late: PlanValue | undefined = one.step.late[name]
  if (!late) return { is: 'missing' }
  const variables = variablesAt(model, scope)
  const resolved = resolveInput({ late }, event === undefined ? variables : { ...variables, event })
  return resolved.ok ? { is: 'value', value: resolved.input['late'] } : { is: 'broken' }
}
