import { DataError, type ModelChange } from '@tenon/data'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Actor } from '../actor.ts'
import { openServer, type ServerWorld } from '../test/server-world.ts'
import { startDiscovery } from './discovery.ts'

let world: ServerWorld
let editor: Awaited<ReturnType<ServerWorld['as']>>
const actor: Actor = { kind: 'user', id: 'u1', name: 'Ada', email: 'ada@example.com', role: 'editor' }

beforeAll(async () => {
  world = await openServer()
  editor = await world.as('editor')
  await world.db.connections.save({ name: 'shop-metrics', kind: 'prometheus', url: 'http://127.0.0.1:9' })
})
afterAll(() => world?.close())

const entity = (id: string): ModelChange => ({
  key: `entities/${id}`,
  section: 'entities',
  op: 'add',
  title: `Add service ${id}`,
  after: { id, kind: 'service', attributes: {}, from: 'shop-metrics' },
})
const relation: ModelChange = {
  key: 'relations/gateway calls payment',
  section: 'relations',
  op: 'add',
  title: 'Add relation',
  after: { from: 'gateway', to: 'payment', kind: 'calls', by: 'shop-metrics: graph' },
}
const found = {
  changes: [entity('gateway'), entity('payment'), entity('cashier'), relation],
  notes: ['one left'],
  summary: 'New: 3.',
}
const begin = (discover: Parameters<typeof startDiscovery>[2]) =>
  startDiscovery(world.services, { connection: 'shop-metrics', actor }, discover)
const ended = (id: string) =>
  vi.waitFor(
    async () => {
      const proposal = await editor.model.proposal({ id })
      expect(proposal.state).not.toBe('running')
      return proposal
    },
    { timeout: 20_000 },
  )

test('what is found is a proposal; the part that is accepted, with what it needs, is in the model at once', async () => {
  const gate = Promise.withResolvers<typeof found>()
  const id = await begin(() => gate.promise)
  expect(await editor.model.proposals()).toMatchObject([{ id, state: 'running', source: 'shop-metrics' }])
  await expect(begin(() => gate.promise)).rejects.toMatchObject({ code: 'discovery-running' })
  await expect(editor.model.accept({ id })).rejects.toMatchObject({ cause: { problem: { code: 'proposal-decided' } } })
  gate.resolve(found)
  expect(await ended(id)).toMatchObject({ state: 'open', notes: ['one left'], changes: [{ op: 'add' }, {}, {}, {}] })
  expect(await editor.data.entities({ kind: 'service' })).toEqual([])

  await editor.model.accept({ id, only: [relation.key] })
  expect((await editor.data.entities({ kind: 'service' })).map((one) => one.id).toSorted()).toEqual([
    'gateway',
    'payment',
  ])
  expect(await editor.model.files()).toMatchObject([{ path: 'generated/shop-metrics.yaml', generated: true }])
  expect(await ended(id)).toMatchObject({ state: 'accepted' })
  await expect(editor.model.accept({ id })).rejects.toMatchObject({ cause: { problem: { code: 'proposal-decided' } } })
  expect((await world.db.audit.list()).map(({ action }) => action)).toContain('model.accept')
})

test('a source that cannot be read makes a proposal that says why', async () => {
  const id = await begin(async () => {
    throw new DataError('source-unreachable', 'The source does not answer.', { fix: 'Start it.' })
  })
  expect(await ended(id)).toMatchObject({
    state: 'failed',
    error: { code: 'source-unreachable', message: 'The source does not answer.', fix: 'Start it.' },
  })
})

test('what would make the model wrong is not taken and stays open; rejected, it is over', async () => {
  await editor.model.save({
    path: 'mine.yaml',
    text: 'tenonModel: 1\nrelations:\n  - { from: gateway, to: payment, kind: runs-on }\n',
    revision: 0,
  })
  const gone: ModelChange = {
    key: 'entities/payment',
    section: 'entities',
    op: 'remove',
    title: 'Remove service payment',
  }
  const id = await begin(async () => ({ changes: [gone], notes: [], summary: 'Gone: 1.' }))
  await ended(id)
  await expect(editor.model.accept({ id })).rejects.toMatchObject({ cause: { problem: { code: 'model-invalid' } } })
  expect(await ended(id)).toMatchObject({ state: 'open' })
  await expect(editor.model.accept({ id, only: ['entities/none'] })).rejects.toMatchObject({
    cause: { problem: { code: 'bad-model' } },
  })
  const operator = await world.as('operator')
  await expect(operator.model.reject({ id })).rejects.toMatchObject({ cause: { problem: { code: 'role-too-low' } } })
  await editor.model.reject({ id })
  expect(await ended(id)).toMatchObject({ state: 'rejected' })
})

test('a connection that is not there, or that nothing can discover, is told', async () => {
  await expect(editor.model.discover({ connection: 'none' })).rejects.toMatchObject({
    cause: { problem: { code: 'unknown-connection' } },
  })
  await world.db.connections.save({ name: 'hook', kind: 'hook', url: '' })
  const { proposalId } = await editor.model.discover({ connection: 'hook' })
  expect(await ended(proposalId)).toMatchObject({ state: 'failed', error: { code: 'unknown-source' } })
})
