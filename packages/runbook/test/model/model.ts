/**
 * The reference model: what a run is after some events, said a second time from docs/semantics.md and without the interpreter's code. It searches
 * everything after every event and remembers no queue and no index; where the two disagree, one of them is wrong.
 */
import type { Plan } from '../../src/plan.ts'
import type { RunContext, RunEvent, RunStatus, StepStatus } from '../../src/run.ts'
import { applyEvent } from './model-events.ts'
import { type Begun, type Model, openScope } from './model-state.ts'

export interface ModelView {
  status: RunStatus
  /** Code of the run's error. */
  error: string | null
  steps: Record<string, { status: StepStatus; outcome?: string; code?: string; reason?: string; output?: unknown }>
  /** Id -> when it fires, unix milliseconds. */
  openTimers: Record<string, number>
  /** What the outside was asked to do, in order. */
  begun: Begun[]
  joined: number
  finished: boolean
  reverted: boolean
}

/** @example modelOf(plan, context, [{ kind: 'start', at: 0 }]).steps['check'] // { status: 'running' } */
export function modelOf(plan: Plan, context: RunContext, events: readonly RunEvent[]): ModelView {
  const model = newModel(plan, context)
  for (const event of events) applyEvent(model, event)
  return viewOf(model)
}

export function newModel(plan: Plan, context: RunContext): Model {
  const model: Model = {
    plan,
    context,
    status: 'running',
    error: null,
    started: false,
    now: 0,
    scopes: [],
    steps: [],
    turn: [],
    timers: new Map(),
    begun: [],
    joined: 0,
    reverted: false,
  }
  openScope(model, null, [])
  return model
}

export function viewOf(model: Model): ModelView {
  const steps = model.steps.map((one): [string, ModelView['steps'][string]] => {
    switch (one.status) {
      case 'done': {
        const isLoop = one.step.effect === 'each' || one.step.effect === 'repeat'
        const shown = isLoop && !one.borrowed ? { output: one.output } : {}
        return [one.key, { status: 'done', outcome: one.outcome!, ...shown }]
      }
      case 'failed':
        return [one.key, { status: 'failed', code: one.error!.code }]
      case 'skipped':
        return [one.key, { status: 'skipped', ...(one.reason ? { reason: one.reason } : {}) }]
      case 'pending':
      case 'running':
      case 'backing-off':
      case 'waiting':
      case 'cancelled':
        return [one.key, { status: one.status }]
    }
  })
  return {
    status: model.status,
    error: model.error?.code ?? null,
    steps: Object.fromEntries(steps),
    openTimers: Object.fromEntries(model.timers),
    begun: [...model.begun],
    joined: model.joined,
    finished: model.status !== 'running',
    reverted: model.reverted,
  }
}
