import { expect, test } from 'vitest'
import { planAndApply } from '../../../test/write-context.ts'
import { restart } from './restart.ts'

test('plans and applies the same absolute request', async () => {
  const { planned, applied } = await planAndApply(restart, { entity: 'payment', at: '2026-11-30T06:00:00Z' })
  expect(planned).toEqual({ kind: 'restart', entity: 'payment', at: '2026-11-30T06:00:00Z' })
  expect(applied).toEqual(planned)
})

test('a moment must be absolute, so that the same request restarts once', () => {
  expect(restart.input.safeParse({ entity: 'payment', at: 'now' }).success).toBe(false)
})
