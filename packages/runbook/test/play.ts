/** Plays runs in tests: a plan from nodes and arrows, events one after the other, states frozen so that nothing changes them behind our backs. */
import { compileDocument } from '../src/compile.ts'
import { initialState, step } from '../src/interpreter.ts'
import type { Plan } from '../src/plan.ts'
import type { RunCommand, RunContext, RunEvent, RunState } from '../src/run.ts'
import { makeDocument, testCatalogue } from './catalogue.ts'
import { deepFreeze } from './model/random-drive.ts'
import { requester } from './model/random-plan.ts'

export type Nodes = Parameters<typeof makeDocument>[0]

export function planOf(nodes: Nodes, arrows: string[] = [], fields: object = {}): Plan {
  const compiled = compileDocument(makeDocument(nodes, arrows, fields), testCatalogue)
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems))
  return compiled.plan
}

export interface Played {
  state: RunState
  /** Of each event. */
  commands: RunCommand[][]
}

/** Sends events one after the other; gives the last state and the commands of each event. */
export function play(plan: Plan, events: RunEvent[], context: Partial<RunContext> = {}): Played {
  const whole: RunContext = { runId: 'run', params: {}, trigger: { kind: 'test', by: requester }, asOf: 5, ...context }
  let state = deepFreeze(initialState(plan, whole))
  const commands = events.map((event) => {
    const result = step(plan, state, event)
    state = deepFreeze(result.state)
    return result.commands
  })
  return { state, commands }
}

export const start: RunEvent = { kind: 'start', at: 1000 }

export const ended = (stepId: string, outcome: string, at = 2000, output: unknown = {}): RunEvent => ({
  kind: 'step-completed',
  at,
  stepId,
  attempt: 1,
  result: { outcome, output, summary: '' },
})

export const broke = (
  stepId: string,
  fields: { attempt?: number; retryable?: boolean; code?: string } = {},
): RunEvent => ({
  kind: 'step-failed',
  at: 2000,
  stepId,
  attempt: fields.attempt ?? 1,
  error: { code: fields.code ?? 'x', message: 'It broke.', retryable: fields.retryable ?? false },
})

export const fired = (timerId: string, at = 60_000): RunEvent => ({ kind: 'timer-fired', at, timerId })

export const statuses = ({ steps }: RunState): Record<string, string> =>
  Object.fromEntries(Object.entries(steps).map(([key, { status }]) => [key, status]))

/** Keys of the steps that a command list sets going. */
export const begun = (commands: RunCommand[] | undefined): string[] =>
  (commands ?? []).flatMap((one) => (one.kind === 'run-step' ? [one.stepId] : []))
