/** Plans of tests: few words for what matters, everything else plain. */
import { defineNode, findNode, type NodeDefinition } from '@tenon/activities'
import type { Plan, PlanEdge, PlanStep, RunContext } from '@tenon/runbook'
import * as z from 'zod'

/** Reads that tests control. */
export interface Reading {
  calls: { stepId: string; signal: AbortSignal }[]
  answer: (stepId: string, call: number) => Promise<string>
}

/** The product's nodes and one that reads, `test.read`: it ends as `answer` says. */
export function registryOf(reading: Reading): { find(type: string, version: number): NodeDefinition | undefined } {
  const read = defineNode({
    type: 'test.read',
    version: 1,
    title: 'Read',
    description: 'Of tests.',
    group: 'ask',
    icon: 'eye',
    effect: 'read',
    idempotent: true,
    outcomes: [{ name: 'done', tone: 'neutral', meaning: 'It answered.' }],
    input: z.object({}),
    output: z.object({ said: z.string() }),
    async run({ stepId, signal }) {
      reading.calls.push({ stepId, signal })
      const said = await reading.answer(stepId, reading.calls.filter((call) => call.stepId === stepId).length)
      return { outcome: 'done', output: { said }, summary: said }
    },
  }) as unknown as NodeDefinition
  return { find: (type, version) => (type === read.type ? read : findNode(type, version)) }
}

let made = 0

export function planOf(
  steps: (Partial<PlanStep> & { id: string; type: string })[],
  rest: Partial<Plan> & { edges?: PlanEdge[] } = {},
): Plan {
  made += 1
  return {
    hash: `sha256:${made}`,
    runbook: { name: 'quick', title: 'Quick' },
    params: {},
    steps: steps.map((one) => ({
      version: 1,
      title: one.id,
      effect: one.type === 'test.read' ? 'read' : 'compute',
      idempotent: true,
      outcomes: [{ name: 'done', tone: 'neutral', meaning: 'Done.' }],
      parent: null,
      input: {},
      late: {},
      join: 'all',
      joinDeadlineSeconds: null,
      timeoutSeconds: 30,
      retry: { attempts: 1, backoffSeconds: 0, nonRetryable: [] },
      guards: [],
      mute: null,
      child: null,
      ...one,
    })),
    edges: [],
    timeoutSeconds: 60,
    onFailure: 'keep',
    priority: 'normal',
    concurrency: null,
    express: true,
    ...rest,
  }
}

export const read = (id: string, more: Partial<PlanStep> = {}) => ({ id, type: 'test.read', ...more })

/** A step that sets `value` to an expression. */
export const set = (id: string, cel: string) => ({
  id,
  type: 'steer.set-values',
  input: { values: { kind: 'object' as const, fields: { value: { kind: 'expression' as const, cel } } } },
})

export const edge = (from: string, to: string, on = 'done'): PlanEdge => ({ from, on, to })

export function contextOf(more: Partial<RunContext> = {}): RunContext {
  return {
    runId: crypto.randomUUID(),
    params: {},
    trigger: { kind: 'api', by: 'token:ci' },
    asOf: Date.UTC(2026, 0, 1),
    environment: 'production',
    ...more,
  }
}
