/** Checks a literal against a JSON Schema: the part of draft 2020-12 that `z.toJSONSchema` writes. */
import type { JsonSchema } from './catalogue.ts'
import { describeType, isObject, resolveReference, typeOfLiteral, typeOfSchema } from './value-type.ts'
import { canonicalJson } from './canonical.ts'
import { suggest } from './nearest.ts'

export interface LiteralProblem {
  code: 'input-missing' | 'input-unknown' | 'input-type' | 'input-value'
  path: (string | number)[]
  message: string
  fix: string
}

interface Place {
  root: JsonSchema
  path: (string | number)[]
}

/**
 * Everything that is wrong with `value`; paths are relative to it. Values for which `skip` answers true (expressions, checked elsewhere) and what they
 * hold are passed over.
 */
export function checkLiteral(
  value: unknown,
  schema: JsonSchema,
  skip: (value: unknown) => boolean = () => false,
): LiteralProblem[] {
  return new LiteralChecker(skip).check(value, schema, { root: schema, path: [] })
}

class LiteralChecker {
  private readonly skip: (value: unknown) => boolean
  constructor(skip: (value: unknown) => boolean) {
    this.skip = skip
  }

  check(value: unknown, raw: unknown, place: Place): LiteralProblem[] {
    if (!isObject(raw) || place.path.length > 30 || this.skip(value)) return []
    const schema = resolveReference(raw, place.root)
    if (schema === null) return []
    const choices = schema['anyOf'] ?? schema['oneOf']
    if (Array.isArray(choices)) return this.choose(value, choices, { schema, place })
    if (Array.isArray(schema['allOf'])) return schema['allOf'].flatMap((part) => this.check(value, part, place))
    if ('const' in schema || Array.isArray(schema['enum'])) return allowedValues(value, schema, place)
    const expected = typeOfSchema({ ...schema, $defs: place.root['$defs'] })
    if (!hasType(value, schema['type'])) {
      const message = `This is ${describeType(typeOfLiteral(value))}, but ${describeType(expected)} is needed.`
      return [
        {
          code: 'input-type',
          path: place.path,
          message,
          fix: `Give ${describeType(expected)}, or an expression in \${ }.`,
        },
      ]
    }
    if (typeof value === 'string') return textRules(value, schema, place)
    if (typeof value === 'number') return numberRules(value, schema, place)
    if (Array.isArray(value)) return this.items(value, schema, place)
    return isObject(value) ? this.members(value, schema, place) : []
  }

  /** The choice that fits; else the problems of the one that comes closest, so that the message is about what was meant. */
  private choose(
    value: unknown,
    choices: unknown[],
    { schema, place }: { schema: JsonSchema; place: Place },
  ): LiteralProblem[] {
    const answers = choices.map((choice) => this.check(value, choice, place))
    if (answers.some((problems) => problems.length === 0)) return []
    const nested = answers.filter((problems) => problems.some((problem) => problem.path.length > place.path.length))
    if (nested.length > 0) return nested.reduce((best, problems) => (problems.length < best.length ? problems : best))
    const expected = describeType(typeOfSchema({ ...schema, $defs: place.root['$defs'] }))
    return [{ code: 'input-type', path: place.path, message: `This is not ${expected}.`, fix: `Give ${expected}.` }]
  }

  private items(value: unknown[], schema: JsonSchema, place: Place): LiteralProblem[] {
    const problems: LiteralProblem[] = []
    const { minItems, maxItems } = schema
    if (typeof minItems === 'number' && value.length < minItems)
      problems.push({
        code: 'input-value',
        path: place.path,
        message: `The list has ${value.length} items; at least ${minItems} are needed.`,
        fix: 'Add what is missing.',
      })
    if (typeof maxItems === 'number' && value.length > maxItems)
      problems.push({
        code: 'input-value',
        path: place.path,
        message: `The list has ${value.length} items; at most ${maxItems} are allowed.`,
        fix: 'Remove some.',
      })
    const prefix = Array.isArray(schema['prefixItems']) ? schema['prefixItems'] : []
    return problems.concat(
      value.flatMap((item, index) =>
        this.check(item, prefix[index] ?? schema['items'], { ...place, path: [...place.path, index] }),
      ),
    )
  }

  private members(value: JsonSchema, schema: JsonSchema, place: Place): LiteralProblem[] {
    const properties = isObject(schema['properties']) ? schema['properties'] : {}
    const required = Array.isArray(schema['required']) ? schema['required'] : []
    const problems: LiteralProblem[] = []
    for (const name of required) {
      const known = isObject(properties[String(name)]) ? (properties[String(name)] as JsonSchema) : {}
      // A default fills the gap, whichever way the schema was made.
      if (!Object.hasOwn(value, String(name)) && !('default' in known))
        problems.push({
          code: 'input-missing',
          path: [...place.path, String(name)],
          message: `"${String(name)}" is missing.`,
          fix: missingFix(known, place.root),
        })
    }
    problems.push(...unfilledGroups(value, schema['x-one-of'], place))
    for (const [name, member] of Object.entries(value)) {
      const path = [...place.path, name]
      if (Object.hasOwn(properties, name)) problems.push(...this.check(member, properties[name], { ...place, path }))
      else if (isObject(schema['additionalProperties']))
        problems.push(...this.check(member, schema['additionalProperties'], { ...place, path }))
      else if (schema['additionalProperties'] !== true && Object.keys(properties).length > 0)
        problems.push({
          code: 'input-unknown',
          path,
          message: `There is no field "${name}" here.`,
          fix: suggest(name, Object.keys(properties), 'field'),
        })
    }
    return problems
  }
}

