import { expect, test } from 'vitest'
import { EdgeWorld, testScope } from '../test/edge-world.ts'
import { ActionError } from './action-error.ts'
import type { MeasureReading } from './measure-reading.ts'
import { planAction } from './plan-action.ts'
import type { ActionRequest } from './request.ts'

const request: ActionRequest = {
  kind: 'traffic-switch',
  entity: 'payment',
  fromZone: 'A',
  toZone: 'B',
  leaseSeconds: 1800,
  harm: [{ measure: 'payment.success-rate', where: { zone: 'B' }, minimum: 0.98, maximum: null }],
}

async function effectsWith(newest: MeasureReading['newest'], world = new EdgeWorld()) {
  const deps = { ...world.deps, readMeasure: async () => ({ unit: 'ratio', newest }) }
  return (await planAction(request, deps, testScope)).effects
}
const value = (rate: number) => ({ value: rate, at: 1, from: 0 })

test('says where the requests will be, and how each measure that must not be harmed reads now', async () => {
  expect(await effectsWith(value(0.9942))).toEqual([
    { label: 'requests to zone A', now: '6.0/s', expected: '0.0/s' },
    { label: 'requests to zone B', now: '6.0/s', expected: '12.0/s' },
    { label: 'payment.success-rate (zone B)', now: '99.42 %', expected: 'at least 98 %', tone: 'normal' },
  ])
})

test('a measure outside of its bound, and one without a value, are told apart from a good one', async () => {
  expect((await effectsWith(value(0.5)))?.at(-1)).toMatchObject({ now: '50 %', tone: 'abnormal' })
  expect((await effectsWith(null))?.at(-1)).toMatchObject({ now: 'no data', tone: 'inconclusive' })
})

test('where a server says nothing, what its zone gets is not known', async () => {
  const world = new EdgeWorld()
  const observe = world.observe.bind(world)
  world.observe = async (target) => {
    const state = await observe(target)
    return { ...state, servers: state.servers.map((server) => ({ ...server, requestsTotal: null })) }
  }
  expect((await effectsWith(null, world))?.[0]).toEqual({
    label: 'requests to zone A',
    now: 'not reported',
    expected: 'not known',
    tone: 'inconclusive',
  })
})

test('a rate limit says what passes at most; one of a route says nothing of all requests', async () => {
  const limit: ActionRequest = { kind: 'rate-limit', entity: 'payment', requestsPerSecond: 5, leaseSeconds: 60 }
  const { deps } = new EdgeWorld()
  expect((await planAction(limit, deps, testScope)).effects).toEqual([
    { label: 'requests', now: '12.0/s', expected: 'at most 5/s' },
  ])
  expect(await planAction({ ...limit, route: '/refund' }, deps, testScope)).not.toHaveProperty('effects')
})

test('a bound on what the model does not have is refused, and does not void an approval by its value', async () => {
  const { deps } = new EdgeWorld()
  const refused = new ActionError('bad-request', 'The model has no measure "payment.sucess-rate".', {
    fix: 'Did you mean "payment.success-rate"?',
  })
  const unknown = { ...deps, readMeasure: () => Promise.reject(refused) }
  await expect(planAction(request, unknown, testScope)).rejects.toBe(refused)
  const hashes = [0.99, 0.5].map(async (rate) => {
    const reading = { ...deps, readMeasure: async () => ({ unit: 'ratio', newest: value(rate) }) }
    return (await planAction(request, reading, testScope)).hash
  })
  expect(new Set(await Promise.all(hashes)).size).toBe(1)
})
