/** Variables of expressions as the model sees them, from the text of the language and not from the interpreter's code. */
import type { Model, ModelScope, ModelStep } from './model-state.ts'
import { hasEnded, stepsIn } from './model-state.ts'

/** What an expression sees that stands in `scope`: its steps, those of the loops around it and those of the top. */
export function variablesAt(model: Model, scope: ModelScope): Record<string, unknown> {
  const { params, trigger, runId, asOf, environment } = model.context
  const steps = new Map<string, unknown>()
  const loops = new Map<string, { index: number; item: unknown }>()
  const rounds: ModelScope[] = []
  for (let at: ModelScope | null = scope; at; at = at.loop?.scope ?? null) {
    for (const one of stepsIn(model, at)) steps.set(one.step.id, stepVariable(one))
    if (at.loop) rounds.unshift(at)
  }
  const variables: Record<string, unknown> = {
    params: new Map(Object.entries(params)),
    trigger: { kind: trigger.kind, by: trigger.by, payload: trigger.payload ?? null },
    run: { id: runId, asOf: new Date(asOf).toISOString(), environment: environment ?? 'production' },
    steps,
  }
  for (const round of rounds) {
    const loop = round.loop!
    const index = round.rounds.at(-1)!
    const item = loop.step.effect === 'each' ? itemsOf(loop)[index] : null
    loops.set(loop.step.id, { index, item })
    // Inner loops come later and hide the outer ones' `index` and `item`; a loop without items leaves `item` alone.
    variables['index'] = index
    if (loop.step.effect === 'each') variables['item'] = item
  }
  if (rounds.length > 0) variables['loops'] = loops
  return variables
}

export function itemsOf(loop: ModelStep): unknown[] {
  const items = loop.input['items']
  return Array.isArray(items) ? items : []
}

function stepVariable(one: ModelStep): Record<string, unknown> {
  if (!hasEnded(one)) return { outcome: 'pending' }
  if (one.status === 'done') return { outcome: one.outcome, output: one.output ?? null, summary: one.summary ?? '' }
  if (one.status === 'failed')
    return { outcome: 'error', error: { code: one.error!.code, message: one.error!.message } }
  return { outcome: one.status }
}
