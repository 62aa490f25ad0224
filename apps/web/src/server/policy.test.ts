/** Every procedure and route with every role, made from the router and the route files themselves: a new one without a policy fails here. */
import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { TRPCError } from '@trpc/server'
import { describe, expect, test } from 'vitest'
import { role, roleIncludes, type Role } from '@tenon/db'
import type { Actor } from './actor.ts'
import { appRouter } from './api/router.ts'
import { type ApiContext, createCallerFactory, openProcedure, router } from './api/trpc.ts'
import { ApiError, problemOf } from './errors.ts'
import { type Access, policy } from './policy.ts'
import { createRest } from './rest/answer-request.ts'
import type { RestOperation } from './rest/operation.ts'
import { operations } from './rest/operations.ts'
import type { RestRequest } from './rest/rest-request.ts'
import type { Services } from './services.ts'

const publicUrl = 'http://127.0.0.1:3000'
const roles: (Role | null)[] = [null, ...role.options]
const policyOf = new Map<string, Access>(Object.entries(policy))
const isRoute = (operation: string): boolean => operation.includes(' ')
const procedures = Object.keys(appRouter._def.procedures)

const may = (who: Role | null, access: Access): boolean =>
  access === 'anyone' || (who !== null && roleIncludes(who, access))

/** Parts that nothing may touch before the policy has let it through. */
const services = new Proxy(
  { configuration: { publicUrl } },
  {
    get(parts, key) {
      if (key === 'configuration') return parts.configuration
      throw new ApiError({ status: 500, code: 'reached', message: `The handler asked for ${String(key)}.`, fix: '-' })
    },
  },
) as unknown as Services

const userWith = (who: Role | null): ApiContext['actor'] =>
  who && { kind: 'user', id: 'u1', name: 'Ada', email: 'ada@example.com', role: who }

function contextFor(who: Role | null, headers: Record<string, string> = { origin: publicUrl }): ApiContext {
  return { services, actor: userWith(who), headers: new Headers(headers), answerHeaders: new Headers() }
}

/** The code that the caller is told; null when it got through without a complaint. */
async function answerOf(call: () => Promise<unknown>): Promise<string | null> {
  try {
    await call()
    return null
  } catch (error) {
    return error instanceof TRPCError && error.cause ? problemOf(error.cause).code : problemOf(error).code
  }
}

const createCaller = createCallerFactory(appRouter)

async function call(path: string, context: ApiContext): Promise<string | null> {
  let at: unknown = createCaller(context)
  // The caller is a tree of functions: `settings.tokens.list` is three steps down.
  for (const part of path.split('.')) at = Reflect.get(at as object, part)
  return answerOf(() => (at as (input: unknown) => Promise<unknown>)({}))
}

const refusals = ['signed-out', 'role-too-low', 'no-policy', 'other-origin']

describe('procedures', () => {
  test('the table lists exactly those that exist', () => {
    expect([...policyOf.keys()].filter((operation) => !isRoute(operation)).toSorted()).toEqual(procedures.toSorted())
  })

  test.each(procedures.flatMap((path) => roles.map((who) => [path, who ?? 'nobody', who] as const)))(
    '%s as %s',
    async (path, _, who) => {
      const access = policyOf.get(path)
      if (!access) throw new Error(`${path} has no policy`)
      const code = await call(path, contextFor(who))
      const refusal = refusals.find((one) => one === code) ?? null
      expect(refusal).toBe(may(who, access) ? null : who === null ? 'signed-out' : 'role-too-low')
    },
  )

  test('one without a policy is refused, also to admins', async () => {
    const planted = createCallerFactory(router({ forgotten: openProcedure.query(() => 'secret') }))
    expect(await answerOf(() => planted(contextFor('admin')).forgotten())).toBe('no-policy')
  })

  test.each(procedures.filter((path) => typeOf(path) === 'mutation'))('%s refuses other sites', async (path) => {
    expect(await call(path, contextFor('admin', { origin: 'https://evil.example' }))).toBe('other-origin')
    expect(await call(path, contextFor('admin', {}))).toBe('other-origin')
  })
})

