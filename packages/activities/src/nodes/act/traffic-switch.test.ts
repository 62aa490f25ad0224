import { expect, test } from 'vitest'
import { planAndApply, writeContext } from '../../../test/write-context.ts'
import type { AppliedAction } from '../../node.ts'
import { trafficSwitch } from './traffic-switch.ts'

const input = trafficSwitch.input.parse({ entity: 'payment', fromZone: 'A', toZone: 'B' })
const options = { key: 'run-1/switch', approvedHash: 'sha256:1' }

test('plans and applies the same request, with a lease of 30 minutes unless told', async () => {
  const { ctx, asked } = writeContext()
  if (trafficSwitch.effect !== 'write') throw new Error('not a write')
  await trafficSwitch.plan?.(ctx, input)
  const result = await trafficSwitch.run(ctx, input, options)
  const request = { kind: 'traffic-switch', entity: 'payment', fromZone: 'A', toZone: 'B', leaseSeconds: 1800 }
  expect(asked.planned).toEqual([request])
  expect(asked.applied).toEqual([{ request, key: 'run-1/switch', approvedHash: 'sha256:1' }])
  expect(result.outcome).toBe('done')
  expect(result.summary).toBe('payment traffic switched from zone A to zone B; reverts at 14:30 UTC')
  expect(result.evidence?.[0]).toMatchObject({
    kind: 'table',
    rows: [{ label: 'pay-a-1', before: 'weight 100', after: 'weight 0', check: 'yes' }],
  })
})

test.each<[AppliedAction['status'], string]>([
  ['done', 'traffic switched'],
  ['refused', 'Refused: Why'],
  ['not-done', 'Not done: Why'],
  ['unknown', 'Unknown: Why'],
])('an action that ends %s is that outcome and says so', async (status, words) => {
  const { ctx } = writeContext({ status, detail: 'Why' })
  if (trafficSwitch.effect !== 'write') throw new Error('not a write')
  const result = await trafficSwitch.run(ctx, input, options)
  expect(result.outcome).toBe(status)
  expect(trafficSwitch.outcomes.map(({ name }) => name)).toContain(status)
  expect(result.summary).toContain(words)
})

test('an action without anything verified says what happened instead of an empty table', async () => {
  const { ctx } = writeContext({ status: 'refused', detail: 'Writes are stopped.', verification: [], leaseUntil: null })
  if (trafficSwitch.effect !== 'write') throw new Error('not a write')
  const result = await trafficSwitch.run(ctx, input, options)
  expect(result.evidence?.[0]).toMatchObject({ kind: 'text', text: 'Writes are stopped.' })
})

test('takes named hosts out, and never guesses when nothing is named', async () => {
  const { ctx, asked } = writeContext()
  if (trafficSwitch.effect !== 'write') throw new Error('not a write')
  const { plan } = trafficSwitch
  const of = (more: object) => trafficSwitch.input.parse({ entity: 'payment', ...more })
  await plan?.(ctx, of({ hosts: ['pay-a-2'] }))
  expect(asked.planned).toEqual([
    {
      kind: 'traffic-switch',
      entity: 'payment',
      fromZone: '',
      toZone: '',
      hosts: ['pay-a-2'],
      leaseSeconds: 1800,
    },
  ])
  for (const more of [{}, { fromZone: 'A' }, { fromZone: 'A', toZone: 'B', hosts: ['pay-a-2'] }])
    await expect(Promise.resolve().then(() => plan?.(ctx, of(more)))).rejects.toMatchObject({ code: 'bad-input' })
  expect(asked.planned).toHaveLength(1)
  expect(trafficSwitch.input.safeParse({ entity: 'payment', hosts: [] }).success).toBe(false)
})

test('goes in by shares when it is told to', async () => {
  const ramp = { percents: [10, 50], watchSeconds: 60 }
  const harm = [{ measure: 'payment.success-rate', where: { zone: 'B' }, minimum: 0.98, maximum: null }]
  const given = { entity: 'payment', fromZone: 'A', toZone: 'B', ramp, harm }
  expect((await planAndApply(trafficSwitch, given)).planned).toMatchObject({ ramp, harm })
})
