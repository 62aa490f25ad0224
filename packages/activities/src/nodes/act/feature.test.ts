import { expect, test } from 'vitest'
import { writeContext } from '../../../test/write-context.ts'
import { feature } from './feature.ts'

test('asks for a value of a feature with a lease', async () => {
  const { ctx, asked } = writeContext()
  if (feature.effect !== 'write') throw new Error('not a write')
  const input = feature.input.parse({ connection: 'edge', feature: 'recommendations', value: 'off', lease: '10m' })
  await feature.plan?.(ctx, input)
  const result = await feature.run(ctx, input, { key: 'k', approvedHash: null })
  const request = { kind: 'feature', connection: 'edge', feature: 'recommendations', value: 'off', leaseSeconds: 600 }
  expect(asked.planned).toEqual([request])
  expect(asked.applied[0]).toEqual({ request, key: 'k', approvedHash: null })
  expect(result).toMatchObject({ outcome: 'done', output: { actionId: 'a1' } })
})

test('a name with a path in it is refused', () => {
  expect(feature.input.safeParse({ connection: 'edge', feature: '../x', value: 'off' }).success).toBe(false)
})
