/** Zod schemas as JSON Schema for one OpenAPI document: those with an id are kept once, in its components. */
import type { JsonSchema } from '@tenon/runbook'
import * as z from 'zod'

export interface JsonSchemas {
  /** A reference, when the schema has an id. */
  of(schema: z.ZodType): JsonSchema
  /** By id; complete when every schema was asked for. */
  components: Record<string, JsonSchema>
}

const wrapped = z.object({
  properties: z.object({ schema: z.record(z.string(), z.unknown()) }),
  $defs: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
})

/** @throws Error when two schemas have one id and are not the same. */
export function createJsonSchemas(): JsonSchemas {
  const components: Record<string, JsonSchema> = {}
  return {
    components,
    of(schema) {
      // What is sent, and not what it is parsed to: callers write requests, and answers may gain fields.
      const options = { io: 'input', unrepresentable: 'any' } as const
      const { properties, $defs } = wrapped.parse(moved(z.toJSONSchema(z.object({ schema }), options)))
      for (const [id, definition] of Object.entries($defs)) {
        const known = components[id]
        if (known && JSON.stringify(known) !== JSON.stringify(definition)) {
          throw new Error(`Two different schemas have the id ${id}.`)
        }
        components[id] = definition
      }
      return properties.schema
    },
  }
}

/** With references to where components are in an OpenAPI document. */
function moved(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(moved)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key === '$ref' && typeof item === 'string' ? item.replace(/^#\/\$defs\//, '#/components/schemas/') : moved(item),
    ]),
  )
}
