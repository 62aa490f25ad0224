/** Secrets of connections: they go in, and come out to nobody. */
import { createServer, type Server } from 'node:http'
import { Socket } from 'node:net'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { problemOf } from '../errors.ts'
import { openServer, type ServerWorld } from '../test/server-world.ts'

let world: ServerWorld
let admin: Awaited<ReturnType<ServerWorld['as']>>
const secret = 'sk-very-secret'

beforeAll(async () => {
  world = await openServer()
  admin = await world.as('admin')
})
afterAll(() => world.close())

const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'done',
    (error) => problemOf(error).code,
  )

test('a secret is in no answer and not in the audit log', async () => {
  const connection = { name: 'store', kind: 'prometheus' as const, url: 'http://127.0.0.1:9090', secret }
  const answers = [await admin.settings.connections.save(connection), await admin.settings.connections.list()]
  answers.push(await admin.catalogue.get().then(() => []))
  expect(JSON.stringify([...answers, await world.db.audit.list()])).not.toContain(secret)
  expect(await world.db.connections.secret('store')).toBe(secret)
})

test('the stored secret is sent to no other address than the one it was entered for', async () => {
  const heard: (string | undefined)[] = []
  const server = createServer((request, response) => {
    heard.push(request.headers.authorization)
    response.end('{}')
  })
  const url = await listening(server)
  const elsewhere = { name: 'hook', kind: 'prometheus' as const, url }
  await admin.settings.connections.save({ ...elsewhere, url: 'http://127.0.0.1:9', secret })
  expect(await codeOf(admin.settings.connections.test(elsewhere))).toBe('secret-needed')
  expect(await codeOf(admin.settings.connections.save(elsewhere))).toBe('secret-needed')
  expect(heard).toEqual([])
  expect(await world.db.connections.get('hook')).toMatchObject({ url: 'http://127.0.0.1:9' })
  // Another path of the same server is the same server; entered again, it goes where it was entered for.
  await admin.settings.connections.save({ ...elsewhere, url: 'http://127.0.0.1:9/prometheus' })
  await admin.settings.connections.test({ ...elsewhere, secret: 'another' })
  expect(heard.length).toBeGreaterThan(0)
  expect(new Set(heard)).toEqual(new Set(['Bearer another']))
  server.close()
})

test('an address of a cloud’s metadata opens no socket and is not saved', async () => {
  const connect = vi.spyOn(Socket.prototype, 'connect')
  const refused = [
    { kind: 'webhook' as const, url: 'http://169.254.169.254/latest' },
    { kind: 'prometheus' as const, url: 'http://[::ffff:a9fe:a9fe]' },
    { kind: 'http-edge' as const, url: 'http://0251.0376.0251.0376' },
    { kind: 'haproxy' as const, url: 'tcp://0xA9FEA9FE:80' },
    { kind: 'haproxy' as const, url: 'tcp://[64:ff9b::a9fe:a9fe]:80' },
  ]
  for (const { kind, url } of refused) {
    // The database's own sockets are open already; what opens now would be ours.
    await admin.settings.connections.list()
    connect.mockClear()
    expect(await codeOf(admin.settings.connections.test({ name: 'bad', kind, url })), url).toBe('forbidden-address')
    expect(await codeOf(admin.settings.connections.save({ name: 'bad', kind, url })), url).toBe('forbidden-address')
    expect(connect, url).not.toHaveBeenCalled()
  }
  connect.mockRestore()
  expect(await world.db.connections.get('bad')).toBeNull()
})

function listening(server: Server): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`)
    })
  })
}

test('a hook is nothing but its secret: no address, long enough, and told to nobody', async () => {
  const hook = { name: 'alerts-hook', kind: 'hook' as const, url: '', secret: 'long enough for a hook' }
  expect(await codeOf(admin.settings.connections.save({ ...hook, secret: undefined }))).toBe('secret-needed')
  expect(await codeOf(admin.settings.connections.save({ ...hook, secret: 'short' }))).toBe('secret-needed')
  expect(await codeOf(admin.settings.connections.save({ ...hook, url: 'http://127.0.0.1' }))).toBe('bad-input')
  expect(await codeOf(admin.settings.connections.save({ ...hook, kind: 'prometheus' }))).toBe('bad-input')
  const saved = await admin.settings.connections.save(hook)
  expect(saved).toMatchObject({ kind: 'hook', url: '', hasSecret: true })
  expect(JSON.stringify([saved, await admin.settings.connections.list()])).not.toContain(hook.secret)
  // Another kind of connection would send it somewhere.
  const elsewhere = { name: hook.name, kind: 'prometheus' as const, url: 'http://127.0.0.1:9' }
  expect(await codeOf(admin.settings.connections.save(elsewhere))).toBe('secret-needed')
  expect(await codeOf(admin.settings.connections.save({ ...hook, secret: undefined }))).toBe('done')
})
