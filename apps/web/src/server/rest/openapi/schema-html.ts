import type { JsonSchema } from '@tenon/runbook'
import * as z from 'zod'
import { escapeHtml } from './escape-html.ts'

const shapeOf = z.looseObject({
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  format: z.string().optional(),
  description: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  default: z.unknown().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  additionalProperties: z.unknown().optional(),
  required: z.array(z.string()).optional(),
  items: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
})
type Shape = z.infer<typeof shapeOf>

const deepest = 6

/**
 * A JSON Schema as nested, folded lists.
 * @param brief only its type, in one line.
 */
export function schemaHtml(schema: unknown, components: Record<string, JsonSchema>, brief = false): string {
  if (brief) return `<span class="type">${escapeHtml(typeText(schema))}</span>`
  return fields(schema, components, new Set()) || `<p class="type">${escapeHtml(typeText(schema))}</p>`
}

function fields(schema: unknown, components: Record<string, JsonSchema>, open: ReadonlySet<string>): string {
  const { shape, ref } = resolved(schema, components)
  // A schema within itself is named and not unfolded again.
  if (!shape || open.size > deepest || (ref !== null && open.has(ref))) return ''
  const inside = ref === null ? open : new Set([...open, ref])
  if (shape.properties) {
    const { required = [] } = shape
    return `<ul class="fields">${Object.entries(shape.properties)
      .map(([name, property]) => field(name, property, { required: required.includes(name), components, open: inside }))
      .join('')}</ul>`
  }
  if (shape.items !== undefined) return fields(shape.items, components, inside)
  const options = (shape.anyOf ?? shape.oneOf ?? []).map((option) => fields(option, components, inside))
  const telling = options.filter((option) => option !== '')
  if (telling.length > 0) return telling.join('<p class="type">or</p>')
  return isSchema(shape.additionalProperties) ? fields(shape.additionalProperties, components, inside) : ''
}

function field(
  name: string,
  schema: unknown,
  options: { required: boolean; components: Record<string, JsonSchema>; open: ReadonlySet<string> },
): string {
  const { shape } = resolved(schema, options.components)
  const own = shapeOf.safeParse(schema).data
  const description = own?.description ?? shape?.description ?? ''
  const head =
    `<code>${escapeHtml(name)}</code> <span class="type">${escapeHtml(typeText(schema))}${options.required ? '' : ', optional'}</span>` +
    (description === '' ? '' : ` ${escapeHtml(description).replaceAll(/`([^`]+)`/g, '<code>$1</code>')}`)
  const nested = fields(schema, options.components, options.open)
  return `<li>${nested === '' ? head : `<details><summary>${head}</summary>${nested}</details>`}</li>`
}

function resolved(
  schema: unknown,
  components: Record<string, JsonSchema>,
): { shape: Shape | undefined; ref: string | null } {
  const shape = shapeOf.safeParse(schema).data
  if (shape?.$ref === undefined) return { shape, ref: null }
  const ref = refName(shape.$ref)
  return { shape: shapeOf.safeParse(components[ref]).data, ref }
}

const refName = (ref: string): string => ref.replace('#/components/schemas/', '')
const isSchema = (value: unknown): boolean => typeof value === 'object' && value !== null

/** A schema's type in words: `list of Run`, `"draft" or "live"`, `text or null`. */
export function typeText(schema: unknown): string {
  const shape = shapeOf.safeParse(schema).data
  if (!shape) return 'anything'
  if (shape.$ref !== undefined) return refName(shape.$ref)
  if (shape.enum) return shape.enum.map((value) => JSON.stringify(value)).join(' or ')
  if (shape.const !== undefined) return JSON.stringify(shape.const)
  const options = shape.anyOf ?? shape.oneOf
  if (options) return [...new Set(options.map(typeText))].join(' or ')
  const types = [shape.type ?? 'anything'].flat()
  const text = types
    .map((type) => (type === 'array' ? `list of ${typeText(shape.items)}` : (words[type] ?? type)))
    .join(' or ')
  const usually = shape.default === undefined ? '' : `, ${JSON.stringify(shape.default)} without it`
  return `${shape.format === 'date-time' ? 'time (ISO 8601)' : text}${usually}`
}

const words: Record<string, string> = {
  string: 'text',
  integer: 'whole number',
  boolean: 'true or false',
  object: 'object',
}
