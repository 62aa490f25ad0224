/** Plans for the engine's tests, written out by hand: the engine must run what the compiler makes, not only what it makes today. */
import {
  contentHash,
  type Effect,
  type Plan,
  type PlanEdge,
  type PlanStep,
  type PlanValue,
  type RunContext,
  type RunInput,
  type RunState,
} from '@tenon/runbook'
import { randomUUID } from 'node:crypto'

type Written = { id: string; type: string; effect: Effect } & Partial<
  Omit<PlanStep, 'id' | 'type' | 'effect' | 'outcomes' | 'input' | 'retry' | 'late'>
> & {
    outcomes?: string[]
    /** Literals; `cel` makes an expression. */
    input?: Record<string, unknown>
    late?: Record<string, PlanValue>
    retry?: Partial<PlanStep['retry']>
  }

/** `'a -done-> b'` */
type Arrow = `${string} -${string}-> ${string}`

export function plan(
  steps: Written[],
  arrows: Arrow[],
  options: Partial<Pick<Plan, 'params' | 'timeoutSeconds' | 'onFailure' | 'priority' | 'concurrency'>> = {},
): Plan {
  const content: Omit<Plan, 'hash'> = {
    runbook: { name: 'test', title: 'Test' },
    params: {},
    steps: steps.map((step) => ({
      version: 1,
      title: step.id,
      idempotent: true,
      parent: null,
      late: {},
      join: 'all',
      joinDeadlineSeconds: null,
      timeoutSeconds: 20,
      guards: [],
      mute: null,
      child: null,
      ...step,
      retry: { attempts: 1, backoffSeconds: 1, nonRetryable: [], ...step.retry },
      outcomes: (step.outcomes ?? ['done']).map((name) => ({ name, tone: 'neutral', meaning: name })),
      input: Object.fromEntries(
        Object.entries(step.input ?? {}).map(([key, value]) => [
          key,
          value instanceof Cel ? { kind: value.kind, cel: value.cel } : { kind: 'literal', value },
        ]),
      ),
    })),
    edges: arrows.map(edge),
    timeoutSeconds: 120,
    onFailure: 'revert',
    priority: 'normal',
    concurrency: null,
    express: false,
    ...options,
  }
  return { hash: contentHash(content), ...content }
}

/** A read that answers at once, or after `waitMs`. */
export const answer = (id: string, input: Record<string, unknown> = {}) => ({
  id,
  type: 'test.answer',
  effect: 'read' as const,
  outcomes: ['done', 'yes', 'no'],
  input,
})

export const statuses = (state: RunState): Record<string, string> =>
  Object.fromEntries(Object.entries(state.steps).map(([id, now]) => [id, now.status]))

/** Started by ana@example.com. */
export function runOf(made: Plan, context: Partial<RunContext> = {}): RunInput & { runId: string } {
  const runId = context.runId ?? randomUUID()
  const trigger = { kind: 'test', by: 'ana@example.com' } as const
  return { runId, plan: made, context: { runId, params: {}, trigger, asOf: Date.now(), ...context } }
}

/** An input that is computed when the step begins. */
export class Cel {
  readonly kind = 'expression'
  readonly cel: string
  constructor(cel: string) {
    this.cel = cel
  }
}

function edge(arrow: Arrow): PlanEdge {
  const [, from, on, to] = /^(\S+) -(\S+)-> (\S+)$/.exec(arrow) ?? []
  if (!from || !on || !to) throw new Error(`Not an arrow: ${arrow}`)
  return { from, on, to }
}
