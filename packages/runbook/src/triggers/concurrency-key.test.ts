import { expect, test } from 'vitest'
import type { Plan, PlanValue } from '../plan.ts'
import { concurrencyKeyOf } from './concurrency-key.ts'

const plan = (key: PlanValue | null): Plan => ({
  hash: 'sha256:0',
  runbook: { name: 'a', title: 'A' },
  params: {},
  steps: [],
  edges: [],
  timeoutSeconds: 60,
  onFailure: 'keep',
  priority: 'normal',
  concurrency: key && { key, policy: 'queue' },
  express: false,
})
const context = {
  runId: 'r',
  params: { chain: 'pay', limit: 3 },
  trigger: { kind: 'webhook' as const, by: 'webhook:a/b', payload: { groupKey: 'g', long: 'x'.repeat(501) } },
  asOf: 0,
}

test.each<[PlanValue | null, unknown]>([
  [null, { ok: true, key: null }],
  [
    { kind: 'literal', value: '' },
    { ok: true, key: '' },
  ],
  [
    { kind: 'template', parts: [{ cel: 'params.chain' }, '/', { cel: 'trigger.payload.groupKey' }] },
    { ok: true, key: 'pay/g' },
  ],
  [
    { kind: 'expression', cel: 'params.limit' },
    { ok: true, key: '3' },
  ],
  [
    { kind: 'expression', cel: 'params.nothing' },
    { ok: false, message: expect.stringMatching(/^The concurrency key: .*nothing/) },
  ],
  [
    { kind: 'expression', cel: 'trigger.payload.long' },
    { ok: false, message: expect.stringContaining('501') },
  ],
])('%#', (key, wanted) => expect(concurrencyKeyOf(plan(key), context)).toEqual(wanted))
