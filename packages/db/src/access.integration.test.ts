/** Links, tokens and roles: who gets in, and who stays out. */
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWorld, type World } from '../test/world.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const linkInvalid = { code: 'link-invalid' }
let world: World
let adminId: string

beforeAll(async () => {
  world = await openWorld()
  adminId = (await world.db.users.create({ name: 'Ana', email: 'Ana@Example.com', role: 'admin' })).id
})
afterAll(() => world?.close())

test('of many who use one link at once exactly one gets in, and its row holds only the hash', async () => {
  const { invitations } = world.db
  const { token } = await invitations.invite({ email: 'Bo@Example.com', role: 'editor', invitedBy: adminId })
  expect(await invitations.look(token)).toMatchObject({ kind: 'invite', email: 'bo@example.com', role: 'editor' })
  const rows = await world.sql(`SELECT * FROM "invitation" WHERE "tokenHash" = $1`, [sha256(token)])
  expect(rows).toHaveLength(1)
  expect(JSON.stringify(rows)).not.toContain(token)

  const tries = await Promise.allSettled(Array.from({ length: 6 }, () => invitations.use(token)))
  expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  await expect(invitations.use(token)).rejects.toMatchObject(linkInvalid)
  await expect(invitations.look(token)).rejects.toMatchObject(linkInvalid)
})

test('an expired link, an unknown one and the start link before the newest are refused', async () => {
  const { invitations } = world.db
  const expired = await invitations.invite({ email: 'c@example.com', role: 'viewer', invitedBy: adminId })
  await world.sql(
    `UPDATE "invitation" SET "expiresAt" = now() at time zone 'utc' - interval '1 second' WHERE "tokenHash" = $1`,
    [sha256(expired.token)],
  )
  const first = await invitations.createStartLink()
  const second = await invitations.createStartLink()
  for (const token of [expired.token, 'welcome_nobody', first.token]) {
    await expect(invitations.look(token)).rejects.toMatchObject(linkInvalid)
    await expect(invitations.use(token)).rejects.toMatchObject(linkInvalid)
  }
  expect(await invitations.use(second.token)).toMatchObject({ kind: 'start', role: 'admin' })
})

test('a link that was given back works again until someone came by it', async () => {
  const { invitations } = world.db
  const { token } = await invitations.invite({ email: 'd@example.com', role: 'viewer', invitedBy: adminId })
  const { id } = await invitations.use(token)
  await invitations.release(id)
  await invitations.use(token)
  await invitations.usedBy(id, adminId)
  await invitations.release(id)
  await expect(invitations.use(token)).rejects.toMatchObject(linkInvalid)
})

test('an API token is kept as its hash and works until it is revoked or expires', async () => {
  const { tokens } = world.db
  const wanted = { role: 'operator', userId: adminId, expiresAt: null } as const
  const made = await tokens.create({ ...wanted, name: 'ci' })
  const rows = await world.sql(`SELECT * FROM "api_token" WHERE "hash" = $1`, [sha256(made.token)])
  expect(rows).toHaveLength(1)
  expect(JSON.stringify([rows, await tokens.list()])).not.toContain(made.token)
  expect(await tokens.authenticate(made.token)).toEqual({
    id: made.row.id,
    name: 'ci',
    role: 'operator',
    person: 'ana@example.com',
  })
  expect(await tokens.authenticate(`${made.token}x`)).toBeNull()

  const expired = await tokens.create({ ...wanted, name: 'old', expiresAt: new Date(Date.now() - 1000) })
  expect(await tokens.authenticate(expired.token)).toBeNull()
  await tokens.revoke(made.row.id)
  expect(await tokens.authenticate(made.token)).toBeNull()
  await expect(tokens.revoke(made.row.id)).rejects.toMatchObject({ code: 'unknown-token' })
})

test('a token never exceeds its owner and stops with its owner', async () => {
  const { tokens, users } = world.db
  const owner = await users.create({ name: 'Eve', email: 'eve@example.com', role: 'admin' })
  const { token } = await tokens.create({ name: 'eve', role: 'admin', userId: owner.id, expiresAt: null })
  await users.setRole(owner.id, 'viewer')
  expect(await tokens.authenticate(token)).toMatchObject({ role: 'viewer' })
  await users.setDisabled(owner.id, true)
  expect(await tokens.authenticate(token)).toBeNull()
})

test('the last admin cannot be demoted or disabled, also not by two at once', async () => {
  const { users } = world.db
  const lastAdmin = { code: 'last-admin' }
  await expect(users.setRole(adminId, 'editor')).rejects.toMatchObject(lastAdmin)
  await expect(users.setDisabled(adminId, true)).rejects.toMatchObject(lastAdmin)
  await expect(users.create({ name: 'Ana', email: 'ANA@example.com', role: 'viewer' })).rejects.toMatchObject({
    code: 'name-taken',
  })

  const second = await users.create({ name: 'Finn', email: 'finn@example.com', role: 'admin' })
  const tries = await Promise.allSettled([users.setRole(adminId, 'viewer'), users.setDisabled(second.id, true)])
  expect(tries.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  expect(tries.find(({ status }) => status === 'rejected')).toMatchObject({ reason: lastAdmin })
  expect(await users.firstAdmin()).not.toBeNull()
})
