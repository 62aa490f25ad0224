import { expect, test } from 'vitest'
import { planAndApply } from '../../../test/write-context.ts'
import { rollBack } from './roll-back.ts'

test('plans and applies the same absolute request', async () => {
  const { planned, applied } = await planAndApply(rollBack, { entity: 'payment', lease: '10m' })
  expect(planned).toEqual({ kind: 'roll-back', entity: 'payment', revision: null, leaseSeconds: 600 })
  expect(applied).toEqual(planned)
})

test('revisions begin at 1', () => {
  expect(rollBack.input.safeParse({ entity: 'payment', revision: 0 }).success).toBe(false)
})
