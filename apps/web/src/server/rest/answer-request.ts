/** The one way of every REST request: who asks, whether they may, how much, what they send, and how errors are told. */
import * as z from 'zod'
import type { Actor } from '../actor.ts'
import { ApiError, problemOf, type ApiProblem } from '../errors.ts'
import { allow, type Decision } from '../policy.ts'
import type { Services } from '../services.ts'
import { isRawBody, type RawBody, type Reply, type RestOperation } from './operation.ts'
import { parseJson } from './parse-json.ts'
import { problemContentType, problemJson } from './problem-json.ts'
import { readQuery } from './read-query.ts'
import type { RestRequest } from './rest-request.ts'
import { createRouteTable } from './route-table.ts'
import type { TokenBuckets } from './token-bucket.ts'

export interface RestAnswer {
  status: number
  headers: Record<string, string>
  body: string | Uint8Array
}

export interface RestOptions {
  operations: readonly RestOperation[]
  services: () => Services
  /** Without it nothing is limited. */
  limit?: { buckets: TokenBuckets; burst: number }
}

/** Makes the function that answers requests; it never throws. */
export function createRest(options: RestOptions): (request: RestRequest) => Promise<RestAnswer> {
  const match = createRouteTable(options.operations)
  return async (request) => {
    const headers: Record<string, string> = { 'cache-control': 'no-store', 'x-request-id': request.id }
    try {
      // Node leaves the body of a HEAD's answer out.
      const found = match(request.method === 'HEAD' ? 'GET' : request.method, request.path)
      if (found.kind === 'none') throw noSuchPath(request)
      if (found.kind === 'other-method') {
        headers['allow'] = found.allow.join(', ')
        throw otherMethod(request, found.allow)
      }
      const { operation } = found
      const services = options.services()
      const actor = await actorOf(request, services)
      // Health is asked by what keeps the server alive.
      if (operation.limited && operation.path.startsWith('/api/'))
        spend(options.limit, actor ? `token:${actor.id}` : `address:${request.address}`, headers)
      const decision = allow(operation.role, actor)
      if (!decision.allowed) {
        if (decision.reason === 'unauthenticated') headers['www-authenticate'] = 'Bearer realm="tenon"'
        throw refused(decision)
      }
      const params = parsed(operation.params, found.params, 'path')
      const query = parsed(operation.query ?? noQuery, readQuery(operation.query, request.query), 'query')
      const body = await bodyOf(operation, request)
      const call = { actor, params, query, body, request, services, reply }
      // Parsed with the operation's own schemas, so it is the call that its handler was written for.
      return answer(
        operation,
        await operation.handler(call as unknown as Parameters<RestOperation['handler']>[0]),
        headers,
      )
    } catch (error) {
      return problemAnswer(problemOf(error), headers, request.id)
    }
  }
}

const reply = (status: number, body: unknown, headers?: Record<string, string>): Reply => ({ status, body, headers })

function answer(operation: RestOperation, given: Reply, headers: Record<string, string>): RestAnswer {
  const { status, body } = given
  const contentType = operation.responses[status]?.contentType
  if (contentType !== undefined && typeof body === 'string') {
    return { status, headers: { ...headers, 'content-type': contentType, ...given.headers }, body }
  }
  // Its handler has said which of the declared forms it is.
  if (body instanceof Uint8Array) return { status, headers: { ...headers, ...given.headers }, body }
  if (body === undefined) return { status, headers: { ...headers, ...given.headers }, body: '' }
  return {
    status,
    headers: { ...headers, 'content-type': 'application/json', ...given.headers },
    body: JSON.stringify(body),
  }
}

/** An error as an answer. */
export function problemAnswer(problem: ApiProblem, headers: Record<string, string>, requestId: string): RestAnswer {
  return {
    status: problem.status,
    headers: { ...headers, 'content-type': problemContentType },
    body: JSON.stringify(problemJson(problem, requestId)),
  }
}

