import { expect, test } from 'vitest'
import { planAndApply } from '../../../test/write-context.ts'
import { scale } from './scale.ts'

test('plans and applies the same absolute request', async () => {
  const { planned, applied } = await planAndApply(scale, { entity: 'payment', replicas: 5, lease: '10m' })
  expect(planned).toEqual({ kind: 'scale', entity: 'payment', replicas: 5, leaseSeconds: 600 })
  expect(applied).toEqual(planned)
})

test('less than no replicas are refused', () => {
  expect(scale.input.safeParse({ entity: 'payment', replicas: -1 }).success).toBe(false)
})
