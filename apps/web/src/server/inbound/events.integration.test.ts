/** Events by name on a real database: who listens, who waits, and what is said when nobody does. */
import { randomUUID } from 'node:crypto'
import { emitEvent } from '@tenon/db'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { ApiError, temporalUnreachable } from '../errors.ts'
import { startRestServer, type RestServer } from '../test/rest-server.ts'
import { openServer, publishRunbook, type ServerWorld } from '../test/server-world.ts'
import { startDispatcher } from './dispatcher.ts'

let world: ServerWorld
let rest: RestServer
let token: string

beforeAll(async () => {
  world = await openServer()
  rest = await startRestServer(world.services)
  const owner = await world.db.users.create({ name: 'Ada', email: 'ada@example.com', role: 'admin' })
  token = (await world.db.tokens.create({ name: 'ci', role: 'operator', userId: owner.id, expiresAt: null })).token
  const trigger = (more: string) => `
triggers:
  deployed: { kind: event, event: deployed${more} }
`
  await publishRunbook(world, { name: 'one', more: trigger(", params: { chain: '${event.payload.chain}' }") })
  await publishRunbook(world, { name: 'two', more: trigger(', when: \'event.payload.chain == "other"\'') })
})
afterAll(async () => {
  await rest.close()
  await world.close()
})
afterEach(() => {
  world.engine.down = null
})

const send = (body: object) => rest.call('POST', '/api/v1/events', { token, body })
const startedBy = (id: string) => world.engine.started.filter(({ context }) => context.runId === id)

test('starts the runbooks that listen, once', async () => {
  const event = { name: 'deployed', id: randomUUID(), payload: { chain: 'card-payment' } }
  const sent = await send(event)
  expect(sent).toMatchObject({ status: 202, body: { disposition: 'delivered' } })
  const [first, second] = sent.body.met.toSorted((a: { source: string }, b: { source: string }) =>
    a.source < b.source ? -1 : 1,
  )
  expect(first).toMatchObject({ source: 'one/deployed', disposition: 'ran' })
  expect(second).toMatchObject({ source: 'two/deployed', disposition: 'filtered', runId: null })
  expect(await world.db.runs.get(first.runId)).toMatchObject({
    trigger: 'event',
    requestedBy: 'event:one/deployed',
    params: { chain: 'card-payment' },
    payload: { ...event, hops: 0 },
  })
  expect(await send(event)).toMatchObject({ status: 200, body: { disposition: 'deduplicated', met: [] } })
  expect(startedBy(first.runId)).toHaveLength(1)
})

test('nobody listens: filtered', async () => {
  expect(await send({ name: 'nobody-cares' })).toMatchObject({ status: 200, body: { disposition: 'filtered' } })
})

test('reaches the steps that wait', async () => {
  const operator = await world.as('operator')
  const { runId } = await operator.runs.start({ name: 'one' })
  await world.db.eventWaits.add({ runId, stepId: 'wait#0', event: 'done', expiresAt: Date.now() + 60_000 })
  const id = randomUUID()
  const sent = await send({ name: 'done', id, payload: { ok: true } })
  expect(sent.body.met).toMatchObject([{ source: `run:${runId}/wait#0`, disposition: 'delivered', runId }])
  expect(world.engine.delivered).toEqual([
    { runId, delivery: { stepId: 'wait#0', event: { name: 'done', id, payload: { ok: true } } } },
  ])
})

test('Temporal is away: told again until each has it, and nobody twice', async () => {
  world.engine.down = new ApiError(temporalUnreachable)
  const sent = await send({ name: 'deployed', id: randomUUID(), payload: { chain: 'card-payment' } })
  expect(sent).toMatchObject({ status: 202, body: { disposition: 'accepted' } })
  world.engine.down = null
  const dispatcher = startDispatcher(world.services)
  try {
    await dispatcher.sweep(0)
    expect(await world.db.inbound.get(sent.body.id)).toMatchObject({ disposition: 'delivered' })
    const { id } = sent.body.met.find(({ source }: { source: string }) => source === 'one/deployed')
    expect(await world.db.inbound.get(id)).toMatchObject({ disposition: 'ran' })
    expect(startedBy(id)).toHaveLength(1)
  } finally {
    dispatcher.stop()
  }
})

test('a step of a run sends one: it is picked up at once, and sent once', async () => {
  const dispatcher = startDispatcher(world.services, { everyMs: 3_600_000 })
  try {
    await dispatcher.sweep(0)
    const before = world.engine.started.length
    const context = { trigger: { kind: 'button' as const, by: 'ada' } }
    const event = { name: 'deployed', payload: { chain: 'card-payment' }, key: `${randomUUID()}/send` }
    expect(await emitEvent(world.db, context, event)).toEqual({ ok: true })
    expect(await emitEvent(world.db, context, event)).toEqual({ ok: true })
    await vi.waitFor(() => expect(world.engine.started.length).toBe(before + 1), { timeout: 5_000 })
    expect(world.engine.started.at(-1)?.context.trigger.payload).toMatchObject({ id: event.key, hops: 1 })
  } finally {
    dispatcher.stop()
  }
})

test('events that lead to events end', async () => {
  const context = { trigger: { kind: 'event' as const, by: 'event:one/deployed', payload: { hops: 8 } } }
  const sent = await emitEvent(world.db, context, { name: 'deployed', payload: {}, key: randomUUID() })
  expect(sent).toMatchObject({ ok: false, code: 'event-loop' })
})

test.each([
  [{}, 'bad-input'],
  [{ name: '' }, 'bad-input'],
  [{ name: 'a', other: 1 }, 'bad-input'],
  [{ name: 'a', payload: 'x'.repeat(300_000) }, 'body-too-large'],
])('refused %#', async (body, code) => expect((await send(body)).body).toMatchObject({ code }))
