/** A node type's input schema as the form shows it: one field a property, each with a control. */
import type { NodeType, Parameter } from '@tenon/runbook'
import * as z from 'zod'

export type Control =
  | { kind: 'text'; long: boolean }
  | { kind: 'number'; minimum: number | undefined; maximum: number | undefined; whole: boolean }
  | { kind: 'boolean' }
  | { kind: 'choice'; options: string[] }
  | { kind: 'duration' }
  | { kind: 'pick'; of: 'chain' | 'entity' | 'zone' | 'measure' | 'connection' | 'runbook' }
  /** A text or a number, as it is written. */
  | { kind: 'scalar' }
  /** A list of short texts, one a line. */
  | { kind: 'lines' }
  /** Named values, each a text, a number or an expression. */
  | { kind: 'values' }
  /** The cases of a switch: a name and a condition each. */
  | { kind: 'cases' }
  /** A CEL expression: what is written is always one. */
  | { kind: 'condition' }
  /** Anything else is edited as JSON, so that no node type is out of reach. */
  | { kind: 'json' }

export interface SchemaField {
  name: string
  label: string
  description: string | undefined
  required: boolean
  default: unknown
  control: Control
}

const property = z.object({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  title: z.string().optional(),
  description: z.string().optional(),
  default: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  items: z.unknown().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  additionalProperties: z.unknown().optional(),
  'x-widget': z.string().optional(),
})
type Property = z.infer<typeof property>
const inputSchema = z.object({
  properties: z.record(z.string(), z.unknown()).default({}),
  required: z.array(z.string()).default([]),
})

export function schemaFields(nodeType: Pick<NodeType, 'inputSchema'>): SchemaField[] {
  const schema = inputSchema.parse(nodeType.inputSchema)
  return Object.entries(schema.properties).map(([name, raw]) => {
    const parsed = property.safeParse(raw)
    const shape: Property = parsed.success ? parsed.data : {}
    return {
      name,
      label: shape.title ?? words(name),
      description: shape.description,
      // A default makes a field optional to write, whatever the schema says of the parsed value.
      required: schema.required.includes(name) && shape.default === undefined,
      default: shape.default,
      control: controlOf(shape),
    }
  })
}

/** The control for a parameter's value, in the run dialog and for its default. */
export function parameterControl(type: Parameter['type']): Control {
  switch (type) {
    case 'string':
      return { kind: 'text', long: false }
    case 'number':
      return { kind: 'number', minimum: undefined, maximum: undefined, whole: false }
    case 'boolean':
      return { kind: 'boolean' }
    case 'duration':
      return { kind: 'duration' }
    case 'list':
      return { kind: 'lines' }
    case 'chain':
    case 'entity':
    case 'zone':
      return { kind: 'pick', of: type }
    // Ids that come from outside: there is no list of them to choose from here.
    case 'alert':
    case 'change':
      return { kind: 'text', long: false }
  }
}

function controlOf(shape: Property): Control {
  switch (shape['x-widget']) {
    case 'chain':
    case 'entity':
    case 'zone':
    case 'measure':
    case 'connection':
    case 'runbook':
      return { kind: 'pick', of: shape['x-widget'] }
    case 'duration':
      return { kind: 'duration' }
    case 'cel':
    case 'condition':
      return { kind: 'condition' }
    case 'text':
      return { kind: 'text', long: true }
    case 'scalar':
      return { kind: 'scalar' }
    case undefined:
    default:
    // No widget, or one that this form does not know: the type decides.
  }
  const options = shape.enum?.filter((option) => typeof option === 'string')
  if (options && options.length > 0) return { kind: 'choice', options }
  const types = Array.isArray(shape.type) ? shape.type.filter((type) => type !== 'null') : [shape.type]
  switch (types.length === 1 ? types[0] : undefined) {
    case 'string':
      return { kind: 'text', long: false }
    case 'number':
    case 'integer':
      return { kind: 'number', minimum: shape.minimum, maximum: shape.maximum, whole: types[0] === 'integer' }
    case 'boolean':
      return { kind: 'boolean' }
    case 'array':
      return arrayControl(shape)
    case 'object':
      // Names that the schema does not list: the author gives them.
      return shape.properties === undefined && shape.additionalProperties !== undefined && isPlain(shape)
        ? { kind: 'values' }
        : { kind: 'json' }
    default:
      return { kind: 'json' }
  }
}

const item = z.object({ type: z.string().optional(), properties: z.record(z.string(), z.unknown()).optional() })

function arrayControl({ items }: Property): Control {
  const parsed = item.safeParse(items)
  if (parsed.data?.type === 'string') return { kind: 'lines' }
  const fields = Object.keys(parsed.data?.properties ?? {})
  return fields.length === 2 && fields.includes('name') && fields.includes('when')
    ? { kind: 'cases' }
    : { kind: 'json' }
}

/** Whether the values may be anything, not objects of a form of their own. */
function isPlain({ additionalProperties }: Property): boolean {
  const parsed = item.safeParse(additionalProperties)
  return parsed.data?.properties === undefined
}

/** `expiresAfter` -> `Expires after`. */
function words(name: string): string {
  const spaced = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase()
  return spaced.charAt(0).toUpperCase() + spaced.slice(1)
}

/** Whether a stored value is one whole expression; its text without the braces. */
export function expressionOf(value: unknown): string | null {
  if (typeof value !== 'string') return null
  const match = /^\$\{([\s\S]*)\}$/.exec(value.trim())
  // `${a} and ${b}` is text with two expressions in it, not one.
  return match && !match[1]!.includes('${') ? match[1]!.trim() : null
}

export const asExpression = (cel: string): string => `\${${cel}}`
