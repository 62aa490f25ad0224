import { expect, test } from 'vitest'
import { writeContext } from '../../../test/write-context.ts'
import { incident } from './incident.ts'

test.each(['open', 'closed'] as const)('asks for an incident to be %s', async (state) => {
  const { ctx, asked } = writeContext()
  if (incident.effect !== 'write') throw new Error('not a write')
  const input = incident.input.parse({ connection: 'edge', key: 'pay-42', title: 'Payment fell', state })
  await incident.plan?.(ctx, input)
  const result = await incident.run(ctx, input, { key: 'k', approvedHash: 'h' })
  const request = {
    kind: 'incident',
    connection: 'edge',
    key: 'pay-42',
    title: 'Payment fell',
    state,
    leaseSeconds: 86_400,
  }
  expect(asked.planned).toEqual([request])
  expect(asked.applied[0]).toEqual({ request, key: 'k', approvedHash: 'h' })
  expect(result).toMatchObject({ outcome: 'done', output: { actionId: 'a1' } })
})

test('a key with a path in it is refused', () => {
  expect(incident.input.safeParse({ connection: 'edge', key: 'a/b', title: 'x' }).success).toBe(false)
})
