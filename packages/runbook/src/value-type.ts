/** Types of values, made from JSON Schema: what the expression checker reasons about. */
import type { JsonSchema } from './catalogue.ts'

export type ValueType =
  /** Anything; checked only when it runs. */
  | { kind: 'any' }
  /** No value: the element of an empty list. */
  | { kind: 'never' }
  | { kind: 'null' | 'bool' | 'int' | 'double' | 'bytes' | 'timestamp' | 'duration' | 'type' }
  /** `values` when only these can occur. */
  | { kind: 'string'; values?: readonly string[] }
  | { kind: 'list'; element: ValueType }
  /** Named fields; `rest` is the type of any other field, null when there are none. */
  | { kind: 'object'; fields: Readonly<Record<string, ObjectField>>; rest: ValueType | null }
  | { kind: 'union'; members: readonly ValueType[] }

export interface ObjectField {
  type: ValueType
  optional: boolean
}

export const anyType: ValueType = { kind: 'any' }
export const neverType: ValueType = { kind: 'never' }

/** One type for all of these; unions inside are flattened, equal members merged. */
export function unionOf(types: readonly ValueType[]): ValueType {
  // Most unions are of one type, and a compilation makes thousands.
  if (types.length === 1) return types[0]!
  const members: ValueType[] = []
  for (const type of types.flatMap(membersOf)) {
    if (type.kind === 'any') return anyType
    if (type.kind !== 'never') merge(members, type)
  }
  if (members.length === 0) return neverType
  return members.length === 1 ? members[0]! : { kind: 'union', members }
}

function merge(members: ValueType[], type: ValueType): void {
  const index = members.findIndex((member) => member.kind === type.kind && type.kind !== 'object')
  const known = members[index]
  if (known === undefined) members.push(type)
  else if (known.kind === 'list' && type.kind === 'list')
    members[index] = { kind: 'list', element: unionOf([known.element, type.element]) }
  else if (known.kind === 'string' && type.kind === 'string') {
    const values = known.values && type.values ? [...new Set([...known.values, ...type.values])] : undefined
    members[index] = values ? { kind: 'string', values } : { kind: 'string' }
  }
}

export function membersOf(type: ValueType): readonly ValueType[] {
  return type.kind === 'union' ? type.members : [type]
}

/** A JSON Schema's type. Keywords that only narrow values (minimum, pattern) do not matter here; what is not understood is `any`. */
export function typeOfSchema(schema: JsonSchema): ValueType {
  return convert(schema, { root: schema, depth: 0 })
}

interface Place {
  root: JsonSchema
  depth: number
}

function convert(raw: unknown, place: Place): ValueType {
  // A recursive schema would never end; nobody reaches 12 levels down in an expression.
  if (!isObject(raw) || place.depth > 12) return anyType
  const inner = { ...place, depth: place.depth + 1 }
  const schema = resolveReference(raw, place.root)
  if (schema === null) return anyType
  const choices = schema['anyOf'] ?? schema['oneOf']
  if (Array.isArray(choices)) return unionOf(choices.map((choice) => convert(choice, inner)))
  const parts = schema['allOf']
  if (Array.isArray(parts)) return intersect(parts.map((part) => convert(part, inner)))
  if ('const' in schema) return typeOfLiteral(schema['const'])
  if (Array.isArray(schema['enum'])) return unionOf(schema['enum'].map(typeOfLiteral))
  const { type } = schema
  if (Array.isArray(type)) return unionOf(type.map((one) => convert({ ...schema, type: one }, inner)))
  switch (type) {
    case 'null':
      return { kind: 'null' }
    case 'boolean':
      return { kind: 'bool' }
    // JSON numbers reach expressions as doubles, whole ones too.
    case 'integer':
    case 'number':
      return { kind: 'double' }
    case 'string':
      return { kind: 'string' }
    case 'array':
      return { kind: 'list', element: elementType(schema, inner) }
    case 'object':
      return objectType(schema, inner)
    default:
      return anyType
  }
}

function elementType(schema: JsonSchema, place: Place): ValueType {
  const prefix = Array.isArray(schema['prefixItems']) ? schema['prefixItems'].map((item) => convert(item, place)) : []
  if (prefix.length === 0) return convert(schema['items'], place)
  return unionOf(isObject(schema['items']) ? [...prefix, convert(schema['items'], place)] : prefix)
}

