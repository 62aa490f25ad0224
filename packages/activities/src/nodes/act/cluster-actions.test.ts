import { expect, test } from 'vitest'
import { writeContext } from '../../../test/write-context.ts'
import type { NodeDefinition } from '../../node.ts'
import { drainNode } from './drain-node.ts'
import { restart } from './restart.ts'
import { rollBack } from './roll-back.ts'
import { scale } from './scale.ts'

const at = '2026-11-30T06:00:00Z'
const cases: { node: NodeDefinition; given: object; request: object }[] = [
  {
    node: scale,
    given: { entity: 'payment', replicas: 5, lease: '10m' },
    request: { kind: 'scale', entity: 'payment', replicas: 5, leaseSeconds: 600 },
  },
  {
    node: rollBack,
    given: { entity: 'payment', lease: '10m' },
    request: { kind: 'roll-back', entity: 'payment', revision: null, leaseSeconds: 600 },
  },
  { node: restart, given: { entity: 'payment', at }, request: { kind: 'restart', entity: 'payment', at } },
  {
    node: drainNode,
    given: { connection: 'cluster', node: 'worker-1', lease: '10m' },
    request: { kind: 'drain-node', connection: 'cluster', node: 'worker-1', evict: true, leaseSeconds: 600 },
  },
]

test.each(cases)('$node.type plans and applies the same absolute request', async ({ node, given, request }) => {
  const { ctx, asked } = writeContext()
  if (node.effect !== 'write') throw new Error('not a write')
  const input = node.input.parse(given)
  await node.plan?.(ctx, input)
  await node.run(ctx, input, { key: 'k', approvedHash: null })
  expect(asked.planned).toEqual([request])
  expect(asked.applied[0]).toEqual({ request, key: 'k', approvedHash: null })
})

test('numbers and times that are none are refused', () => {
  expect(scale.input.safeParse({ entity: 'payment', replicas: -1 }).success).toBe(false)
  expect(restart.input.safeParse({ entity: 'payment', at: 'now' }).success).toBe(false)
  expect(rollBack.input.safeParse({ entity: 'payment', revision: 0 }).success).toBe(false)
})
