import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openServer, type ServerWorld } from '../test/server-world.ts'

let world: ServerWorld
let editor: Awaited<ReturnType<ServerWorld['as']>>

beforeAll(async () => {
  world = await openServer()
  editor = await world.as('editor')
})
afterAll(() => world?.close())

const shop = `tenonModel: 1
entities:
  - { id: gateway, kind: service }
tables:
  gateway:
    entity: gateway
    source: shop-metrics
    measures:
      requests: { title: Requests, kind: counter, unit: requests/min, bad: down, select: 'http_requests_total{code="200"}' }
`

test('a file that fits is saved and used at once; who did it is on record', async () => {
  expect(await editor.model.files()).toEqual([])
  expect(await editor.model.save({ path: 'shop.yaml', text: shop, revision: 0 })).toEqual({ saved: true, revision: 1 })
  expect(await editor.data.entities({ kind: 'service' })).toMatchObject([{ id: 'gateway' }])
  expect(await editor.model.file({ path: 'shop.yaml' })).toMatchObject({ text: shop, revision: 1, generated: false })
  const [event] = await world.db.audit.list()
  expect(event).toMatchObject({ action: 'model.save', subject: 'shop.yaml' })
  // Unchanged is no new revision.
  expect(await editor.model.save({ path: 'shop.yaml', text: shop, revision: 1 })).toEqual({ saved: true, revision: 1 })
})

test('every problem has its file and line; what has one is not saved, and the model before it goes on', async () => {
  const text = 'tenonModel: 1\nrelations:\n  - { from: gateway, to: nowhere, kind: calls }\n'
  const expected = { problems: [{ path: 'more.yaml', line: 3, message: expect.any(String), fix: expect.any(String) }] }
  expect(await editor.model.check({ path: 'more.yaml', text })).toEqual(expected)
  expect(await editor.model.save({ path: 'more.yaml', text, revision: 0 })).toEqual({ saved: false, ...expected })
  // A file may be wrong only by what others say of it.
  const without = 'tenonModel: 1\nentities:\n  - { id: gateway, kind: [] }\n'
  expect((await editor.model.check({ path: 'shop.yaml', text: without })).problems).toMatchObject([{ line: 3 }])
  expect(await editor.model.files()).toHaveLength(1)
  expect(await editor.model.state()).toEqual({ refusal: null })
})

test('an edit of an older text is refused with the newer one', async () => {
  const saved = await editor.model.save({ path: 'shop.yaml', text: `${shop}# more\n`, revision: 1 })
  expect(saved).toMatchObject({ revision: 2 })
  await expect(editor.model.save({ path: 'shop.yaml', text: `${shop}# other\n`, revision: 1 })).rejects.toMatchObject({
    cause: { problem: { code: 'model-file-conflict', detail: { revision: 2, text: `${shop}# more\n` } } },
  })
  await expect(editor.model.save({ path: 'shop.yaml', text: shop, revision: 0 })).rejects.toThrow(/meanwhile/)
  expect(await editor.model.history({ path: 'shop.yaml' })).toMatchObject([{ revision: 2 }, { revision: 1 }])
  expect(await editor.model.revision({ path: 'shop.yaml', revision: 1 })).toEqual({ text: shop })
})

test.each(['../shop.yaml', '/etc/shop.yaml', 'shop.txt', '.hidden.yaml', 'a//b.yaml', 'a/../b.yaml'])(
  'the path %s is refused',
  async (path) => {
    await expect(editor.model.save({ path, text: 'tenonModel: 1\n', revision: 0 })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    })
  },
)

test('what discovery writes is not edited by hand; viewers only read', async () => {
  const generated = { path: 'generated/a.yaml', text: 'tenonModel: 1\n', revision: 0 }
  await expect(editor.model.save(generated)).rejects.toMatchObject({ cause: { problem: { code: 'generated-file' } } })
  const viewer = await world.as('viewer')
  expect(await viewer.model.files()).toHaveLength(1)
  await expect(viewer.model.save({ ...generated, path: 'a.yaml' })).rejects.toMatchObject({
    cause: { problem: { code: 'role-too-low' } },
  })
  const operator = await world.as('operator')
  await expect(operator.model.remove({ path: 'shop.yaml', revision: 2 })).rejects.toMatchObject({
    cause: { problem: { code: 'role-too-low' } },
  })
})

test('a measure whose source is not there is told with what to do', async () => {
  expect(await editor.model.validate({ path: 'shop.yaml' })).toMatchObject({
    left: 0,
    checks: [{ measure: 'gateway.requests', state: 'refused', message: expect.stringContaining('shop-metrics') }],
  })
  await expect(editor.model.validate({ path: 'none.yaml' })).rejects.toMatchObject({
    cause: { problem: { code: 'unknown-model-file' } },
  })
})

test('a change by another process is used without a restart', async () => {
  await world.db.modelFiles.write({
    version: await world.db.modelFiles.version(),
    changes: [
      { path: 'other.yaml', text: 'tenonModel: 1\nentities:\n  - { id: host-1, kind: host }\n', generated: false },
    ],
    by: 'another',
  })
  await vi.waitFor(async () => expect(await editor.data.entities({ kind: 'host' })).toMatchObject([{ id: 'host-1' }]), {
    timeout: 20_000,
  })
  await editor.model.remove({ path: 'other.yaml', revision: 1 })
  expect(await editor.data.entities({ kind: 'host' })).toEqual([])
})