function objectType(schema: JsonSchema, place: Place): ValueType {
  const properties = isObject(schema['properties']) ? schema['properties'] : {}
  const required = Array.isArray(schema['required']) ? schema['required'] : []
  const fields = Object.fromEntries(
    Object.entries(properties).map(([name, property]): [string, ObjectField] => [
      name,
      { type: convert(property, place), optional: !required.includes(name) },
    ]),
  )
  const extra = schema['additionalProperties']
  if (isObject(extra)) return { kind: 'object', fields, rest: convert(extra, place) }
  // zod leaves the keyword out of input schemas although it strips what it does not know, so named fields close an object.
  const open = extra === true || (extra === undefined && Object.keys(properties).length === 0)
  return { kind: 'object', fields, rest: open ? anyType : null }
}

function intersect(types: ValueType[]): ValueType {
  const objects = types.filter((type) => type.kind === 'object')
  if (objects.length !== types.length || objects.length === 0)
    return types.find((type) => type.kind !== 'any') ?? anyType
  return {
    kind: 'object',
    fields: Object.assign({}, ...objects.map((type) => type.fields)) as Record<string, ObjectField>,
    rest: objects.find((type) => type.rest !== null)?.rest ?? null,
  }
}

/** Follows `#`, `#/$defs/x`; null for what is not found or refers to itself. */
export function resolveReference(schema: JsonSchema, root: JsonSchema): JsonSchema | null {
  let current = schema
  for (let hops = 0; typeof current['$ref'] === 'string'; hops += 1) {
    if (hops > 10) return null
    const target = current['$ref']
      .split('/')
      .slice(1)
      .reduce<unknown>((at, key) => (isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined), root)
    if (!isObject(target)) return null
    current = target
  }
  return current
}

export function isObject(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The type of a literal value, as exact as can be. */
export function typeOfLiteral(value: unknown): ValueType {
  if (value === null) return { kind: 'null' }
  if (typeof value === 'boolean') return { kind: 'bool' }
  if (typeof value === 'number') return { kind: 'double' }
  if (typeof value === 'string') return { kind: 'string', values: [value] }
  if (Array.isArray(value)) return { kind: 'list', element: unionOf(value.map(typeOfLiteral)) }
  if (!isObject(value)) return anyType
  const fields = Object.entries(value).map(([name, field]): [string, ObjectField] => [
    name,
    { type: typeOfLiteral(field), optional: false },
  ])
  return { kind: 'object', fields: Object.fromEntries(fields), rest: null }
}

/** Whether some value of `from` is also one of `to`. A mismatch that only some values have is left to the run. */
export function mayBe(from: ValueType, to: ValueType): boolean {
  return membersOf(from).some((source) => membersOf(to).some((target) => memberMayBe(source, target)))
}

function memberMayBe(from: ValueType, to: ValueType): boolean {
  if (from.kind === 'any' || to.kind === 'any' || from.kind === 'never') return true
  if (from.kind === 'string' && to.kind === 'string')
    return !from.values || !to.values || from.values.some((value) => to.values!.includes(value))
  if (isNumber(from) && isNumber(to)) return true
  // A timestamp or duration becomes text when it leaves an expression.
  if ((from.kind === 'timestamp' || from.kind === 'duration') && to.kind === 'string') return !to.values
  if (from.kind === 'list' && to.kind === 'list') return mayBe(from.element, to.element)
  if (from.kind === 'object' && to.kind === 'object') return objectMayBe(from, to)
  return from.kind === to.kind
}

function objectMayBe(from: ValueType & { kind: 'object' }, to: ValueType & { kind: 'object' }): boolean {
  return Object.entries(to.fields).every(([name, field]) => {
    const given = Object.hasOwn(from.fields, name) ? from.fields[name]!.type : from.rest
    return given === null ? field.optional : mayBe(given, field.type)
  })
}

export function isNumber(type: ValueType): boolean {
  return type.kind === 'int' || type.kind === 'double'
}

/** For people: "text", "one of "a", "b"", "list of numbers". */
export function describeType(type: ValueType): string {
  switch (type.kind) {
    case 'any':
      return 'anything'
    case 'never':
      return 'nothing'
    case 'null':
      return 'null'
    case 'bool':
      return 'true or false'
    case 'int':
    case 'double':
      return 'a number'
    case 'string':
      return type.values ? describeValues(type.values) : 'text'
    case 'list':
      return type.element.kind === 'any' || type.element.kind === 'never'
        ? 'a list'
        : `a list of ${describeType(type.element)}`
    case 'object':
      return 'an object'
    case 'bytes':
      return 'bytes'
    case 'timestamp':
      return 'a timestamp'
    case 'duration':
      return 'a duration'
    case 'type':
      return 'a type'
    case 'union':
      return type.members.map(describeType).join(' or ')
  }
}

function describeValues(values: readonly string[]): string {
  const quoted = values.slice(0, 6).map((value) => `"${value}"`)
  if (values.length > quoted.length) quoted.push('...')
  return quoted.length === 1 ? quoted[0]! : `one of ${quoted.join(', ')}`
}
