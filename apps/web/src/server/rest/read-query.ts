import * as z from 'zod'

/** Query parameters as an object: a text each, and a list of texts where the schema wants a list. */
export function readQuery(schema: z.ZodObject | null, query: URLSearchParams): Record<string, unknown> {
  if (query.size === 0) return {}
  const found: Record<string, unknown> = Object.create(null)
  for (const name of query.keys()) {
    const values = query.getAll(name)
    const wanted = schema && Object.hasOwn(schema.shape, name) ? unwrapped(schema.shape[name]) : null
    // Given twice where one is wanted, the list is refused by the schema and the parameter is named.
    found[name] = wanted instanceof z.ZodArray || values.length > 1 ? values : values[0]
  }
  return { ...found }
}

function unwrapped(schema: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return unwrapped(schema.unwrap())
  return schema
}