/** A bearer token; sessions of browsers count for nothing here, so that no page can make a browser call it. */
async function actorOf(request: RestRequest, services: Services): Promise<Actor | null> {
  const [scheme, token, ...rest] = (request.header('authorization') ?? '').split(' ')
  if (scheme?.toLowerCase() !== 'bearer' || !token || rest.length > 0) return null
  const found = await services.tokens.authenticate(token)
  return found && { kind: 'token', ...found }
}

function spend(limit: RestOptions['limit'], key: string, headers: Record<string, string>): void {
  if (!limit) return
  const spent = limit.buckets.spend(key, Date.now())
  headers['ratelimit-limit'] = String(limit.burst)
  headers['ratelimit-remaining'] = String(spent.remaining)
  headers['ratelimit-reset'] = String(spent.resetSeconds)
  if (spent.allowed) return
  headers['retry-after'] = String(spent.retryAfterSeconds)
  throw new ApiError({
    status: 429,
    code: 'too-many-requests',
    message: 'Too many requests came with this token; this one was not looked at.',
    fix: `Wait ${spent.retryAfterSeconds} s (Retry-After), then send it again.`,
  })
}

function refused(decision: Exclude<Decision, { allowed: true }>): ApiError {
  switch (decision.reason) {
    case 'unauthenticated':
      return new ApiError({
        status: 401,
        code: 'unauthenticated',
        message: 'There is no valid API token in the request.',
        fix: 'Send "Authorization: Bearer <token>"; make a token in Settings, API tokens.',
      })
    case 'role':
      return new ApiError({
        status: 403,
        code: 'role-too-low',
        message: `This needs the role ${decision.needed}, which the token does not have.`,
        fix: 'Make a token with that role in Settings, API tokens.',
      })
    case 'no-policy':
      return new ApiError({
        status: 403,
        code: 'no-policy',
        message: 'Nothing says who may call this, so nobody may.',
        fix: 'Give the operation a role.',
      })
  }
}

const noQuery = z.strictObject({})

/** @throws ApiError `bad-input` that says in which part of the request it is. */
function parsed(schema: z.ZodType | null, value: unknown, part: 'path' | 'query'): unknown {
  if (!schema) return {}
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [first] = result.error.issues
  throw new ApiError({
    status: 400,
    code: 'bad-input',
    message: `${[part, ...(first?.path ?? [])].join('.')}: ${first?.message ?? 'It is not what was expected.'}`,
    fix: 'Correct the named part of the address and send it again.',
    detail: result.error.issues.map(({ path, message }) => ({ path: [part, ...path], message })),
  })
}

async function bodyOf(operation: RestOperation, request: RestRequest): Promise<unknown> {
  const { body, textAs } = operation
  if (!body) return undefined
  const bytes = await request.body(operation.bodyLimit)
  if (isRawBody(body)) {
    assertContentType(body, request)
    return bytes
  }
  const type = mediaType(request)
  const isText = textAs !== null && /^(application|text)\/(x-)?yaml$/.test(type)
  return body.parse(isText ? { [textAs]: utf8(bytes) } : parseJson(bytes))
}

const mediaType = (request: RestRequest): string =>
  (request.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? ''

function assertContentType({ contentTypes }: RawBody, request: RestRequest): void {
  const type = mediaType(request)
  if (type === '' || contentTypes.length === 0 || contentTypes.includes(type)) return
  throw new ApiError({
    status: 415,
    code: 'unsupported-media-type',
    message: `A body of ${type} is not taken here.`,
    fix: `Send ${contentTypes.join(' or ')}.`,
  })
}

function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new ApiError(
      {
        status: 400,
        code: 'bad-text',
        message: 'The body is not UTF-8 text.',
        fix: 'Save it as UTF-8 and send it again.',
      },
      { cause },
    )
  }
}

const noSuchPath = ({ method, path }: RestRequest) =>
  new ApiError({
    status: 404,
    code: 'not-found',
    message: `There is no ${method} ${path.slice(0, 200)}.`,
    fix: 'See /api/v1/docs for the addresses.',
  })

const otherMethod = ({ method, path }: RestRequest, allow: string[]) =>
  new ApiError({
    status: 405,
    code: 'method-not-allowed',
    message: `${path.slice(0, 200)} does not take ${method}.`,
    fix: `Use ${allow.join(' or ')}.`,
  })
