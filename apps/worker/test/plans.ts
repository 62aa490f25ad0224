/** Plans for the engine's tests, written out by hand: the engine must run what the compiler makes, not only what it makes today. */
import { contentHash, type Effect, type Plan, type PlanEdge, type PlanStep, type RunInput } from '@tenon/runbook'
import { randomUUID } from 'node:crypto'

type Written = { id: string; type: string; effect: Effect } & Partial<
  Omit<PlanStep, 'id' | 'type' | 'effect' | 'outcomes' | 'input'>
> & {
    outcomes?: string[]
    input?: Record<string, unknown>
  }

/** `'a -done-> b'` */
type Arrow = `${string} -${string}-> ${string}`

export function plan(
  steps: Written[],
  arrows: Arrow[],
  options: Partial<Pick<Plan, 'timeoutSeconds' | 'onFailure'>> = {},
): Plan {
  const content: Omit<Plan, 'hash'> = {
    runbook: { name: 'test', title: 'Test' },
    params: {},
    steps: steps.map((step) => ({
      version: 1,
      title: step.id,
      idempotent: true,
      join: 'all',
      timeoutSeconds: 20,
      retry: { attempts: 1, backoffSeconds: 1 },
      guards: [],
      ...step,
      outcomes: (step.outcomes ?? ['done']).map((name) => ({ name, tone: 'neutral', meaning: name })),
      input: Object.fromEntries(
        Object.entries(step.input ?? {}).map(([key, value]) => [key, { kind: 'literal', value }]),
      ),
    })),
    edges: arrows.map(edge),
    timeoutSeconds: 120,
    onFailure: 'revert',
    ...options,
  }
  return { hash: contentHash(content), ...content }
}

export function runOf(made: Plan, by = 'ana@example.com'): RunInput & { runId: string } {
  const runId = randomUUID()
  return { runId, plan: made, context: { runId, params: {}, trigger: { kind: 'test', by }, asOf: Date.now() } }
}

function edge(arrow: Arrow): PlanEdge {
  const [, from, on, to] = /^(\S+) -(\S+)-> (\S+)$/.exec(arrow) ?? []
  if (!from || !on || !to) throw new Error(`Not an arrow: ${arrow}`)
  return { from, on, to }
}
