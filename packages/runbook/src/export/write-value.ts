/** Inputs of steps as TypeScript. */
import type { Problem } from '../document.ts'
import type { PlanValue } from '../plan.ts'
import { type ValueType, anyType, typeOfLiteral, unionOf } from '../value-type.ts'
import { type Code, binding, code, enclosed, fieldName, inside, literal, templateText } from './code.ts'
import { type Place, Untranslatable } from './place.ts'
import { translateCel } from './translate-cel.ts'

/** A place in a runbook that has no exact form in TypeScript. */
export class Refused extends Error {
  readonly problem: Problem

  constructor(message: string, path: Problem['path']) {
    super(message)
    const fix = 'Write it in another way, or compute it in a step of its own, and export again.'
    this.problem = { code: 'export-unsupported', severity: 'error', message, fix, path }
  }
}

interface Where {
  place: Place
  path: Problem['path']
  /** Spaces before the line that the value begins on. */
  indent: string
}

export function writeValue(value: PlanValue, where: Where): Code {
  switch (value.kind) {
    case 'literal':
      return code(literal(value.value, where.indent), typeOfLiteral(value.value), { isSafe: true })
    case 'expression':
      return expression(value.cel, where)
    case 'template':
      return template(value.parts, where)
    case 'list': {
      const deeper = { ...where, indent: `${where.indent}  ` }
      const items = value.items.map((item, index) => writeValue(item, { ...deeper, path: [...where.path, index] }))
      const text = enclosed(
        '[]',
        items.map((item) => inside(item, binding.arrow)),
        where.indent,
      )
      return code(text, {
        kind: 'list',
        element: items.length === 0 ? anyType : unionOf(items.map((item) => item.type)),
      })
    }
    case 'object': {
      const { text, types } = writeFields(value.fields, where)
      const fields = Object.fromEntries(Object.entries(types).map(([name, type]) => [name, { type, optional: false }]))
      return code(text, { kind: 'object', fields, rest: null })
    }
  }
}

/** An object literal of inputs, and the type of each. */
export function writeFields(
  fields: Readonly<Record<string, PlanValue>>,
  where: Where,
): { text: string; types: Record<string, ValueType> } {
  const types: Record<string, ValueType> = {}
  const members = Object.entries(fields).map(([name, value]) => {
    const written = writeValue(value, { ...where, indent: `${where.indent}  `, path: [...where.path, name] })
    types[name] = written.type
    // Names are written out, also where the value is called the same.
    return `${fieldName(name)}: ${inside(written, binding.arrow)}`
  })
  return { text: enclosed('{}', members, where.indent), types }
}

function expression(cel: string, { place, path, indent }: Where): Code {
  try {
    return translateCel(cel, { ...place, indent })
  } catch (error) {
    if (error instanceof Untranslatable) throw new Refused(`\`${cel}\`: ${error.message}`, path)
    throw error
  }
}

function template(parts: readonly (string | { cel: string })[], where: Where): Code {
  const text = parts.map((part) => {
    if (typeof part === 'string') return templateText(part)
    const value = expression(part.cel, where)
    // Other values than text are written as JSON there.
    const isText = value.type.kind === 'string'
    return `\${${isText ? value.text : `${where.place.use('text')}(${value.text})`}}`
  })
  return code(`\`${text.join('')}\``, { kind: 'string' })
}
