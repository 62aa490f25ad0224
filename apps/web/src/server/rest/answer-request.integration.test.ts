/** What every operation has in common, over HTTP on a real database. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as z from 'zod'
import { startRestServer, type RestServer } from '../test/rest-server.ts'
import { openServer, type ServerWorld } from '../test/server-world.ts'
import { defineOperation } from './operation.ts'
import { createTokenBuckets } from './token-bucket.ts'

const echo = defineOperation({
  id: 'echo',
  method: 'POST',
  path: '/api/v1/echo/{name}',
  summary: 'Echo',
  role: 'viewer',
  params: z.strictObject({ name: z.string().max(10) }),
  query: z.strictObject({ tag: z.array(z.string()).optional(), n: z.coerce.number().int().optional() }),
  body: z.strictObject({ text: z.string() }),
  textAs: 'text',
  responses: { 200: { description: 'The same.', schema: z.looseObject({}) } },
  handler: ({ params, query, body, reply }) => reply(200, { ...params, ...query, ...body }),
})
const fails = defineOperation({
  id: 'fails',
  method: 'GET',
  path: '/api/v1/fails',
  summary: 'Fails',
  role: 'anyone',
  responses: { 200: { description: 'Never.' } },
  handler() {
    throw new Error('secret detail')
  },
})

let world: ServerWorld
let rest: RestServer
let token: string

beforeAll(async () => {
  world = await openServer()
  rest = await startRestServer(world.services, {
    operations: [echo, fails],
    limit: { buckets: createTokenBuckets({ perSecond: 0.001, burst: 30 }), burst: 30 },
  })
  token = await newToken()
})
afterAll(async () => {
  await rest?.close()
  await world?.close()
})

async function newToken(): Promise<string> {
  const email = `${crypto.randomUUID()}@example.com`
  const { id } = await world.db.users.create({ name: 'Ada', email, role: 'viewer' })
  return (await world.db.tokens.create({ name: 'ci', role: 'viewer', userId: id, expiresAt: null })).token
}

const post = (path: string, options: { body?: unknown; headers?: Record<string, string> } = {}) =>
  rest.call('POST', path, { token, ...options })

test('path, query and body reach the handler parsed', async () => {
  const { status, body } = await post('/api/v1/echo/a%20b?tag=x&n=3', { body: { text: 'hi' } })
  expect([status, body]).toEqual([200, { name: 'a b', tag: ['x'], n: 3, text: 'hi' }])
  const yaml = await post('/api/v1/echo/a', { body: 'a: 1', headers: { 'content-type': 'text/yaml; charset=utf-8' } })
  expect(yaml.body).toEqual({ name: 'a', text: 'a: 1' })
})

test.each([
  ['a path that is too long', '/api/v1/echo/12345678901', { text: '' }, 400, 'bad-input', /^path.name: /],
  ['a query that is unknown', '/api/v1/echo/a?nn=1', { text: '' }, 400, 'bad-input', /nn/],
  ['one value given twice', '/api/v1/echo/a?n=1&n=2', { text: '' }, 400, 'bad-input', /^query.n: /],
  ['a body of another kind', '/api/v1/echo/a', { text: 1 }, 400, 'bad-input', /^text: /],
  ['no body', '/api/v1/echo/a', undefined, 400, 'bad-input', /object/],
  ['a prototype key', '/api/v1/echo/a', '{"text":"","__proto__":{"x":1}}', 400, 'refused-key', /__proto__/],
  ['a deep body', '/api/v1/echo/a', '['.repeat(100_000) + ']'.repeat(100_000), 400, 'too-deep', /64/],
  ['no such address', '/api/v1/nothing', {}, 404, 'not-found', /nothing/],
])('%s is refused', async (_, path, body, status, code, detail) => {
  const refused = await post(path, { body })
  expect([refused.status, refused.body.code]).toEqual([status, code])
  expect(refused.body.detail).toMatch(detail)
})

test('several problems are all told', async () => {
  const refused = await post('/api/v1/echo/a?n=x&tag=1&other=2', { body: { text: '' } })
  expect(refused.body.problems.map(({ path }: { path: string[] }) => path[0])).toEqual(['query', 'query'])
})

test('another method is told which there are', async () => {
  const refused = await rest.call('GET', '/api/v1/echo/a', { token })
  expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'POST'])
})

test('a request has an id, its own when that is safe to log; answers are not kept or sniffed', async () => {
  const { headers, body } = await rest.call('GET', '/api/v1/fails', { headers: { 'x-request-id': 'abc-1' } })
  expect([headers.get('x-request-id'), body.instance]).toEqual(['abc-1', 'abc-1'])
  expect(headers.get('cache-control')).toBe('no-store')
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  const other = await rest.call('GET', '/api/v1/fails', { headers: { 'x-request-id': 'a"b' } })
  expect(other.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
})

test('what is not foreseen is not told', async () => {
  const { status, body } = await rest.call('GET', '/api/v1/fails')
  expect([status, body.code]).toEqual([500, 'internal'])
  expect(JSON.stringify(body)).not.toContain('secret detail')
})

test('a token that spends too much waits; another goes on', async () => {
  const spender = await newToken()
  const spend = () => rest.call('POST', '/api/v1/echo/a', { token: spender, body: { text: '' } })
  const first = await spend()
  expect(first.headers.get('ratelimit-limit')).toBe('30')
  expect(first.headers.get('ratelimit-remaining')).toBe('29')
  for (let n = 0; n < 29; n += 1) await spend()
  const refused = await spend()
  expect([refused.status, refused.body.code]).toEqual([429, 'too-many-requests'])
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  const other = await rest.call('POST', '/api/v1/echo/a', { token: await newToken(), body: { text: '' } })
  expect(other.status).toBe(200)
})

test('a token that is revoked stops at once, also one that was just used', async () => {
  const owner = await world.db.users.create({ name: 'Bo', email: 'bo@example.com', role: 'viewer' })
  const made = await world.db.tokens.create({ name: 'old', role: 'viewer', userId: owner.id, expiresAt: null })
  const call = () => rest.call('POST', '/api/v1/echo/a', { token: made.token, body: { text: '' } })
  expect((await call()).status).toBe(200)
  const told = new Promise<void>((resolve) => {
    world.services.live.watch(`token:${made.row.id}`, { onMessage: () => resolve(), onGap: () => resolve() })
  })
  await world.db.tokens.revoke(made.row.id)
  await told
  expect((await call()).status).toBe(401)
})
