import { createServer } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testSource } from './test-source.ts'

const requests: { url: string | undefined; authorization: string | undefined }[] = []
const server = createServer((request, response) => {
  requests.push({ url: request.url, authorization: request.headers.authorization })
  const allowed = request.headers.authorization === 'Bearer token'
  response.writeHead(allowed ? 200 : 401, { 'content-type': 'application/json' })
  response.end(JSON.stringify(allowed ? { items: [], totalItems: 1234, pageInfo: {} } : { error: { message: 'no' } }))
})
let url: string
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
})
afterAll(() => new Promise((resolve) => server.close(resolve)))

test('a Backstage catalogue says how much it knows, or why it does not', async () => {
  expect(await testSource({ kind: 'backstage', url, secret: 'token' })).toEqual({
    ok: true,
    detail: 'a Backstage catalogue of 1,234 entities',
  })
  expect(requests[0]?.url).toBe('/api/catalog/entities/by-query?limit=1')
  const refused = await testSource({ kind: 'backstage', url, secret: 'wrong' })
  expect(refused).toMatchObject({ ok: false, fix: expect.any(String) })
  expect(JSON.stringify(refused)).not.toContain('wrong')
})

test('a kind that nothing reads is told', async () => {
  expect(await testSource({ kind: 'nonsense', url, secret: null })).toMatchObject({ ok: false })
})
