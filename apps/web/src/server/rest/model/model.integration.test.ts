/** The model and views over HTTP; every answer is held against what its operation declares. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startRestServer, type RestServer } from '../../test/rest-server.ts'
import { openServer, type ServerWorld } from '../../test/server-world.ts'
import { operationGroups } from '../operations.ts'

let world: ServerWorld
let rest: RestServer
const tokens: Record<string, string> = {}

beforeAll(async () => {
  world = await openServer()
  rest = await startRestServer(world.services)
  const owner = await world.db.users.create({ name: 'Ada', email: 'ada@example.com', role: 'admin' })
  for (const role of ['viewer', 'operator', 'editor'] as const) {
    const made = await world.db.tokens.create({ name: role, role, userId: owner.id, expiresAt: null })
    tokens[role] = made.token
  }
})
afterAll(async () => {
  await rest?.close()
  await world?.close()
})

const as = (role: string) => ({ token: tokens[role] ?? '' })
const get = (path: string, role = 'viewer') => rest.call('GET', path, as(role))
const send = (method: string, path: string, body: unknown, role = 'editor') =>
  rest.call(method, path, { ...as(role), body })

const gateway = { path: 'shop.yaml', text: 'tenonModel: 1\nentities:\n  - { id: gateway, kind: service }\n' }
const host = { path: 'hosts.yaml', text: 'tenonModel: 1\nentities:\n  - { id: host-1, kind: host }\n' }
const wrong = { path: 'more.yaml', text: 'tenonModel: 1\nrelations:\n  - { from: gateway, to: none, kind: calls }\n' }
const names = ({ body }: { body: { items: { path: string }[] } }) => body.items.map(({ path }) => path)

test('files are written as a whole, listed with their texts, and used at once', async () => {
  const dry = await send('PUT', '/api/v1/model/files', { files: [gateway, host], dryRun: true })
  expect(dry.body).toEqual({
    dryRun: true,
    files: [
      { path: 'shop.yaml', action: 'create' },
      { path: 'hosts.yaml', action: 'create' },
    ],
  })
  expect(names(await get('/api/v1/model/files'))).toEqual([])
  await send('PUT', '/api/v1/model/files', { files: [gateway, host] })
  const listed = await get('/api/v1/model/files?text=true')
  expect(listed.body.items).toMatchObject([
    { path: 'hosts.yaml', text: host.text, revision: 1, updatedBy: 'token:editor of ada@example.com' },
    { path: 'shop.yaml', text: gateway.text },
  ])
  expect((await get('/api/v1/model/files')).body.items[0].text).toBeNull()
  expect(await (await world.services.data()).entity({ kind: 'host' })).toHaveLength(1)

  const pruned = await send('PUT', '/api/v1/model/files', { files: [gateway], prune: true })
  expect(pruned.body.files).toEqual([
    { path: 'shop.yaml', action: 'unchanged' },
    { path: 'hosts.yaml', action: 'remove' },
  ])
  expect(names(await get('/api/v1/model/files'))).toEqual(['shop.yaml'])
})

test('a model that would be wrong is not written, and every problem is told', async () => {
  const refused = await send('PUT', '/api/v1/model/files', { files: [wrong] })
  expect(refused).toMatchObject({ status: 422, body: { code: 'model-invalid' } })
  expect(JSON.stringify(refused.body)).toContain('"line":3')
  expect(names(await get('/api/v1/model/files'))).toEqual(['shop.yaml'])
  const checked = await send('POST', '/api/v1/model/check', { files: [wrong] }, 'viewer')
  expect(checked.body).toMatchObject({ ok: false, problems: [{ path: 'more.yaml', line: 3 }] })
  // Alone, the file lacks what the stored model has.
  const fine = { path: 'more.yaml', text: wrong.text.replace('none', 'gateway') }
  const alone = await send('POST', '/api/v1/model/check', { files: [fine], alone: true }, 'viewer')
  expect(alone.body.ok).toBe(false)
  expect((await send('PUT', '/api/v1/model/files', { files: [gateway, gateway] })).status).toBe(400)
  expect((await send('PUT', '/api/v1/model/files', { files: [{ ...gateway, path: '../x.yaml' }] })).status).toBe(400)
  expect((await send('PUT', '/api/v1/model/files', { files: [gateway] }, 'operator')).status).toBe(403)
})

test('a discovery is begun, looked at and decided', async () => {
  // Nothing listens there: the proposal says so.
  await world.db.connections.save({ name: 'away', kind: 'prometheus', url: 'http://127.0.0.1:1' })
  const begun = await send('POST', '/api/v1/model/discoveries', { connection: 'away' })
  expect(begun.status).toBe(202)
  const { proposalId } = begun.body
  await vi.waitFor(async () => expect((await get(`/api/v1/model/proposals/${proposalId}`)).body.state).toBe('failed'), {
    timeout: 20_000,
  })
  expect((await get(`/api/v1/model/proposals/${proposalId}`)).body.error.fix).not.toBe('')
  expect((await send('POST', '/api/v1/model/discoveries', { connection: 'none' })).status).toBe(404)

  const propose = async (id: string) => {
    const made = await world.db.modelProposals.begin('shop', 'ada@example.com')
    const after = { id, kind: 'service', attributes: {}, from: 'shop' }
    const change = { key: `entities/${id}`, section: 'entities', op: 'add', title: `Add service ${id}`, after }
    await world.db.modelProposals.finish(made, { summary: 'New: 1.', changes: [change], notes: [] })
    return made
  }
  const taken = await propose('payment')
  expect((await get('/api/v1/model/proposals')).body.items[0]).toMatchObject({ id: taken, state: 'open' })
  const accepted = await send('POST', `/api/v1/model/proposals/${taken}/accept`, { only: ['entities/payment'] })
  expect(accepted.body).toEqual({ files: ['generated/shop.yaml'] })
  expect(await (await world.services.data()).entity({ id: 'payment' })).toHaveLength(1)
  expect((await send('POST', `/api/v1/model/proposals/${taken}/accept`, {})).status).toBe(409)
  const left = await propose('cashier')
  expect((await send('POST', `/api/v1/model/proposals/${left}/reject`, {}, 'operator')).status).toBe(403)
  expect((await rest.call('POST', `/api/v1/model/proposals/${left}/reject`, as('editor'))).body).toEqual({
    rejected: true,
  })
})

test('a view is frozen, read, exported and deleted', async () => {
  const table = `tenonModel: 1
tables:
  gateway:
    entity: gateway
    source: analysis
    from: analysis
    measures:
      judged: { title: Judged, kind: counter, unit: verdicts/min, bad: down, select: '*' }
`
  await send('PUT', '/api/v1/model/files', { files: [{ path: 'tables.yaml', text: table }] })
  const to = new Date(Math.floor(Date.now() / 60_000) * 60_000).toISOString()
  const from = new Date(Date.parse(to) - 600_000).toISOString()
  const ask = { title: 'Judged', series: [{ measure: 'gateway.judged' }], from, to, stepSeconds: 60 }
  expect((await send('POST', '/api/v1/views', ask, 'viewer')).status).toBe(403)
  const made = await send('POST', '/api/v1/views', ask, 'operator')
  expect(made.status).toBe(201)
  const { id } = made.body
  expect((await get(`/api/v1/views/${id}`)).body).toMatchObject({
    title: 'Judged',
    series: [{ measure: 'gateway.judged', series: [{ points: expect.any(Array) }], query: { source: 'analysis' } }],
  })
  expect((await get(`/api/v1/views/${id}/grafana`)).body).toMatchObject({ title: 'Judged', panels: [{ type: 'text' }] })
  expect((await get('/api/v1/views')).body.items).toMatchObject([{ id }])
  expect((await send('POST', '/api/v1/views', { ...ask, from: to, to: from }, 'operator')).status).toBe(400)
  expect((await send('DELETE', `/api/v1/views/${id}`, undefined, 'operator')).body).toEqual({ deleted: true })
  expect((await get(`/api/v1/views/${id}`)).status).toBe(404)
})

test('every operation was answered', () => {
  const all = [...(operationGroups['Model'] ?? []), ...(operationGroups['Views'] ?? [])]
  expect(all.filter(({ id }) => !rest.answered.has(id)).map(({ id }) => id)).toEqual([])
})
