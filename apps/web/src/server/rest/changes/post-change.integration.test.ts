import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startRestServer, type RestServer } from '../../test/rest-server.ts'
import { openServer, type ServerWorld } from '../../test/server-world.ts'

let world: ServerWorld
let rest: RestServer
let token: string

beforeAll(async () => {
  world = await openServer()
  rest = await startRestServer(world.services)
  const { id } = await world.db.users.create({ name: 'Ada', email: 'ada@example.com', role: 'admin' })
  token = (await world.db.tokens.create({ name: 'ci', role: 'operator', userId: id, expiresAt: null })).token
})
afterAll(async () => {
  await rest.close()
  await world.close()
})

const post = (body: unknown) => rest.call('POST', '/api/v1/changes', { token, body })

describe('changes', () => {
  const deploy = { id: 'CHG-1', kind: 'deploy', title: 'Payment v2', startedAt: '2026-01-01T10:00:00+02:00', scope: {} }

  test('the same id is the same change, with times in UTC', async () => {
    await post(deploy)
    const { status, body } = await post({ ...deploy, endedAt: '2026-01-01T08:05:00Z' })
    expect(status).toBe(200)
    expect(body).toMatchObject({ startedAt: '2026-01-01T08:00:00.000Z', endedAt: '2026-01-01T08:05:00.000Z' })
    const day = await world.db.changes.between(Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 2))
    expect(day.map(({ id }) => id)).toEqual(['CHG-1'])
  })

  test.each([
    ['endedAt', { endedAt: '2025-12-31T00:00:00Z' }],
    ['startedAt', { startedAt: 'yesterday' }],
    ['startedAt', { startedAt: '1969-12-31T00:00:00Z' }],
    ['scope', { scope: { host: 'pay-a-1' } }],
    ['title', { title: ' ' }],
    ['title', { title: 'a\0b' }],
    ['entity', { scope: { entity: 'a\0b' } }],
  ])('%s that is wrong is named, and nothing is saved: %j', async (field, wrong) => {
    const { status, body } = await post({ ...deploy, id: 'CHG-2', ...wrong })
    expect([status, body.code]).toEqual([400, 'bad-input'])
    expect(body.detail).toContain(field)
    const all = await world.db.changes.between(0, Date.UTC(2030, 0, 1))
    expect(all.map(({ id }) => id)).not.toContain('CHG-2')
  })
})
