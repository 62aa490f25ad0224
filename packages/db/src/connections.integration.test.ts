import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openWorld, type World } from '../test/world.ts'
import { createSecretBox, openDatabase } from './index.ts'

const secret = 'admin:correct-horse-battery'
let world: World

beforeAll(async () => {
  world = await openWorld()
  await world.db.connections.save({ name: 'edge', kind: 'http-edge', url: 'http://127.0.0.1:9', secret })
})
afterAll(() => world?.close())

test('a secret is not in its row nor in what is listed, and comes back whole', async () => {
  const [row] = await world.sql(`SELECT * FROM "connection" WHERE "name" = 'edge'`)
  for (const form of [secret, Buffer.from(secret).toString('base64'), Buffer.from(secret).toString('hex')]) {
    expect(JSON.stringify(row)).not.toContain(form)
  }
  const listed = await world.db.connections.list()
  expect(listed).toMatchObject([{ name: 'edge', hasSecret: true }])
  expect(listed[0]).not.toHaveProperty('secret')
  expect(await world.db.connections.get('edge')).not.toHaveProperty('secret')
  expect(await world.db.connections.secret('edge')).toBe(secret)
})

test('another key, and a row moved to another connection, are refused as secret-unreadable', async () => {
  const other = openDatabase(world.url, { secretBox: createSecretBox(randomBytes(32).toString('base64')) })
  try {
    await expect(other.connections.secret('edge')).rejects.toMatchObject({ code: 'secret-unreadable' })
    // Lists work without any key: the page that lets a person enter the secret again must open.
    expect(await other.connections.list()).toHaveLength(1)
  } finally {
    await other.close()
  }
  await world.sql(`INSERT INTO "connection" ("id", "name", "kind", "url", "secret", "updatedAt")
    SELECT 'moved', 'moved', "kind", 'http://attacker.test', "secret", now() FROM "connection" WHERE "name" = 'edge'`)
  await expect(world.db.connections.secret('moved')).rejects.toMatchObject({ code: 'secret-unreadable' })
  await world.db.connections.remove('moved')
})

test('without a key a secret is refused and nothing is saved', async () => {
  vi.stubEnv('TENON_ENCRYPTION_KEY', '')
  vi.stubEnv('TENON_ENCRYPTION_KEY_FILE', '')
  const keyless = openDatabase(world.url)
  const connection = { name: 'keyless', kind: 'webhook', url: 'http://127.0.0.1:9' } as const
  try {
    await expect(keyless.connections.save({ ...connection, secret })).rejects.toMatchObject({
      code: 'encryption-key-missing',
    })
    expect(await keyless.connections.get('keyless')).toBeNull()
    await expect(keyless.connections.secret('edge')).rejects.toMatchObject({ code: 'encryption-key-missing' })
    // What has no secret needs no key.
    expect(await keyless.connections.save(connection)).toMatchObject({ hasSecret: false })
    expect(await keyless.connections.secret('keyless')).toBeNull()
  } finally {
    vi.unstubAllEnvs()
    await keyless.close()
  }
})

test('a change keeps the secret unless it names one; null removes it', async () => {
  const { connections } = world.db
  const connection = { name: 'kept', kind: 'prometheus', url: 'http://127.0.0.1:9090' } as const
  await connections.save({ ...connection, secret })
  await connections.save({ ...connection, url: 'http://127.0.0.1:9091' })
  expect(await connections.secret('kept')).toBe(secret)
  expect(await connections.save({ ...connection, secret: null })).toMatchObject({ hasSecret: false })
  await connections.remove('kept')
  await expect(connections.secret('kept')).rejects.toMatchObject({ code: 'unknown-connection' })
  await expect(connections.remove('kept')).rejects.toMatchObject({ code: 'unknown-connection' })
})
