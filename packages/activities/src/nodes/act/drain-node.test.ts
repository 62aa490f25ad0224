import { expect, test } from 'vitest'
import { planAndApply } from '../../../test/write-context.ts'
import { drainNode } from './drain-node.ts'

test('plans and applies the same absolute request', async () => {
  const { planned, applied } = await planAndApply(drainNode, { connection: 'cluster', node: 'worker-1', lease: '10m' })
  expect(planned).toEqual({
    kind: 'drain-node',
    connection: 'cluster',
    node: 'worker-1',
    evict: true,
    leaseSeconds: 600,
  })
  expect(applied).toEqual(planned)
})
