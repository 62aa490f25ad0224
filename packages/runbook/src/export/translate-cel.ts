/**
 * CEL -> TypeScript. What TypeScript means by the same text is written so; what means something else there (errors that `&&` absorbs, missing fields, whole
 * numbers) is written with the functions of the project's values.ts. What cannot be said exactly is refused.
 */
import { type CelNode, parseCel } from '../cel-environment.ts'
import { type ValueType, anyType, membersOf, neverType, typeOfLiteral, unionOf } from '../value-type.ts'
import { type Code, binding, code, fieldName, inside, isName, lazy, quote, whole } from './code.ts'
import { translateCall } from './translate-call.ts'
import { foldOf } from './cel-fold.ts'
import { type Inside, type Place, Untranslatable } from './place.ts'

/** @throws Untranslatable with a sentence that names what cannot be written. */
export function translateCel(cel: string, outer: Place): Code {
  const parsed = parseCel(cel)
  if (!parsed.ok) throw new Untranslatable(parsed.problem.message)
  return translate(parsed.parsed.expr, { ...outer, translate, fieldOf })
}

function translate(node: CelNode, place: Inside): Code {
  const kind = node.exprKind
  switch (kind.case) {
    case 'constExpr':
      return constant(kind.value.constantKind)
    case 'identExpr':
      return identifier(kind.value.name, place)
    case 'selectExpr':
      return select(node, place)
    case 'callExpr':
      return translateCall(node, place)
    case 'listExpr': {
      if (kind.value.optionalIndices.length > 0)
        throw new Untranslatable('Optional items of a list cannot be exported.')
      const items = kind.value.elements.map((element) => translate(element, place))
      const type: ValueType = {
        kind: 'list',
        element: items.length === 0 ? neverType : unionOf(items.map((item) => item.type)),
      }
      const isSafe = items.every((item) => item.isSafe)
      return code(`[${items.map((item) => inside(item, binding.arrow)).join(', ')}]`, type, { isSafe })
    }
    case 'structExpr':
      return struct(node, place)
    case 'comprehensionExpr':
      return comprehension(node, place)
    case undefined:
      throw new Untranslatable('The expression cannot be read.')
  }
}

function constant(constant: { case?: string; value?: unknown }): Code {
  const { case: kind, value } = constant
  const always = { isSafe: true }
  switch (kind) {
    case 'stringValue':
      return code(quote(String(value)), typeOfLiteral(String(value)), always)
    case 'boolValue':
      return code(String(value), { kind: 'bool' }, always)
    case 'nullValue':
      return code('null', { kind: 'null' }, always)
    case 'doubleValue':
      return number(Number(value))
    case 'int64Value':
      return whole(BigInt(String(value)))
    default:
      throw new Untranslatable(
        `Constants of this kind (${kind?.replace('Value', '') ?? 'unknown'}) cannot be exported.`,
      )
  }
}

function number(value: number): Code {
  if (!Number.isFinite(value)) throw new Untranslatable('A number of this size cannot be exported.')
  const binds = value < 0 || Object.is(value, -0) ? binding.unary : binding.primary
  return code(Object.is(value, -0) ? '-0' : String(value), { kind: 'double' }, { isSafe: true, binds })
}

function identifier(name: string, place: Inside): Code {
  if (name === 'steps' || name === 'loops')
    throw new Untranslatable(`\`${name}\` as a whole cannot be exported; read one of them: \`${name}.<id>\`.`)
  if (Object.hasOwn(place.variables, name)) return place.variables[name]!
  if (['int', 'uint', 'double', 'bool', 'string', 'bytes', 'list', 'map', 'null_type', 'type'].includes(name))
    throw new Untranslatable(`The type \`${name}\` as a value cannot be exported.`)
  return missing(name, place)
}

const missing = (name: string, place: Inside): Code => code(`${place.use('missing')}(${quote(name)})`)

/** `steps.<id>`, `steps["<id>"]`, `loops.<id>`: which one, and of what. */
function rootOf(node: CelNode): { root: string; id: string } | null {
  const kind = node.exprKind
  let operand: CelNode | undefined
  let id: string | null = null
  if (kind.case === 'selectExpr') [operand, id] = [kind.value.operand, kind.value.testOnly ? null : kind.value.field]
  else if (kind.case === 'callExpr' && kind.value.function === '_[_]') {
    const key = kind.value.args[1]?.exprKind
    operand = kind.value.args[0]
    if (key?.case === 'constExpr' && key.value.constantKind.case === 'stringValue') id = key.value.constantKind.value
  }
  if (operand?.exprKind.case !== 'identExpr' || id === null) return null
  const root = operand.exprKind.value.name
  return root === 'steps' || root === 'loops' ? { root, id } : null
}

