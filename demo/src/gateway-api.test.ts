import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { createGatewayApi } from './gateway-api.ts'

const document = z
  .object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })
  .parse(parse(readFileSync(new URL('../../docs/gateway.openapi.yaml', import.meta.url), 'utf8')))
const calls = Object.entries(document.paths).flatMap(([path, methods]) =>
  ['get', 'put'].filter((method) => method in methods).map((method) => [method, path] as const),
)
const bodies: Record<string, unknown> = {
  '/backends/{name}/weights': { weights: { one: 0 } },
  '/backends/{name}/limits': { limits: [{ route: '/refund', requestsPerSecond: 2 }] },
  '/features/{name}': { value: 'off' },
  '/incidents/{name}': { title: 'It fell', state: 'open' },
}

const open = (token: string | null = null) =>
  createGatewayApi(
    {
      backends: [{ name: 'x', servers: [{ name: 'one', weight: 100, up: true, requestsTotal: 0 }], limits: [] }],
      features: [{ name: 'x', title: 'X', value: 'on', values: ['on', 'off'] }],
      incidents: [{ key: 'x', title: 'It fell', state: 'closed' }],
    },
    { token },
  )

test('the document names eight calls or more', () => expect(calls.length).toBeGreaterThanOrEqual(8))

test.each(calls)('%s %s is answered as the document says', (method, template) => {
  const path = template.replace('{name}', 'x')
  const request = { method: method.toUpperCase(), path, headers: {}, body: bodies[template] }
  const gateway = open()
  expect(gateway.handle(request)).toMatchObject({ status: 200, effect: method === 'get' ? 'read' : 'changed' })
  expect(gateway.handle(request)).toMatchObject({ status: 200, effect: method === 'get' ? 'read' : 'same' })
  expect(open('secret').handle(request)).toMatchObject({ status: 401, body: { code: 'unauthorised' } })
})

test.each([
  ['a weight beyond 256', '/backends/x/weights', { weights: { one: 257 } }, 400],
  ['a server that is not there', '/backends/x/weights', { weights: { one: 0, two: 0 } }, 404],
  [
    'a limit of a route and a caller',
    '/backends/x/limits',
    { limits: [{ route: '/a', caller: 'b', requestsPerSecond: 1 }] },
    400,
  ],
  ['a value that a feature does not have', '/features/x', { value: 'half' }, 400],
  ['closing what was never opened', '/incidents/y', { title: 'y', state: 'closed' }, 404],
  ['a path that cannot be read', '/backends/%ff/weights', { weights: {} }, 400],
  ['no body', '/features/x', undefined, 400],
])('%s is refused whole', (_, path, body, status) => {
  const gateway = open()
  const before = gateway.handle({ method: 'GET', path: '/backends', headers: {}, body: undefined }).body
  expect(gateway.handle({ method: 'PUT', path, headers: {}, body })).toMatchObject({ status, effect: 'refused' })
  expect(gateway.handle({ method: 'GET', path: '/backends', headers: {}, body: undefined }).body).toEqual(before)
})

test('tokens rise within their scope, and another scope counts for itself', () => {
  const gateway = open()
  const put = (token: string, scope: string, weight: number) =>
    gateway.handle({
      method: 'PUT',
      path: '/backends/x/weights',
      headers: { 'fencing-token': token, 'fencing-scope': scope },
      body: { weights: { one: weight } },
    }).status
  expect([put('5', 'x', 1), put('5', 'x', 2), put('4', 'x', 3), put('1', '*', 4), put('6', 'x', 5)]).toEqual([
    200, 409, 409, 200, 200,
  ])
  expect(put('0', 'x', 6)).toBe(400)
})
