/** What expressions see while a run goes on, and how a step's inputs are resolved from it. */
import type { PlanValue } from './plan.ts'
import type { RunState, StepState } from './run.ts'
import { evaluateCel } from './expression.ts'

/** Variables of an expression: `params`, `steps.<id>`, `trigger`, `run`. The same names and shapes as `expressionScope` declares. */
export function runBindings(state: RunState): Record<string, unknown> {
  const { context } = state
  return {
    // Maps, because a step or a parameter may be called `constructor`, which the library takes for an object's class.
    params: new Map(Object.entries(context.params)),
    // Made when an expression asks for `steps`, not for each of 500 steps of each event.
    get steps() {
      return new Map(Object.entries(state.steps).map(([id, step]) => [id, stepBinding(step)]))
    },
    trigger: { kind: context.trigger.kind, by: context.trigger.by, payload: context.trigger.payload ?? null },
    run: { id: context.runId, asOf: new Date(context.asOf).toISOString() },
  }
}

function stepBinding(step: StepState): Record<string, unknown> {
  switch (step.status) {
    case 'done':
      return { outcome: step.result.outcome, output: step.result.output ?? null, summary: step.result.summary }
    case 'failed':
      return { outcome: 'error', error: { code: step.error.code, message: step.error.message } }
    case 'skipped':
      return { outcome: 'skipped' }
    case 'pending':
    case 'running':
    case 'backing-off':
    case 'waiting':
    case 'cancelled':
      return { outcome: 'pending' }
  }
}

export type Resolution = { ok: true; input: Record<string, unknown> } | { ok: false; message: string }

/** Evaluates every expression of an input; fails with the first that cannot be evaluated and names its field. */
export function resolveInput(input: Record<string, PlanValue>, bindings: Record<string, unknown>): Resolution {
  const resolved: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(input)) {
    const field = resolveValue(value, bindings)
    if (!field.ok) return { ok: false, message: `Input "${name}": ${field.message}` }
    resolved[name] = field.value
  }
  return { ok: true, input: resolved }
}

type Resolved = { ok: true; value: unknown } | { ok: false; message: string }

function resolveValue(value: PlanValue, bindings: Record<string, unknown>): Resolved {
  switch (value.kind) {
    case 'literal':
      return { ok: true, value: value.value }
    case 'expression':
      return evaluateCel(value.cel, bindings)
    case 'template':
      return resolveTemplate(value.parts, bindings)
    case 'list': {
      const items: unknown[] = []
      for (const item of value.items) {
        const resolved = resolveValue(item, bindings)
        if (!resolved.ok) return resolved
        items.push(resolved.value)
      }
      return { ok: true, value: items }
    }
    case 'object': {
      const nested = resolveInput(value.fields, bindings)
      return nested.ok ? { ok: true, value: nested.input } : nested
    }
  }
}

function resolveTemplate(parts: (string | { cel: string })[], bindings: Record<string, unknown>): Resolved {
  let text = ''
  for (const part of parts) {
    if (typeof part === 'string') {
      text += part
      continue
    }
    const resolved = evaluateCel(part.cel, bindings)
    if (!resolved.ok) return resolved
    text += typeof resolved.value === 'string' ? resolved.value : JSON.stringify(resolved.value)
  }
  return { ok: true, value: text }
}