function select(node: CelNode, place: Inside): Code {
  if (node.exprKind.case !== 'selectExpr' || !node.exprKind.value.operand)
    throw new Untranslatable('The expression cannot be read.')
  const { operand, field, testOnly } = node.exprKind.value
  return testOnly ? test(operand, field, place) : (rootItself(node, place) ?? fieldOf(operand, field, place))
}

/** `steps.<id>` or `loops.<id>` as a whole; null for other nodes. */
function rootItself(node: CelNode, place: Inside): Code | null {
  const found = rootOf(node)
  if (!found) return null
  if (found.root === 'loops') {
    const loop = place.loops[found.id]
    if (!loop) return missing(`loops.${found.id}`, place)
    return code(`{ index: ${loop.index.text}, item: ${loop.item?.text ?? 'null'} }`, anyType, { isSafe: true })
  }
  const step = place.step(found.id)
  return step ? code(`${step.text}.view`, anyType, { isSafe: true }) : missing(`steps.${found.id}`, place)
}

/** A field of what a node gives; also `container["field"]`. */
function fieldOf(operand: CelNode, field: string, place: Inside): Code {
  const found = rootOf(operand)
  if (found?.root === 'loops') {
    const loop = place.loops[found.id]
    if (loop && field === 'index') return loop.index
    if (loop && field === 'item') return loop.item ?? code('null', { kind: 'null' }, { isSafe: true })
    return missing(`loops.${found.id}.${field}`, place)
  }
  if (found) return stepField(found.id, field, place)
  if (operand.exprKind.case === 'identExpr' && !Object.hasOwn(place.variables, operand.exprKind.value.name)) {
    if (operand.exprKind.value.name === 'steps') return missing(`steps.${field}`, place)
  }
  return memberOf(translate(operand, place), field, place)
}

function stepField(id: string, field: string, place: Inside): Code {
  const step = place.step(id)
  if (!step) return missing(`steps.${id}`, place)
  const isDone = step.isDone || place.facts.has(`done ${step.text}`)
  switch (field) {
    case 'outcome':
      return code(`${step.text}.outcome`, { kind: 'string' }, { isSafe: true })
    case 'output':
      return code(`${step.text}.output`, step.output, { isSafe: isDone })
    case 'summary':
      return code(`${step.text}.summary`, { kind: 'string' }, { isSafe: isDone })
    case 'error': {
      const text: ValueType = { kind: 'string' }
      const fields = { code: { type: text, optional: false }, message: { type: text, optional: false } }
      return code(`${step.text}.error`, { kind: 'object', fields, rest: null })
    }
    default:
      return missing(`steps.${id}.${field}`, place)
  }
}

/** Reads a field. A field that the type knows is read as TypeScript reads it; others by `get`, which fails when there is none. */
function memberOf(value: Code, field: string, place: Inside): Code {
  const members = membersOf(value.type).filter((member) => member.kind !== 'null')
  const isNullable = members.length < membersOf(value.type).length
  const [only] = members
  const known =
    members.length === 1 && only?.kind === 'object' && Object.hasOwn(only.fields, field) ? only.fields[field]! : null
  if (known === null || only?.kind !== 'object') return dynamicMember(value, field, place)
  const isThere = !isNullable || place.facts.has(value.text)
  const base = isThere ? inside(value, binding.primary) : `${place.use('need')}(${value.text})`
  const path = isName(field) ? `${base}.${field}` : `${base}[${quote(field)}]`
  const isSafe = value.isSafe && isThere
  if (!known.optional || place.facts.has(path)) return code(path, known.type, { isSafe })
  return code(`${place.use('present')}(${path})`, known.type)
}

function dynamicMember(value: Code, field: string, place: Inside): Code {
  // One call for a whole path: get(trigger.payload, 'labels', 'app').
  const of = value.path?.of ?? value.text
  const names = [...(value.path?.names ?? []), field]
  const found = membersOf(value.type).flatMap((member): ValueType[] => {
    if (member.kind !== 'object') return [anyType]
    const known = Object.hasOwn(member.fields, field) ? member.fields[field]!.type : member.rest
    return known ? [known] : []
  })
  const type = found.length === 0 ? anyType : unionOf(found)
  return code(`${place.use('get')}(${[of, ...names.map(quote)].join(', ')})`, type, { path: { of, names } })
}

