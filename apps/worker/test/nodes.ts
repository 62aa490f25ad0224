/** Nodes of the engine's tests, registered the way that the worker's own are. */
import { defineNode, type NodeDefinition } from '@tenon/activities'
import { contentHash } from '@tenon/runbook'
import { randomBytes } from 'node:crypto'
import * as z from 'zod'

const outcomes = ['done', 'yes', 'no'].map((name) => ({ name, tone: 'neutral' as const, meaning: name }))
const shape = {
  version: 1,
  title: 'T',
  description: '',
  group: 'ask',
  icon: 'circle',
  idempotent: true,
  outcomes,
} as const

/** What the nodes did, for the tests to look at. */
export interface Trace {
  ran: string[]
  aborted: { step: string; at: number }[]
  /** Who approved each call of a node, by run and step. */
  approvers: Map<string, string | null>
}

export function testNodes(trace: Trace): NodeDefinition[] {
  const failures = new Map<string, number>()
  const answer = defineNode({
    ...shape,
    type: 'test.answer',
    effect: 'read',
    input: z.object({ outcome: z.string().default('done'), waitMs: z.number().default(0) }),
    output: z.object({ at: z.number() }),
    async run(ctx, input) {
      await new Promise((resolve) => setTimeout(resolve, input.waitMs))
      trace.ran.push(`${ctx.runId}/${ctx.stepId}`)
      return { outcome: input.outcome, output: { at: Date.now() }, summary: 'answered' }
    },
  })
  const flaky = defineNode({
    ...shape,
    type: 'test.flaky',
    effect: 'read',
    input: z.object({ failures: z.number(), retryable: z.boolean().default(true) }),
    output: z.object({ attempts: z.number() }),
    async run(ctx, input) {
      const key = `${ctx.runId}/${ctx.stepId}`
      const before = failures.get(key) ?? 0
      failures.set(key, before + 1)
      if (before < input.failures) {
        throw Object.assign(new Error('The source is away.'), {
          code: 'source-unreachable',
          fix: 'Start it.',
          retryable: input.retryable,
        })
      }
      return { outcome: 'done', output: { attempts: before + 1 }, summary: 'answered at last' }
    },
  })
  const hang = defineNode({
    ...shape,
    type: 'test.hang',
    effect: 'read',
    input: z.object({}),
    output: z.object({}),
    async run(ctx) {
      trace.ran.push(`${ctx.runId}/${ctx.stepId}`)
      await new Promise((_resolve, reject) => {
        ctx.signal.addEventListener('abort', () => {
          trace.aborted.push({ step: `${ctx.runId}/${ctx.stepId}`, at: Date.now() })
          reject(ctx.signal.reason)
        })
      })
      return { outcome: 'done', output: {}, summary: 'never' }
    },
  })
  const write = defineNode({
    ...shape,
    type: 'test.write',
    effect: 'write',
    input: z.object({ value: z.string().default('on') }),
    output: z.object({ key: z.string(), approvedHash: z.string().nullable() }),
    plan: async (ctx, input) => ({
      stepId: ctx.stepId,
      hash: contentHash(input),
      title: `Set ${input.value}`,
      target: 'test/target',
      diff: [],
      facts: [],
      guards: [],
      intent: input,
      leaseSeconds: 60,
    }),
    async run(ctx, _input, { key, approvedHash }) {
      trace.ran.push(`${ctx.runId}/${ctx.stepId}`)
      return { outcome: 'done', output: { key, approvedHash }, summary: 'written' }
    },
  })
  const judge = defineNode({
    ...shape,
    type: 'test.judge',
    effect: 'read',
    input: z.object({ verdict: z.enum(['normal', 'abnormal', 'inconclusive']) }),
    output: z.object({}),
    async run(_ctx, input) {
      const quality = { completeness: 1, freshnessSeconds: 0, notes: [] }
      const verdict = { value: input.verdict, confidence: 1, reasons: [], quality }
      const nothing = { why: '', since: null, cause: null, hypotheses: [], scope: [], evidenceSteps: [] }
      const report = { verdict, conclusion: `It is ${input.verdict}.`, ...nothing }
      return { outcome: 'done', output: {}, summary: 'judged', verdict, report }
    },
  })
  const large = defineNode({
    ...shape,
    type: 'test.large',
    effect: 'read',
    input: z.object({ output: z.number().default(0), evidence: z.number().default(0) }),
    output: z.object({ text: z.string() }),
    async run(_ctx, input) {
      const evidence = [
        { id: 'large', kind: 'text' as const, title: 'Large', text: noise(input.evidence) },
        { id: 'small', kind: 'text' as const, title: 'Small', text: 'It stays.' },
      ]
      return { outcome: 'done', output: { text: noise(input.output) }, summary: 'gave much', evidence }
    },
  })
  // A definition is generic in its schemas; a registry holds all kinds.
  return [answer, flaky, hang, write, judge, large] as unknown as NodeDefinition[]
}

/** Text that does not compress. */
const noise = (length: number): string =>
  randomBytes(Math.ceil(length / 2))
    .toString('hex')
    .slice(0, length)
