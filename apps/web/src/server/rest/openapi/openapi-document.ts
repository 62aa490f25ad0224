/** The OpenAPI 3.1 document, made from the list of operations. */
import type { JsonSchema } from '@tenon/runbook'
import * as z from 'zod'
import { isRawBody, type RestOperation } from '../operation.ts'
import { problemContentType, problemSchema } from '../problem-json.ts'
import { createJsonSchemas, type JsonSchemas } from './json-schemas.ts'

export interface OpenApiParameter {
  name: string
  in: 'path' | 'query' | 'header'
  required: boolean
  description?: string
  schema: JsonSchema
}

export interface OpenApiContent {
  [mediaType: string]: { schema: JsonSchema }
}

export interface OpenApiOperation {
  operationId: string
  tags: string[]
  summary: string
  description: string
  security: Record<string, string[]>[]
  parameters: OpenApiParameter[]
  requestBody?: { required: boolean; content: OpenApiContent }
  responses: Record<string, { description: string; content?: OpenApiContent }>
  /** The least role of the token; `anyone` needs none. */
  'x-role': string
  /** Codes of its own errors, and what they mean. */
  'x-errors': Record<string, string>
}

export interface OpenApiDocument {
  openapi: '3.1.1'
  info: { title: string; version: string; description: string; license: { name: string; identifier: string } }
  servers: { url: string }[]
  tags: { name: string }[]
  paths: Record<string, Partial<Record<'get' | 'post' | 'put' | 'delete', OpenApiOperation>>>
  components: {
    schemas: Record<string, JsonSchema>
    securitySchemes: Record<string, { type: 'http'; scheme: 'bearer'; description: string }>
  }
  /** Codes of the errors that every operation may answer with. */
  'x-errors': Record<string, string>
}

/** Errors that are not an operation's own. */
export const commonErrors: Readonly<Record<string, string>> = {
  'bad-input': 'A part of the request is missing, unknown or of another kind; it is named.',
  'bad-json': 'The body is not JSON.',
  'too-deep': 'The body is nested too deeply.',
  'refused-key': 'The body has a key such as `__proto__`.',
  'body-too-large': 'The body is larger than the operation takes.',
  unauthenticated: 'There is no valid token.',
  'role-too-low': 'The token’s role may not.',
  'too-many-requests': 'The token’s rate is used up; `Retry-After` says for how long.',
  'database-unreachable': 'The database does not answer.',
  'temporal-unreachable': 'Temporal does not answer.',
  internal: 'Something unforeseen; its number is in the server’s log.',
}

const description = `Everything that people do with Tenon, for programs.

Send an API token (Settings, API tokens) as \`Authorization: Bearer <token>\`. Errors are problem+json with a stable \`code\` and a \`fix\`. Lists come in pages: \`next\` of one is \`cursor\` of the one after. Requests are limited per token; \`RateLimit-Remaining\` says what is left.`

/** @param groups operations by heading, in order. */
export function openApiDocument(
  groups: Readonly<Record<string, readonly RestOperation[]>>,
  { version }: { version: string },
): OpenApiDocument {
  const schemas = createJsonSchemas()
  const problem = schemas.of(problemSchema)
  const paths: OpenApiDocument['paths'] = {}
  for (const [tag, operations] of Object.entries(groups)) {
    for (const operation of operations) {
      const item = (paths[operation.path] ??= {})
      item[methods[operation.method]] = openApiOperation(operation, { tag, schemas, problem })
    }
  }
  return {
    openapi: '3.1.1',
    info: { title: 'Tenon', version, description, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: '/' }],
    tags: Object.keys(groups).map((name) => ({ name })),
    paths,
    components: {
      schemas: Object.fromEntries(Object.entries(schemas.components).toSorted(([a], [b]) => a.localeCompare(b))),
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'An API token.' } },
    },
    'x-errors': { ...commonErrors },
  }
}

const methods = { GET: 'get', POST: 'post', PUT: 'put', DELETE: 'delete' } as const

function openApiOperation(
  operation: RestOperation,
  { tag, schemas, problem }: { tag: string; schemas: JsonSchemas; problem: JsonSchema },
): OpenApiOperation {
  const requestBody = requestBodyOf(operation, schemas)
  const responses = Object.entries(operation.responses).map(([status, answer]) => {
    const schema = answer.schema ? schemas.of(answer.schema) : { type: 'string' }
    const type = answer.contentType ?? (answer.schema ? 'application/json' : undefined)
    const files = (answer.files ?? []).map((file) => [file, { schema: fileSchema(file) }] as const)
    const content = type === undefined ? {} : { content: { [type]: { schema }, ...Object.fromEntries(files) } }
    return [status, { description: answer.description, ...content }] as const
  })
  return {
    operationId: operation.id,
    tags: [tag],
    summary: operation.summary,
    description: operation.description,
    security: operation.role === 'anyone' ? [] : [{ token: [] }],
    parameters: [
      ...parametersOf(operation.params, 'path', schemas),
      ...parametersOf(operation.query, 'query', schemas),
      ...Object.entries(operation.headers).map(([name, text]): OpenApiParameter => {
        return { name, in: 'header', required: false, description: text, schema: { type: 'string' } }
      }),
    ],
    ...(requestBody ? { requestBody } : {}),
    responses: {
      ...Object.fromEntries(responses),
      default: { description: 'A problem.', content: { [problemContentType]: { schema: problem } } },
    },
    'x-role': operation.role,
    'x-errors': operation.errors,
  }
}

/** Bytes that are no text have no JSON Schema but their media type (OpenAPI 3.1). */
const fileSchema = (type: string): JsonSchema =>
  type.startsWith('text/') ? { type: 'string' } : { contentMediaType: type }

const described = z.looseObject({ description: z.string().optional() })

function parametersOf(object: z.ZodObject | null, place: 'path' | 'query', schemas: JsonSchemas): OpenApiParameter[] {
  return Object.entries(object?.shape ?? {}).map(([name, schema]) => {
    const field = z.instanceof(z.ZodType).parse(schema)
    const { description: text, ...rest } = described.parse(schemas.of(field))
    return {
      name,
      in: place,
      required: place === 'path' || !field.safeParse(undefined).success,
      ...(text === undefined ? {} : { description: text }),
      schema: rest,
    }
  })
}

function requestBodyOf({ body, textAs }: RestOperation, schemas: JsonSchemas): OpenApiOperation['requestBody'] {
  if (!body) return undefined
  if (isRawBody(body)) {
    const types = body.contentTypes.length > 0 ? body.contentTypes : ['application/json']
    return { required: true, content: Object.fromEntries(types.map((type) => [type, { schema: {} }])) }
  }
  return {
    required: !body.safeParse(undefined).success,
    content: {
      'application/json': { schema: schemas.of(body) },
      ...(textAs === null ? {} : { 'application/yaml': { schema: { type: 'string' } } }),
    },
  }
}
