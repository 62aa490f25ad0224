/** What can be wrong with an expression, in sentences. */
import { suggest } from './nearest.ts'
import { type ValueType, describeType, membersOf } from './value-type.ts'

export interface CelProblem {
  code:
    | 'expression-syntax'
    | 'expression-too-complex'
    | 'expression-unknown-name'
    | 'expression-unknown-field'
    | 'expression-unknown-function'
    | 'expression-type'
  message: string
  fix: string
  /** Offsets within the expression. */
  offset: number
  end: number
}

type Finding = Omit<CelProblem, 'offset' | 'end'>

export function typeProblem(what: string, fix: string): Finding {
  return { code: 'expression-type', message: `${what}.`, fix }
}

export function nameProblem(name: string, scope: Readonly<Record<string, ValueType>>): Finding {
  return {
    code: 'expression-unknown-name',
    message: `There is no variable "${name}".`,
    fix: suggest(
      name,
      Object.keys(scope).filter((known) => !known.startsWith('@')),
      'variable',
    ),
  }
}

export function functionProblem(name: string): Finding {
  return {
    code: 'expression-unknown-function',
    message: `There is no function "${name}".`,
    fix: 'Use the functions of CEL, such as size(), has(), startsWith(), matches().',
  }
}

export function fieldProblem(source: string, type: ValueType, field: string): Finding {
  const fields = membersOf(type).flatMap((member) => (member.kind === 'object' ? Object.keys(member.fields) : []))
  if (fields.length === 0 && !membersOf(type).some((member) => member.kind === 'object'))
    return typeProblem(`${source} is ${describeType(type)} and has no field "${field}"`, 'Use it as it is.')
  return {
    code: 'expression-unknown-field',
    message: `${source} has no field "${field}".`,
    fix: suggest(field, fields, 'field'),
  }
}

export function neverEqualProblem(given: { left: ValueType; right: ValueType; source: string }): Finding {
  return {
    code: 'expression-type',
    message: `This is always the same: ${given.source} is ${describeType(given.left)}, never ${describeType(given.right)}.`,
    fix: 'Compare with a value that can occur.',
  }
}

const operators: Record<string, string> = {
  '_+_': '+',
  '_-_': '-',
  '_*_': '*',
  '_/_': '/',
  '_%_': '%',
  '_<_': '<',
  '_<=_': '<=',
  '_>_': '>',
  '_>=_': '>=',
  '@in': 'in',
}

/** "`>` does not go between text and a number". */
export function describeCall(call: { name: string; target: ValueType | null; types: ValueType[] }): string {
  const types = call.types.map(describeType)
  const operator = operators[call.name]
  if (operator !== undefined) return `\`${operator}\` does not go between ${types.join(' and ')}`
  if (call.name === '!_' || call.name === '-_') return `\`${call.name[0]}\` does not go before ${types[0]}`
  const given = types.length === 0 ? 'nothing' : types.join(', ')
  return call.target
    ? `${call.name}() of ${describeType(call.target)} does not take ${given}`
    : `${call.name}() does not take ${given}`
}