/** `has(operand.field)`. */
function test(operand: CelNode, field: string, place: Inside): Code {
  const bool: ValueType = { kind: 'bool' }
  const found = rootOf(operand)
  if (found?.root === 'steps') {
    const step = place.step(found.id)
    if (!step) return missing(`steps.${found.id}`, place)
    if (field === 'outcome') return code('true', bool, { isSafe: true })
    if (field === 'summary') return code(`${step.text}.isDone`, bool, { isSafe: true })
    if (field === 'output') return code(`${place.use('has')}(${step.text}.view, 'output')`, bool, { isSafe: true })
    return field === 'error'
      ? code(`${step.text}.hasFailed`, bool, { isSafe: true })
      : code('false', bool, { isSafe: true })
  }
  if (found) {
    const loop = place.loops[found.id]
    if (!loop) return missing(`loops.${found.id}`, place)
    if (field === 'index') return code('true', bool, { isSafe: true })
    return code(field === 'item' && loop.item ? `${loop.item.text} !== null` : 'false', bool, {
      isSafe: true,
      binds: binding.equality,
    })
  }
  if (operand.exprKind.case === 'identExpr' && operand.exprKind.value.name === 'steps')
    return code(String(place.step(field) !== null), bool, { isSafe: true })
  if (operand.exprKind.case === 'identExpr' && operand.exprKind.value.name === 'loops')
    return code(String(Object.hasOwn(place.loops, field)), bool, { isSafe: true })
  const value = translate(operand, place)
  return (
    knownTest(value, field) ??
    code(`${place.use('has')}(${value.text}, ${quote(field)})`, bool, { isSafe: value.isSafe })
  )
}

/** Of a field that the type knows, where TypeScript can say the same; it then knows it too. */
function knownTest(value: Code, field: string): Code | null {
  const known =
    value.type.kind === 'object' && Object.hasOwn(value.type.fields, field) ? value.type.fields[field]! : null
  if (!known || known.type.kind === 'any' || !isName(field)) return null
  const isNullable = membersOf(known.type).some(({ kind }) => kind === 'null')
  if (!isNullable && !known.optional) return null
  const test = isNullable && known.optional ? '!= null' : isNullable ? '!== null' : '!== undefined'
  return code(
    `${inside(value, binding.primary)}.${field} ${test}`,
    { kind: 'bool' },
    { isSafe: value.isSafe, binds: binding.equality },
  )
}

function struct(node: CelNode, place: Inside): Code {
  if (node.exprKind.case !== 'structExpr') throw new Untranslatable('The expression cannot be read.')
  const { messageName, entries } = node.exprKind.value
  if (messageName !== '') throw new Untranslatable(`Objects of the type \`${messageName}\` cannot be exported.`)
  const fields: Record<string, { type: ValueType; optional: boolean }> = {}
  let isSafe = true
  const members = entries.map((entry) => {
    const key = entry.keyKind.case === 'mapKey' ? entry.keyKind.value.exprKind : null
    const name =
      key?.case === 'constExpr' && key.value.constantKind.case === 'stringValue' ? key.value.constantKind.value : null
    if (name === null || entry.optionalEntry || !entry.value)
      throw new Untranslatable('Objects whose field names are not plain text cannot be exported.')
    if (Object.hasOwn(fields, name)) throw new Untranslatable(`The object has two fields "${name}".`)
    const value = translate(entry.value, place)
    isSafe &&= value.isSafe
    fields[name] = { type: value.type, optional: false }
    return `${fieldName(name)}: ${inside(value, binding.arrow)}`
  })
  return code(
    members.length === 0 ? '{}' : `{ ${members.join(', ')} }`,
    { kind: 'object', fields, rest: null },
    { isSafe },
  )
}

function comprehension(node: CelNode, place: Inside): Code {
  const fold = foldOf(node)
  if (!fold) throw new Untranslatable('This loop cannot be exported.')
  const range = translate(fold.range, place)
  const element = elementOf(range.type)
  const names = place.names.inner()
  const name = names.make(isName(fold.variable) ? fold.variable : 'item')
  const within: Inside = {
    ...place,
    names,
    variables: { ...place.variables, [fold.variable]: code(name, element, { isSafe: true }) },
  }
  const holds = fold.test ? translate(fold.test, within) : null
  const made = fold.make ? translate(fold.make, within) : null
  const call = (helper: string, piece: Code, of = range.text): string => {
    const body = lazy(piece).replace('() =>', `(${name}) =>`)
    return `${place.use(helper)}(${of}, ${body})`
  }
  switch (fold.kind) {
    case 'all':
    case 'exists':
    case 'existsOne':
      return code(call(fold.kind, holds!), { kind: 'bool' })
    case 'filter':
      return code(call('filter', holds!), { kind: 'list', element })
    case 'map': {
      const from = holds ? call('filter', holds) : range.text
      return code(call('map', made!, from), { kind: 'list', element: made!.type })
    }
  }
}

function elementOf(type: ValueType): ValueType {
  if (type.kind === 'list') return type.element.kind === 'never' ? anyType : type.element
  return type.kind === 'object' ? { kind: 'string' } : anyType
}
