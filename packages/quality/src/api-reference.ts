/** The reference page of the REST API, made from its OpenAPI document. */
import * as z from 'zod'

const schema = z.looseObject({})
const content = z.record(z.string(), z.object({ schema }))
const operation = z.object({
  operationId: z.string(),
  tags: z.array(z.string()),
  summary: z.string(),
  description: z.string(),
  parameters: z.array(
    z.object({
      name: z.string(),
      in: z.string(),
      required: z.boolean(),
      description: z.string().optional(),
      schema,
    }),
  ),
  requestBody: z.object({ content }).optional(),
  responses: z.record(z.string(), z.object({ description: z.string(), content: content.optional() })),
  'x-role': z.string(),
  'x-errors': z.record(z.string(), z.string()),
})

/** The parts of an OpenAPI document that the page shows. */
export const apiDocument = z.object({
  tags: z.array(z.object({ name: z.string() })),
  paths: z.record(z.string(), z.record(z.string(), operation)),
  components: z.object({ schemas: z.record(z.string(), schema) }),
  'x-errors': z.record(z.string(), z.string()),
})
export type ApiDocument = z.infer<typeof apiDocument>
type Operation = z.infer<typeof operation>

/** Markdown of all operations, by heading, in the document's order. */
export function renderApiReference(document: ApiDocument): string {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, one]) => ({ address: `${method.toUpperCase()} ${path}`, one })),
  )
  const sections = document.tags.flatMap(({ name }) => [
    `## ${name}`,
    ...operations
      .filter(({ one }) => one.tags.includes(name))
      .map(({ address, one }) => operationSection(address, one, document)),
  ])
  const head = [
    '# REST API, operation by operation',
    'How it is used is in [api.md](api.md). A running Tenon shows the same at `/api/v1/docs`, with schemas and examples, and as OpenAPI 3.1 at `/api/v1/openapi.json`.',
    'This page is generated from the list of operations: `npm test -- unit -u` writes it anew.',
    '## Errors of every operation',
    table(['code', 'means'], codes(document['x-errors'])),
  ]
  return `${[...head, ...sections].join('\n\n')}\n`
}

function operationSection(address: string, one: Operation, document: ApiDocument): string {
  const role = one['x-role'] === 'anyone' ? 'Needs no token.' : `Role: ${one['x-role']}.`
  return [
    `### ${one.summary}`,
    `\`${address}\` (\`${one.operationId}\`). ${role}${one.description === '' ? '' : ` ${one.description}`}`,
    table(
      ['parameter', 'is', ''],
      one.parameters.map(({ name, in: place, required, description = '', schema: of }) => [
        `\`${name}\``,
        `${typeText(of)}; ${place}${required ? '' : ', optional'}`,
        description,
      ]),
    ),
    bodyTable(one, document),
    table(
      ['answer', 'when', 'body'],
      Object.entries(one.responses)
        .filter(([status]) => status !== 'default')
        .map(([status, { description, content: bodies = {} }]) => [
          status,
          description,
          Object.entries(bodies)
            .map(([type, { schema: of }]) => (type === 'application/json' ? typeText(of) : type))
            .join(', '),
        ]),
    ),
    table(['error', 'means'], codes(one['x-errors'])),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

const codes = (errors: Record<string, string>): string[][] =>
  Object.entries(errors).map(([code, meaning]) => [`\`${code}\``, meaning])

const fields = z.looseObject({
  properties: z.record(z.string(), z.looseObject({ description: z.string().optional() })).default({}),
  required: z.array(z.string()).default([]),
})

function bodyTable({ requestBody }: Operation, { components }: ApiDocument): string {
  const [body] = Object.entries(requestBody?.content ?? {})
  if (!body) return ''
  const [type, { schema: of }] = body
  const { properties, required } = fields.parse(resolved(of, components.schemas))
  const rows = Object.entries(properties).map(([name, property]) => [
    `\`${name}\``,
    `${typeText(property)}${required.includes(name) ? '' : ', optional'}`,
    property.description ?? '',
  ])
  return rows.length > 0 ? table(['body', 'is', ''], rows) : `Body: ${type}.`
}

const reference = z.looseObject({ $ref: z.string() })

function resolved(of: unknown, schemas: Record<string, unknown>): unknown {
  const ref = reference.safeParse(of).data?.$ref
  return ref === undefined ? of : schemas[nameOf(ref)]
}

const nameOf = (ref: string): string => ref.slice(ref.lastIndexOf('/') + 1)

const typed = z.looseObject({
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
  items: z.unknown().optional(),
  format: z.string().optional(),
  default: z.unknown().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
})

function typeText(of: unknown): string {
  const shape = typed.safeParse(of).data
  if (!shape) return 'anything'
  const usually = shape.default === undefined ? '' : ` (default \`${JSON.stringify(shape.default)}\`)`
  if (shape.$ref !== undefined) return nameOf(shape.$ref)
  if (shape.enum) return `${shape.enum.map((value) => `\`${String(value)}\``).join(', ')}${usually}`
  if (shape.const !== undefined) return `\`${JSON.stringify(shape.const)}\``
  const options = shape.anyOf ?? shape.oneOf
  if (options) return [...new Set(options.map(typeText))].join(' or ')
  if (shape.type === 'array') return `list of ${typeText(shape.items)}`
  if (shape.format === 'date-time') return 'time'
  if (shape.type === 'object' && shape.properties) return `{ ${Object.keys(shape.properties).join(', ')} }`
  return `${[shape.type ?? 'anything'].flat().join(' or ')}${usually}`
}

function table(head: string[], rows: string[][]): string {
  if (rows.length === 0) return ''
  const line = (cells: string[]): string => `| ${cells.map(cell).join(' | ')} |`
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n')
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ').trim()
