/** JSON Schema -> TypeScript type. */
import type { JsonSchema } from '../catalogue.ts'
import { isObject, resolveReference } from '../value-type.ts'
import { fieldName, literal } from './code.ts'
import { docText } from './write-workflow.ts'

/** @param indent spaces before the line that the type begins on. What is not understood, or recursive, is `unknown`. */
export function schemaType(schema: JsonSchema, indent = ''): string {
  return typeText(schema, { root: schema, indent, depth: 0 })
}

interface Where {
  root: JsonSchema
  indent: string
  depth: number
}

function typeText(raw: unknown, where: Where): string {
  if (!isObject(raw) || where.depth > 12) return 'unknown'
  const schema = resolveReference(raw, where.root)
  if (schema === null) return 'unknown'
  const inner = { ...where, depth: where.depth + 1 }
  const choices = schema['anyOf'] ?? schema['oneOf']
  if (Array.isArray(choices)) return union(choices.map((choice) => typeText(choice, inner)))
  if (Array.isArray(schema['allOf'])) return schema['allOf'].map((part) => typeText(part, inner)).join(' & ')
  if ('const' in schema) return literal(schema['const'])
  if (Array.isArray(schema['enum'])) return union(schema['enum'].map((value) => literal(value)))
  const { type } = schema
  if (Array.isArray(type)) return union(type.map((one) => typeText({ ...schema, type: one }, inner)))
  switch (type) {
    case 'null':
    case 'boolean':
    case 'string':
      return type
    case 'integer':
    case 'number':
      return 'number'
    case 'array':
      return arrayType(schema, inner)
    case 'object':
      return objectType(schema, inner)
    default:
      return 'unknown'
  }
}

function union(types: readonly string[]): string {
  const distinct = [...new Set(types)]
  return distinct.length === 0 ? 'never' : distinct.includes('unknown') ? 'unknown' : distinct.join(' | ')
}

function arrayType(schema: JsonSchema, where: Where): string {
  if (Array.isArray(schema['prefixItems']))
    return `[${schema['prefixItems'].map((item) => typeText(item, where)).join(', ')}]`
  const item = typeText(schema['items'], where)
  return / [|&] /.test(item) && !item.startsWith('{')
    ? `(${item})[]`
    : /^\{[^]* [|&] /.test(item)
      ? `Array<${item}>`
      : `${item}[]`
}

function objectType(schema: JsonSchema, where: Where): string {
  const properties = isObject(schema['properties']) ? Object.entries(schema['properties']) : []
  const required = Array.isArray(schema['required']) ? schema['required'] : []
  const extra = schema['additionalProperties']
  if (properties.length === 0) return `Record<string, ${isObject(extra) ? typeText(extra, where) : 'unknown'}>`
  const inner = { ...where, indent: `${where.indent}  ` }
  const fields = properties.map(([name, property]) => {
    const about = isObject(property) ? describe(property) : ''
    const comment = about === '' ? '' : `${inner.indent}/** ${docText(about)} */\n`
    return `${comment}${inner.indent}${fieldName(name)}${required.includes(name) ? '' : '?'}: ${typeText(property, inner)}\n`
  })
  if (isObject(extra) && Object.keys(extra).length > 0) fields.push(`${inner.indent}[name: string]: unknown\n`)
  return `{\n${fields.join('')}${where.indent}}`
}

function describe(property: JsonSchema): string {
  const { description, title } = property
  const text = typeof description === 'string' ? description : typeof title === 'string' ? title : ''
  return 'default' in property
    ? `${text === '' ? '' : `${text} `}Default: ${JSON.stringify(property['default'])}.`
    : text
}