const folder = fileURLToPath(new URL('../app', import.meta.url))
const files = globSync('**/route.ts', { cwd: folder }).map((path) => path.replaceAll('\\', '/'))

describe('routes of the pages', () => {
  /** Open by their nature: sign-in itself, the door to the procedures above, and "there is no such address". */
  const open = ['api/auth/[...all]', 'api/trpc/[trpc]', 'api/[...unknown]']
  const guarded = files.filter((path) => !open.includes(path.replace(/\/route\.ts$/, '')))

  test('every route file asks the table, and the table lists no other', () => {
    const asked = guarded.map((path) => {
      const text = readFileSync(`${folder}/${path}`, 'utf8')
      const operations = [...text.matchAll(/decide\(\s*'([^']+)'/g)].map(([, name]) => name ?? '')
      const exported = [...text.matchAll(/export (?:const|async function|function) (GET|POST|PUT|PATCH|DELETE)\b/g)]
      // One question for each method, about that method and this path.
      expect([path, operations.length]).toEqual([path, exported.length])
      for (const operation of operations) {
        const [, route = ''] = operation.split(' ')
        expect(`${route.slice(1).replaceAll('{', '[').replaceAll('}', ']')}/route.ts`).toBe(path)
      }
      return operations
    })
    expect(asked.flat().toSorted()).toEqual([...policyOf.keys()].filter(isRoute).toSorted())
  })
})

describe('operations of the REST API', () => {
  const tokenOf = (who: Role | null): Actor | null =>
    who && { kind: 'token', id: 't1', name: 'ci', person: 'ada@example.com', role: who }

  /** What a call of an operation gets, with a handler that only says that it was reached. */
  async function statusOf(operation: RestOperation, who: Role | null): Promise<number> {
    const parts = { tokens: { authenticate: async () => tokenOf(who) } } as unknown as Services
    const reached = { ...operation, params: null, query: null, body: null, handler: () => ({ status: 200 }) }
    const rest = createRest({ operations: [reached], services: () => parts })
    return (await rest(requestFor(operation, who))).status
  }

  function requestFor({ method, path }: RestOperation, who: Role | null): RestRequest {
    return {
      method,
      path: path.replaceAll(/\{\w+\}/g, 'x'),
      query: new URLSearchParams(),
      header: (name) => (name === 'authorization' && who ? 'Bearer tn_1' : undefined),
      headers: () => ({}),
      body: async () => Buffer.from(''),
      signal: new AbortController().signal,
      id: 'r1',
      address: '127.0.0.1',
    }
  }

  test('there are some, and each says who may call it', () => {
    expect(operations.length).toBeGreaterThan(2)
    expect(operations.filter(({ role: access }) => !['anyone', ...role.options].includes(access))).toEqual([])
  })

  test.each(
    operations.flatMap((operation) => roles.map((who) => [operation.id, who ?? 'no token', operation, who] as const)),
  )('%s with %s', async (_, __, operation, who) => {
    expect(await statusOf(operation, who)).toBe(may(who, operation.role) ? 200 : who === null ? 401 : 403)
  })

  test('one without a role is refused, also to admins', async () => {
    const [first] = operations
    if (!first) throw new Error('There is no operation.')
    const forgotten = { ...first, role: undefined } as unknown as RestOperation
    expect(await statusOf(forgotten, 'admin')).toBe(403)
  })

  test('no route file of the pages takes a part of their addresses', () => {
    expect(files.filter((path) => path.startsWith('api/v1'))).toEqual([])
  })
})

function typeOf(path: string): string {
  const found: unknown = Reflect.get(appRouter._def.procedures, path)
  return (found as { _def: { type: string } })._def.type
}
