import type { JsonSchema } from '@tenon/runbook'
import * as z from 'zod'

const schemaShape = z.looseObject({
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  format: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  default: z.unknown().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  items: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
})

/** Values that show what a field of this name is for. */
const byName: Record<string, unknown> = {
  name: 'payment-drop',
  runbook: 'payment-drop',
  reason: 'wrong incident',
  decision: 'approved',
  title: 'payment v1 → v2',
  kind: 'deploy',
  params: { chain: 'card-payment' },
  from: 'judge_payment',
  revision: 7,
  version: 3,
}

/** A value that fits a schema: what is required, and no more. */
export function exampleOf(schema: unknown, components: Record<string, JsonSchema>, name = '', depth = 0): unknown {
  const shape = schemaShape.safeParse(schema).data
  if (!shape || depth > 6) return null
  const again = (next: unknown, nextName = name): unknown => exampleOf(next, components, nextName, depth + 1)
  if (shape.$ref !== undefined) return again(components[shape.$ref.replace('#/components/schemas/', '')])
  if (shape.const !== undefined) return shape.const
  if (shape.enum) return shape.enum.includes(byName[name]) ? byName[name] : shape.enum[0]
  const [first] = shape.anyOf ?? shape.oneOf ?? []
  if (first !== undefined) return again(first)
  switch ([shape.type].flat()[0]) {
    case 'object': {
      if (Object.hasOwn(byName, name) && typeof byName[name] === 'object') return byName[name]
      const required = shape.required ?? []
      return Object.fromEntries(
        Object.entries(shape.properties ?? {})
          .filter(([key]) => required.includes(key) || key === 'params')
          .map(([key, value]) => [key, again(value, key)]),
      )
    }
    case 'array':
      return shape.items === undefined ? [] : [again(shape.items)]
    case 'integer':
    case 'number':
      return typeof byName[name] === 'number' ? byName[name] : 1
    case 'boolean':
      return true
    case 'null':
      return null
    default:
      if (shape.format === 'date-time') return '2026-01-31T12:00:00Z'
      return typeof byName[name] === 'string' ? byName[name] : name === '' ? 'text' : `<${name}>`
  }
}
