import { expect, test } from 'vitest'
import { writeContext } from '../../../test/write-context.ts'
import { rateLimit } from './rate-limit.ts'

test('asks for an absolute limit with a lease', async () => {
  const { ctx, asked } = writeContext()
  if (rateLimit.effect !== 'write') throw new Error('not a write')
  const input = rateLimit.input.parse({ entity: 'gateway', requestsPerSecond: 20, lease: '10m' })
  await rateLimit.plan?.(ctx, input)
  const result = await rateLimit.run(ctx, input, { key: 'k', approvedHash: null })
  const request = { kind: 'rate-limit', entity: 'gateway', requestsPerSecond: 20, leaseSeconds: 600 }
  expect(asked.planned).toEqual([request])
  expect(asked.applied[0]).toEqual({ request, key: 'k', approvedHash: null })
  expect(result).toMatchObject({ outcome: 'done', output: { actionId: 'a1' } })
})

test('a limit of nothing is refused', () => {
  expect(rateLimit.input.safeParse({ entity: 'gateway', requestsPerSecond: 0 }).success).toBe(false)
})

test('limits one route or one caller, and an empty field is none', async () => {
  const { ctx, asked } = writeContext()
  if (rateLimit.effect !== 'write') throw new Error('not a write')
  const of = (more: object) => rateLimit.input.parse({ entity: 'payment', requestsPerSecond: 5, ...more })
  const result = await rateLimit.run(ctx, of({ route: '/refund', caller: '' }), { key: 'k', approvedHash: null })
  await rateLimit.plan?.(ctx, of({ caller: 'app' }))
  const request = { kind: 'rate-limit', entity: 'payment', requestsPerSecond: 5, leaseSeconds: 1800 }
  expect(asked.applied[0]?.request).toEqual({ ...request, route: '/refund' })
  expect(asked.planned).toEqual([{ ...request, caller: 'app' }])
  expect(result.summary).toContain('/refund at payment limited to 5 requests/s')
  expect(rateLimit.input.safeParse({ entity: 'payment', requestsPerSecond: 5, route: 'refund' }).success).toBe(false)
})
