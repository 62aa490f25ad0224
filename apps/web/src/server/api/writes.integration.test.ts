/** The kill switch, the glass and the channel of critical notices, as the pages ask for them. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { problemOf } from '../errors.ts'
import { openServer, publishRunbook, type ServerWorld } from '../test/server-world.ts'

let world: ServerWorld
let operator: Awaited<ReturnType<ServerWorld['as']>>
let admin: Awaited<ReturnType<ServerWorld['as']>>

beforeAll(async () => {
  world = await openServer()
  operator = await world.as('operator')
  admin = await world.as('admin')
  await world.db.connections.save({ name: 'shop-edge', kind: 'http-edge', url: 'http://127.0.0.1:9' })
  await world.db.connections.save({ name: 'shop-metrics', kind: 'prometheus', url: 'http://127.0.0.1:9' })
  await world.db.connections.save({ name: 'pager', kind: 'webhook', url: 'http://127.0.0.1:9' })
  await publishRunbook(world, { name: 'payment-down' })
})
afterAll(() => world.close())
beforeEach(async () => {
  for (const { scope } of await operator.writes.stops()) await operator.writes.resume({ scope })
})

const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'done',
    (error) => problemOf(error).code,
  )

test('each stop is listed with who, why and what it holds for, and ends alone', async () => {
  await operator.writes.stop({ reason: 'Fire' })
  await operator.writes.stop({ reason: 'The edge moves', scope: 'connection:shop-edge' })
  await operator.writes.stop({ reason: 'Flaps', scope: 'runbook:payment-down' })
  expect((await operator.writes.stops()).map(({ reason, holdsFor }) => [reason, holdsFor])).toEqual([
    ['Flaps', { of: 'runbook', runbook: 'payment-down' }],
    ['The edge moves', { of: 'connection', connection: 'shop-edge' }],
    ['Fire', { of: 'all' }],
  ])
  await operator.writes.resume()
  expect((await operator.writes.stops()).map(({ scope }) => scope)).toEqual([
    'runbook:payment-down',
    'connection:shop-edge',
  ])
})

test('a stop that would hold for nothing is refused', async () => {
  for (const scope of [
    'connection:shop-egde',
    'connection:shop-metrics',
    'runbook:payment-dwon',
    'target:shop-edge/paiment',
    'kind:scael',
    'everything',
  ])
    expect([scope, await codeOf(operator.writes.stop({ reason: 'Fire', scope }))]).toEqual([scope, 'bad-request'])
  expect(await operator.writes.stops()).toEqual([])
})

test('a stop that nobody can read holds for all, and can be ended', async () => {
  await world.db.settings.stopWrites('cli:ann', 'Fire', 'region:north')
  expect(await operator.writes.stops()).toMatchObject([{ scope: 'region:north', holdsFor: { of: 'all' } }])
  await operator.writes.resume({ scope: 'region:north' })
  expect(await operator.writes.stops()).toEqual([])
})

test('choices are what exists, by what is typed', async () => {
  const viewer = await world.as('viewer')
  expect(await viewer.writes.scopes({ of: 'connection' })).toEqual([{ name: 'shop-edge', note: 'http-edge' }])
  expect(await viewer.writes.scopes({ of: 'runbook', text: 'PAYMENT' })).toMatchObject([{ name: 'payment-down' }])
  expect(await viewer.writes.scopes({ of: 'runbook', text: 'nothing' })).toEqual([])
  // What is called so goes before what is only described so.
  await world.db.connections.save({ name: 'http-edge-b', kind: 'haproxy', url: 'tcp://127.0.0.1:9' })
  const edges = await viewer.writes.scopes({ of: 'connection', text: 'http-edge' })
  expect(edges.map(({ name }) => name)).toEqual(['http-edge-b', 'shop-edge'])
  expect((await viewer.writes.scopes({ of: 'kind' })).map(({ name }) => name)).toContain('traffic-switch')
})

test('only an admin breaks the glass; it is on record, everyone is told, and an operator mends it', async () => {
  const breaking = { reason: 'Payment is down', minutes: 30 }
  expect(await codeOf(operator.writes.breakGlass(breaking))).toBe('role-too-low')
  expect(await operator.writes.glass()).toBeNull()
  await admin.writes.breakGlass(breaking)
  expect(await operator.writes.glass()).toMatchObject({ reason: 'Payment is down' })
  expect((await operator.inbox.list())[0]).toMatchObject({
    title: expect.stringContaining('broke the glass for 30 min'),
    body: expect.stringMatching(/^Payment is down\. Until then/),
    severity: 'critical',
  })
  await operator.writes.mendGlass()
  expect(await operator.writes.glass()).toBeNull()
  const actions = (await world.db.audit.list()).map(({ action }) => action)
  expect(actions.slice(0, 2)).toEqual(['writes.mend-glass', 'writes.break-glass'])
})

test('critical notices go to a webhook connection, and to no other', async () => {
  expect(await admin.settings.paging.get()).toEqual({
    channel: null,
    trouble: null,
    lastSent: null,
    choices: ['pager'],
  })
  for (const connection of ['shop-metrics', 'nothing'])
    expect(await codeOf(admin.settings.paging.set({ connection }))).toBe('unknown-connection')
  await admin.settings.paging.set({ connection: 'pager' })
  await admin.settings.paging.test()
  expect((await world.db.paging.waiting()).map(({ title }) => title)).toEqual(['A test of critical notices'])
  await admin.settings.paging.set({ connection: null })
  expect(await world.db.paging.waiting()).toEqual([])
})
