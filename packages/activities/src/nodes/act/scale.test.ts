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

test('bounds on measures go with the request; one that bounds nothing is refused', async () => {
  const harm = [{ measure: 'payment.success-rate', minimum: 0.98 }]
  const { planned } = await planAndApply(scale, { entity: 'payment', replicas: 5, harm })
  expect(planned).toMatchObject({
    harm: [{ measure: 'payment.success-rate', where: {}, minimum: 0.98, maximum: null }],
  })
  const nothing = { entity: 'payment', replicas: 5, harm: [{ measure: 'payment.success-rate' }] }
  expect(scale.input.safeParse(nothing).success).toBe(false)
  expect((await planAndApply(scale, { entity: 'payment', replicas: 5, harm: [] })).planned).not.toHaveProperty('harm')
})
