import { newLimit } from '@tenon/actions/test-action'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startRestServer, type RestServer } from '../../test/rest-server.ts'
import { openServer, type ServerWorld } from '../../test/server-world.ts'

let world: ServerWorld
let rest: RestServer
let token: string

beforeAll(async () => {
  world = await openServer()
  rest = await startRestServer(world.services)
  const { id } = await world.db.users.create({ name: 'Ada', email: 'ada@example.com', role: 'admin' })
  token = (await world.db.tokens.create({ name: 'load-test', role: 'operator', userId: id, expiresAt: null })).token
})
afterAll(async () => {
  await rest?.close()
  await world?.close()
})

async function push(id: string, body: unknown): Promise<{ status: number; body: unknown }> {
  const answer = await rest.fetch(`${rest.url}/api/v1/actions/${id}/samples`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: answer.status, body: await answer.json() }
}

test('a pushed value is judged at once, and a breach is on record once', async () => {
  const { actions } = world.db
  const claimed = await actions.claim(limit, { kind: 'plan', actor: 'system', detail: {} }, noRules)
  const { id } = claimed.action
  const sample = { measure: 'payment.success-rate', where: { zone: 'B' }, value: 0.99 }
  expect(await push(id, sample)).toMatchObject({ status: 409, body: { code: 'ledger-conflict' } })
  const event = { actor: 'system', detail: {} }
  await actions.advance(id, { from: ['planned'], to: 'intended', event: { kind: 'intent', ...event } })
  await actions.advance(id, { from: ['intended'], to: 'done', event: { kind: 'verify', ...event } })

  expect(await push(id, sample)).toEqual({ status: 200, body: { verdict: 'well', detail: null } })
  expect(await push(id, { ...sample, where: {} })).toMatchObject({ body: { code: 'bad-request' } })
  expect(await push(id, { ...sample, value: 'low' })).toMatchObject({ status: 400 })
  expect((await actions.events(id)).map(({ kind }) => kind)).not.toContain('harm')

  const broken = { status: 200, body: { verdict: 'harm', detail: 'payment.success-rate (zone B) is 0.5, below 0.98' } }
  expect(await push(id, { ...sample, value: 0.5 })).toEqual(broken)
  expect(await push(id, { ...sample, value: 0.5 })).toEqual(broken)
  const harm = (await actions.events(id)).filter(({ kind }) => kind === 'harm')
  expect(harm).toHaveLength(1)
  expect(harm[0]).toMatchObject({ actor: expect.stringMatching(/^token:/), detail: { verdict: 'harm', pushed: true } })
  expect(await push(crypto.randomUUID(), sample)).toMatchObject({ status: 404, body: { code: 'unknown-action' } })
})

const noRules = { recentSeconds: 0, refuse: () => null }
const limit = newLimit({
  request: {
    kind: 'rate-limit',
    entity: 'payment',
    requestsPerSecond: 50,
    leaseSeconds: 60,
    harm: [{ measure: 'payment.success-rate', where: { zone: 'B' }, minimum: 0.98, maximum: null }],
  },
})
