import { createDataService, modelFile, type OpenDataService } from '@tenon/data'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startRestServer, type RestServer } from '../../test/rest-server.ts'
import { openServer, type ServerWorld } from '../../test/server-world.ts'

const success = { title: 'Success', kind: 'gauge', unit: '1', bad: 'down', select: 'success' }
const model = modelFile.parse({
  tenonModel: 1,
  entities: [{ id: 'payment', kind: 'service' }],
  tables: {
    payment: {
      entity: 'payment',
      source: 'metrics',
      dimensions: { zone: 'zone' },
      measures: { 'success-rate': success },
    },
  },
})

let world: ServerWorld
let rest: RestServer
let data: OpenDataService
const tokens: Record<string, string> = {}

beforeAll(async () => {
  world = await openServer()
  data = createDataService({ model, sources: () => Promise.reject(new Error('not asked')) })
  world.services.data = async () => data
  rest = await startRestServer(world.services)
  const { id } = await world.db.users.create({ name: 'Ada', email: 'ada@example.com', role: 'admin' })
  for (const role of ['operator', 'viewer'] as const)
    tokens[role] = (await world.db.tokens.create({ name: role, role, userId: id, expiresAt: null })).token
})
afterAll(async () => {
  await rest?.close()
  await data?.close()
  await world?.close()
})

async function call(
  method: string,
  path: string,
  { body, role = 'operator' }: { body?: unknown; role?: string } = {},
): Promise<{ status: number; body: unknown }> {
  const answer = await rest.fetch(`${rest.url}/api/v1/breakers${path}`, {
    method,
    headers: { authorization: `Bearer ${tokens[role]}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: answer.status, body: await answer.json() }
}

const pushedBound = { measure: 'generator.p99', maximum: 2, source: 'pushed' }
const wanted = { name: 'Load test', bounds: [pushedBound], onBreach: { kind: 'tell' }, minutes: 5, graceSeconds: 30 }

async function started(over: object = {}): Promise<string> {
  const { status, body } = await call('POST', '', { body: { ...wanted, ...over } })
  expect(status).toBe(201)
  expect(body).toMatchObject({ id: expect.any(String), state: 'watching' })
  return (body as { id: string }).id
}

test('a load generator starts one, pushes what it measures, and is told to stop', async () => {
  const id = await started()
  expect((await call('GET', '', { role: 'viewer' })).body).toMatchObject({ items: [{ id, name: 'Load test' }] })
  const sample = { measure: 'generator.p99', value: 1.5 }
  expect(await call('POST', `/${id}/samples`, { body: sample })).toMatchObject({
    status: 200,
    body: { state: 'watching', pushed: [{ measure: 'generator.p99', where: {}, value: 1.5 }] },
  })
  expect(await call('POST', `/${id}/samples`, { body: { ...sample, value: 3 } })).toMatchObject({
    status: 200,
    body: { state: 'tripped', detail: 'generator.p99 is 3, above 2', result: null },
  })
  expect(await call('GET', `/${id}`, { role: 'viewer' })).toMatchObject({ body: { state: 'tripped' } })
  expect(await call('POST', `/${id}/samples`, { body: sample })).toMatchObject({
    status: 409,
    body: { code: 'ledger-conflict' },
  })
  expect(await call('DELETE', `/${id}`)).toMatchObject({ status: 409, body: { code: 'breaker-over' } })
  const trip = (await world.db.audit.list()).find(({ action, subject }) => action === 'breakers.trip' && subject === id)
  expect(trip?.actor).toMatch(/^token:/)
})

test('measures of the model are watched, with their dimensions', async () => {
  const bounds = [{ measure: 'payment.success-rate', where: { zone: 'B' }, minimum: 0.98 }]
  const id = await started({ bounds })
  expect((await call('GET', `/${id}`)).body).toMatchObject({ bounds: [{ ...bounds[0], source: 'model' }], pushed: [] })
})

test('one that was ended watches nothing', async () => {
  const id = await started()
  expect(await call('DELETE', `/${id}`)).toMatchObject({ status: 200, body: { state: 'ended' } })
  expect(await call('POST', `/${id}/samples`, { body: { measure: 'generator.p99', value: 3 } })).toMatchObject({
    status: 409,
  })
})

test.each([
  ['an unknown measure', { bounds: [{ measure: 'payment.succes-rate', minimum: 0.98 }] }, 'unknown-measure'],
  [
    'an unknown dimension',
    { bounds: [{ measure: 'payment.success-rate', where: { planet: 'X' }, minimum: 1 }] },
    'bad-breaker',
  ],
  ['a run that is none', { onBreach: { kind: 'cancel-run', runId: crypto.randomUUID() } }, 'bad-breaker'],
  ['a webhook that is none', { onBreach: { kind: 'webhook', connection: 'nowhere' } }, 'bad-breaker'],
  ['a scope that holds for nothing', { onBreach: { kind: 'stop-writes', scope: 'runbook:nowhere' } }, 'bad-request'],
  ['to revert all', { onBreach: { kind: 'revert', scope: 'all' } }, 'bad-input'],
])('%s is refused', async (_name, over, code) => {
  const { status, body } = await call('POST', '', { body: { ...wanted, ...over } })
  expect(status).toBeGreaterThanOrEqual(400)
  expect(body).toMatchObject({ code })
})

test('who may only look starts and ends nothing, and unknown ones are named', async () => {
  expect((await call('POST', '', { body: wanted, role: 'viewer' })).status).toBe(403)
  const id = await started()
  expect((await call('DELETE', `/${id}`, { role: 'viewer' })).status).toBe(403)
  expect(await call('GET', `/${crypto.randomUUID()}`)).toMatchObject({ status: 404, body: { code: 'unknown-breaker' } })
})
