import { expect, test } from 'vitest'
import * as z from 'zod'
import { defineOperation, type Method } from './operation.ts'
import { createRouteTable } from './route-table.ts'

const operation = (id: string, method: Method, path: string) =>
  defineOperation({
    id,
    method,
    path,
    summary: id,
    role: 'viewer',
    params: z.strictObject(
      Object.fromEntries([...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => [name, z.string()])),
    ),
    responses: {},
    handler: () => ({ status: 200 }),
  })

const table = createRouteTable([
  operation('list', 'GET', '/runs'),
  operation('newest', 'GET', '/runs/newest'),
  operation('get', 'GET', '/runs/{id}'),
  operation('step', 'GET', '/runs/{id}/steps/{step}'),
  operation('cancel', 'POST', '/runs/{id}/cancel'),
  operation('newestLog', 'GET', '/runs/newest/log'),
])

test.each([
  ['GET', '/runs', 'list', {}],
  ['GET', '/runs/newest', 'newest', {}],
  ['GET', '/runs/a%2Fb', 'get', { id: 'a/b' }],
  ['GET', '/runs/%', 'get', { id: '%' }],
  ['GET', '/runs/1/steps/2', 'step', { id: '1', step: '2' }],
  // A literal that leads nowhere is tried as a parameter.
  ['POST', '/runs/newest/cancel', 'cancel', { id: 'newest' }],
])('%s %s', (method, path, id, params) => {
  expect(table(method, path)).toMatchObject({ kind: 'found', operation: { id }, params })
})

test.each(['/', '/run', '/runs/', '/runs/1/steps', '/runs/1/cancel/x', '//runs'])('there is no %s', (path) => {
  expect(table('GET', path)).toEqual({ kind: 'none' })
})

test('another method is told apart from another address', () => {
  expect(table('POST', '/runs/1')).toEqual({ kind: 'other-method', allow: ['GET'] })
})

test('two of one address, or of one id, are a mistake in the list', () => {
  const twice = [operation('a', 'GET', '/x/{id}'), operation('b', 'GET', '/x/{name}')]
  expect(() => createRouteTable(twice)).toThrow('b and a')
  expect(() => createRouteTable([operation('a', 'GET', '/x'), operation('a', 'GET', '/y')])).toThrow('id a')
})

test('a path whose parameters are not declared is a mistake in the declaration', () => {
  expect(() =>
    defineOperation({
      id: 'wrong',
      method: 'GET',
      path: '/x/{id}',
      summary: '',
      role: 'viewer',
      responses: {},
      handler: () => ({ status: 200 }),
    }),
  ).toThrow('{id}')
})
