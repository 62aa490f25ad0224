/** What expressions see while a run goes on, and how a step's inputs are resolved from it. */
import type { PlanValue } from './plan.ts'
import type { PlanIndex } from './plan-index.ts'
import type { RunContext, RunState, StepState } from './run.ts'
import { evaluateCel } from './expression.ts'
import { roundsOf, stepIdOf, stepKey } from './step-key.ts'

/** Where an expression stands: the loops around it, outermost first, and the round of each. */
export interface Place {
  loops: readonly string[]
  rounds: readonly number[]
}

/** The place of a step's own inputs. */
export function placeOf(index: PlanIndex, key: string): Place {
  return { loops: index.loopsAround(stepIdOf(key)), rounds: roundsOf(key) }
}

/** Variables that do not depend on what ran: also those of a concurrency key. */
export function contextBindings(context: RunContext): Record<string, unknown> {
  return {
    // Maps, because a step or a parameter may be called `constructor`, which the library takes for an object's class.
    params: new Map(Object.entries(context.params)),
    trigger: { kind: context.trigger.kind, by: context.trigger.by, payload: context.trigger.payload ?? null },
    run: {
      id: context.runId,
      asOf: new Date(context.asOf).toISOString(),
      environment: context.environment ?? 'production',
    },
  }
}

/**
 * Variables of an expression: `params`, `steps.<id>`, `trigger`, `run`; in a loop `item`, `index` and `loops.<id>`. The same names and shapes as
 * `expressionScope` declares. Steps of other loops are not seen, nor those of other rounds.
 */
export function runBindings(state: RunState, index: PlanIndex, place: Place): Record<string, unknown> {
  const bindings = contextBindings(state.context)
  // Made when an expression asks for `steps`, not for each of 500 steps of each event.
  Object.defineProperty(bindings, 'steps', { enumerable: true, get: () => visibleSteps(state, index, place) })
  if (place.loops.length === 0) return bindings
  const around = place.loops.map((id, depth): [string, { index: number; item: unknown }] => {
    const loop = state.loops[stepKey(id, place.rounds.slice(0, depth))]
    const round = place.rounds[depth]!
    return [id, { index: round, item: loop?.kind === 'each' ? (loop.items[round] ?? null) : null }]
  })
  const items = place.loops.flatMap((id, depth) => (index.step(id).effect === 'each' ? [around[depth]![1].item] : []))
  return Object.assign(bindings, {
    loops: new Map(around),
    index: place.rounds.at(-1),
    ...(items.length === 0 ? {} : { item: items.at(-1) }),
  })
}

function visibleSteps(state: RunState, index: PlanIndex, { loops, rounds }: Place): Map<string, unknown> {
  const visible = new Map<string, unknown>()
  for (const [depth, parent] of [null, ...loops].entries()) {
    for (const id of index.body(parent)) {
      const step = state.steps[stepKey(id, rounds.slice(0, depth))]
      if (step) visible.set(id, stepBinding(step))
    }
  }
  return visible
}

function stepBinding(step: StepState): Record<string, unknown> {
  switch (step.status) {
    case 'done':
      return { outcome: step.result.outcome, output: step.result.output ?? null, summary: step.result.summary }
    case 'failed':
      return { outcome: 'error', error: { code: step.error.code, message: step.error.message } }
    case 'skipped':
    case 'cancelled':
      return { outcome: step.status }
    case 'pending':
    case 'running':
    case 'backing-off':
    case 'waiting':
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

export type Resolved = { ok: true; value: unknown } | { ok: false; message: string }

export function resolveValue(value: PlanValue, bindings: Record<string, unknown>): Resolved {
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
