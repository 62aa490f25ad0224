/**
 * One operation of the REST API, as data: routing, policy, checking of what comes in, the OpenAPI document, its viewer, the client and docs/api.md
 * are all made from it.
 */
import type * as z from 'zod'
import type { Actor } from '../actor.ts'
import type { Access } from '../policy.ts'
import type { Services } from '../services.ts'
import type { RestRequest } from './rest-request.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/** What may be answered with one status. */
export interface Answer<Schema extends z.ZodType = z.ZodType> {
  description: string
  /** Of the JSON body; an answer without one has no JSON body. */
  schema?: Schema
  /** Of a body that is not JSON: then the reply's body is the text itself. */
  contentType?: string
  /** Other forms of the same answer, by media type: a reply with bytes says in its headers which of them it is. */
  files?: readonly string[]
}

/** Bytes as they came, for bodies that are signed, or are no JSON. */
export interface RawBody {
  raw: true
  contentTypes: string[]
}

type Answers = Record<number, Answer>

/** What a handler gives back; made by the `reply` of its call, which holds it against what the operation declares. */
export interface Reply {
  status: number
  body?: unknown
  headers?: Record<string, string>
}

type BodyOfAnswer<Of> = Of extends { schema: infer Schema extends z.ZodType }
  ? z.input<Schema>
  : Of extends { contentType: string }
    ? string
    : undefined

/** What a handler is given: all of it checked. `actor` is null only where anyone may call. */
export interface RestCall<Role, Params, Query, Body, Responses> {
  actor: Role extends 'anyone' ? Actor | null : Actor
  params: Params
  query: Query
  body: Body
  request: RestRequest
  services: Services
  /** @param body fits the schema of the status. */
  reply<Status extends keyof Responses & number>(
    status: Status,
    body: BodyOfAnswer<Responses[Status]>,
    headers?: Record<string, string>,
  ): Reply
}

type Output<Schema> = Schema extends z.ZodType ? z.output<Schema> : Record<string, never>
type BodyOf<Body> = Body extends RawBody ? Buffer : Body extends z.ZodType ? z.output<Body> : undefined

export interface OperationOptions<
  Role extends Access,
  Params extends z.ZodObject | undefined,
  Query extends z.ZodObject | undefined,
  Body extends z.ZodType | RawBody | undefined,
  Responses extends Answers,
> {
  /** Camel case, the method's name in clients: `startRun`. */
  id: string
  method: Method
  /** `/api/v1/runs/{id}`; each `{name}` is in `params`. */
  path: string
  /** Heading in the documents: "Start a run". */
  summary: string
  /** Markdown, for what the summary and the schemas do not say. */
  description?: string
  /** Who may call it; `anyone` needs no token. */
  role: Role
  params?: Params
  query?: Query
  /** A schema is of JSON. An empty body is undefined to it. */
  body?: Body
  /** A body that is not JSON but text (YAML) is taken as an object with this one field. */
  textAs?: string
  /** Largest body in bytes; 1 MiB without it. */
  bodyLimit?: number
  /** False where callers do not come again: an event that is refused is an event that is lost. */
  limited?: boolean
  /** Request headers that it reads, for the documents. */
  headers?: Record<string, string>
  responses: Responses
  /** Codes of the errors of its own, for the documents; those of every operation are added. */
  errors?: Record<string, string>
  handler(call: RestCall<Role, Output<Params>, Output<Query>, BodyOf<Body>, Responses>): Promise<Reply> | Reply
}

/** An operation with its types forgotten, as lists of them are. */
export interface RestOperation {
  id: string
  method: Method
  path: string
  summary: string
  description: string
  role: Access
  params: z.ZodObject | null
  query: z.ZodObject | null
  body: z.ZodType | RawBody | null
  textAs: string | null
  bodyLimit: number
  limited: boolean
  headers: Record<string, string>
  responses: Record<number, Answer>
  errors: Record<string, string>
  handler(call: RestCall<never, never, never, never, never>): Promise<Reply> | Reply
}

export const defaultBodyLimit = 1024 * 1024

/**
 * Declares an operation.
 * @example
 * export const getRun = defineOperation({
 *   id: 'getRun', method: 'GET', path: '/api/v1/runs/{id}', summary: 'Get a run', role: 'viewer',
 *   params: z.strictObject({ id: runId }),
 *   responses: { 200: { description: 'The run.', schema: runSchema } },
 *   handler: async ({ params, services, reply }) => reply(200, await runView(services, params.id)),
 * })
 */
export function defineOperation<
  const Role extends Access = Access,
  Params extends z.ZodObject | undefined = undefined,
  Query extends z.ZodObject | undefined = undefined,
  Body extends z.ZodType | RawBody | undefined = undefined,
  const Responses extends Answers = Answers,
>(options: OperationOptions<Role, Params, Query, Body, Responses>): RestOperation {
  const named = [...options.path.matchAll(/\{([A-Za-z]+)\}/g)].map(([, name]) => name ?? '')
  const declared = Object.keys(options.params?.shape ?? {})
  if (named.toSorted().join() !== declared.toSorted().join()) {
    throw new Error(`${options.id}: its path has {${named.join()}}, its params are {${declared.join()}}.`)
  }
  return {
    id: options.id,
    method: options.method,
    path: options.path,
    summary: options.summary,
    description: options.description ?? '',
    role: options.role,
    params: options.params ?? null,
    query: options.query ?? null,
    body: options.body ?? null,
    textAs: options.textAs ?? null,
    bodyLimit: options.bodyLimit ?? defaultBodyLimit,
    limited: options.limited ?? true,
    headers: options.headers ?? {},
    responses: options.responses,
    errors: options.errors ?? {},
    // The pipeline parses with the very schemas that gave the handler its types, so what they say of each other may be forgotten here.
    handler: options.handler as RestOperation['handler'],
  }
}

export const isRawBody = (body: RestOperation['body']): body is RawBody => body !== null && 'raw' in body
