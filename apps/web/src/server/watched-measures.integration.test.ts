/** What is watched now: bounds of actions in effect, and what the measures read. */
import { newLimit } from '@tenon/actions/test-action'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openServer, type ServerWorld } from './test/server-world.ts'

let world: ServerWorld
let viewer: Awaited<ReturnType<ServerWorld['as']>>
let operator: typeof viewer

beforeAll(async () => {
  world = await openServer()
  viewer = await world.as('viewer')
  operator = await world.as('operator')
})
afterAll(() => world.close())

const bound = { measure: 'payment.success-rate', where: { zone: 'B' }, minimum: 0.98, maximum: null }
const noRules = { recentSeconds: 0, refuse: () => null }
const event = { actor: 'system', detail: {} }

async function inEffect(key: string, harm: (typeof bound)[]): Promise<string> {
  const { actions } = world.db
  const limit = newLimit({ key, title: `Limit ${key}`, target: `edge/${key}` })
  const request = { kind: 'rate-limit' as const, entity: 'payment', requestsPerSecond: 50, leaseSeconds: 60, harm }
  const { action } = await actions.claim({ ...limit, request }, { kind: 'plan', ...event }, noRules)
  await actions.advance(action.id, { from: ['planned'], to: 'intended', event: { kind: 'intent', ...event } })
  await actions.advance(action.id, { from: ['intended'], to: 'done', event: { kind: 'verify', ...event } })
  return action.id
}

test('only actions with bounds are watched, with the breach on record and no invented value', async () => {
  await inEffect('unbounded', [])
  const id = await inEffect('bounded', [bound])
  const before = await viewer.breakers.watched()
  expect(before.actions).toMatchObject([{ id, title: 'Limit bounded', bounds: [bound], broken: null }])
  // The model has no such measure, so there is no value of it.
  expect(before.readings).toEqual([
    { measure: bound.measure, where: bound.where, title: null, unit: '', value: null, at: null },
  ])
  const detail = { verdict: 'harm', detail: 'payment.success-rate is 0.5, below 0.98' }
  await world.db.actions.record(id, { kind: 'harm', actor: 'system', detail })
  expect((await viewer.breakers.watched()).actions).toMatchObject([{ id, broken: detail.detail }])
})

test('a measure that two watch is read once, and pushed bounds are not read', async () => {
  const started = await operator.breakers.start({
    name: 'Load test',
    bounds: [{ measure: 'loadtest.errors', minimum: null, maximum: 0.1, where: {}, source: 'pushed' }],
    onBreach: { kind: 'tell' },
    minutes: 5,
  })
  await inEffect('bounded-too', [bound])
  expect((await viewer.breakers.watched()).readings.map(({ measure }) => measure)).toEqual([bound.measure])
  await operator.breakers.end({ id: started.id })
})

test('webhooks are named, their addresses are not', async () => {
  await world.db.connections.save({ name: 'pager', kind: 'webhook', url: 'http://127.0.0.1:9/secret-path' })
  await world.db.connections.save({ name: 'shop-edge', kind: 'http-edge', url: 'http://127.0.0.1:9' })
  expect(await operator.breakers.webhooks()).toEqual(['pager'])
})
