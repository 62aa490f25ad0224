/** JSON Schema as TypeScript. */

type Schema = Readonly<Record<string, unknown>>

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** @example typeOfSchema({ type: 'array', items: { $ref: '#/components/schemas/Run' } }) // 'Run[]' */
export function typeOfSchema(schema: unknown, indent = ''): string {
  if (!isSchema(schema)) return 'unknown'
  const { $ref, type } = schema
  if (typeof $ref === 'string') return $ref.slice($ref.lastIndexOf('/') + 1)
  if (Array.isArray(schema['enum'])) return union(schema['enum'].map((value) => JSON.stringify(value)))
  if ('const' in schema) return JSON.stringify(schema['const'])
  const options = schema['anyOf'] ?? schema['oneOf']
  if (Array.isArray(options)) return union(options.map((option) => typeOfSchema(option, indent)))
  if (Array.isArray(schema['allOf'])) {
    return schema['allOf'].map((part) => `(${typeOfSchema(part, indent)})`).join(' & ')
  }
  if (Array.isArray(type)) return union(type.map((one) => typeOfSchema({ ...schema, type: one }, indent)))
  switch (type) {
    case 'string':
      return 'string'
    case 'integer':
    case 'number':
      return 'number'
    case 'boolean':
      return 'boolean'
    case 'null':
      return 'null'
    case 'array':
      return listType(schema, indent)
    case 'object':
      return objectType(schema, indent)
    default:
      return 'unknown'
  }
}

function listType(schema: Schema, indent: string): string {
  const positions = schema['prefixItems']
  if (Array.isArray(positions)) return `[${positions.map((item) => typeOfSchema(item, indent)).join(', ')}]`
  const item = typeOfSchema(schema['items'], indent)
  return /^\w+$/.test(item) ? `${item}[]` : `(${item})[]`
}

function objectType(schema: Schema, indent: string): string {
  const properties = isSchema(schema['properties']) ? Object.entries(schema['properties']) : []
  const more = schema['additionalProperties']
  if (properties.length === 0) return `Record<string, ${isSchema(more) ? typeOfSchema(more, indent) : 'unknown'}>`
  const required = Array.isArray(schema['required']) ? schema['required'] : []
  const inner = `${indent}  `
  const lines = properties.flatMap(([name, property]) => [
    ...comment(property, inner),
    `${inner}${propertyName(name)}${required.includes(name) ? '' : '?'}: ${typeOfSchema(property, inner)}`,
  ])
  return `{\n${lines.join('\n')}\n${indent}}`
}

/** A doc comment of a schema's description; none without one. */
export function comment(schema: unknown, indent: string): string[] {
  const text = isSchema(schema) ? schema['description'] : undefined
  return typeof text === 'string' ? [`${indent}/** ${safe(text)} */`] : []
}

/** Text that does not end the comment that it is in. */
export const safe = (text: string): string => text.replaceAll('*/', '*\\/').replaceAll('\n', ' ')

export const propertyName = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name))

const union = (types: string[]): string => [...new Set(types)].join(' | ')