/** `x-one-of`: groups of fields, of which one has to be filled in as a whole. Expressions count as filled in: the run looks at what they give. */
function unfilledGroups(value: JsonSchema, groups: unknown, { path }: Place): LiteralProblem[] {
  if (!Array.isArray(groups)) return []
  const given = (name: unknown): boolean => {
    const field = value[String(name)]
    return field !== undefined && field !== null && field !== '' && !(Array.isArray(field) && field.length === 0)
  }
  if (groups.some((group) => Array.isArray(group) && group.every(given))) return []
  const said = groups.map((group) => (Array.isArray(group) ? group.join(' and ') : String(group))).join(', or ')
  return [{ code: 'input-missing', path, message: 'It does not say what is acted upon.', fix: `Fill in ${said}.` }]
}

function missingFix(schema: JsonSchema, root: JsonSchema): string {
  const title = typeof schema['description'] === 'string' ? ` (${schema['description']})` : ''
  return `Give ${describeType(typeOfSchema({ ...schema, $defs: root['$defs'] }))}${title}.`
}

function allowedValues(value: unknown, schema: JsonSchema, place: Place): LiteralProblem[] {
  const allowed: unknown[] = 'const' in schema ? [schema['const']] : (schema['enum'] as unknown[])
  const written = canonicalJson(value)
  if (allowed.some((one) => canonicalJson(one) === written)) return []
  const list = allowed
    .slice(0, 12)
    .map((one) => JSON.stringify(one))
    .join(', ')
  return [
    {
      code: 'input-value',
      path: place.path,
      message: `${written.slice(0, 60)} is not one of ${list}.`,
      fix: `Use one of ${list}.`,
    },
  ]
}

function hasType(value: unknown, type: unknown): boolean {
  if (Array.isArray(type)) return type.some((one) => hasType(value, one))
  switch (type) {
    case 'null':
      return value === null
    case 'boolean':
      return typeof value === 'boolean'
    case 'number':
      return typeof value === 'number'
    case 'integer':
      return Number.isInteger(value)
    case 'string':
      return typeof value === 'string'
    case 'array':
      return Array.isArray(value)
    case 'object':
      return isObject(value)
    default:
      return true
  }
}

function textRules(value: string, schema: JsonSchema, { path }: Place): LiteralProblem[] {
  const { minLength, maxLength, pattern } = schema
  if (typeof minLength === 'number' && value.length < minLength)
    return [
      {
        code: 'input-value',
        path,
        message: value === '' ? `This is empty${placeOf(path)}.` : `This text is shorter than ${minLength} characters.`,
        fix: typeof schema['x-fix'] === 'string' ? schema['x-fix'] : 'Fill it in.',
      },
    ]
  if (typeof maxLength === 'number' && value.length > maxLength)
    return [
      { code: 'input-value', path, message: `This text is longer than ${maxLength} characters.`, fix: 'Shorten it.' },
    ]
  // Patterns come from node types, which are our own code, not from users.
  if (typeof pattern === 'string' && !new RegExp(pattern, 'u').test(value))
    return [
      {
        code: 'input-value',
        path,
        message: `"${value.slice(0, 60)}" does not have the needed form${placeOf(path)}.`,
        fix: patternFix(schema),
      },
    ]
  return []
}

/** ` (entity)`: the field, for who reads the message without its place. */
function placeOf(path: Place['path']): string {
  const field = path.find((part) => typeof part === 'string')
  return field === undefined ? '' : ` (${field})`
}

function patternFix(schema: JsonSchema): string {
  if (typeof schema['x-fix'] === 'string') return schema['x-fix']
  if (schema['x-widget'] === 'duration') return 'Write a duration like 30s, 15m, 2h or 1d.'
  return `It must match ${String(schema['pattern'])}.`
}

function numberRules(value: number, schema: JsonSchema, { path }: Place): LiteralProblem[] {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema
  const wrong = (rule: string): LiteralProblem[] => [
    { code: 'input-value', path, message: `${value} is out of range.`, fix: `Give a number ${rule}.` },
  ]
  if (typeof minimum === 'number' && value < minimum) return wrong(`of at least ${minimum}`)
  if (typeof exclusiveMinimum === 'number' && value <= exclusiveMinimum) return wrong(`above ${exclusiveMinimum}`)
  if (typeof maximum === 'number' && value > maximum) return wrong(`of at most ${maximum}`)
  if (typeof exclusiveMaximum === 'number' && value >= exclusiveMaximum) return wrong(`below ${exclusiveMaximum}`)
  return []
}
