/** Operators and functions of CEL in TypeScript. */
import type { CelNode } from '../cel-environment.ts'
import { type ValueType, anyType, membersOf, unionOf } from '../value-type.ts'
import { type Code, binding, code, enclosed, inside, lazy, quote, whole } from './code.ts'
import { safePattern } from './safe-pattern.ts'
import { type Inside, Untranslatable } from './place.ts'

const bool: ValueType = { kind: 'bool' }
const int: ValueType = { kind: 'int' }
const double: ValueType = { kind: 'double' }
const string: ValueType = { kind: 'string' }

export function translateCall(node: CelNode, place: Inside): Code {
  if (node.exprKind.case !== 'callExpr') throw new Untranslatable('The expression cannot be read.')
  const { function: name, target, args } = node.exprKind.value
  const [first, second, third] = args
  switch (name) {
    case '_&&_':
    case '_||_':
      return logic(flat(name, node), name === '_&&_', place)
    case '_?_:_':
      return choice([first!, second!, third!], place)
    case '_[_]':
      return index(first!, second!, place)
    case '!_':
      return not(place.translate(first!, place), place)
    case '-_':
      return negative(place.translate(first!, place), place)
    case '_==_':
    case '_!=_':
      return equality(place.translate(first!, place), place.translate(second!, place), {
        isEqual: name === '_==_',
        place,
      })
    case '_<_':
    case '_<=_':
    case '_>_':
    case '_>=_':
      return relation(place.translate(first!, place), place.translate(second!, place), {
        sign: name.slice(1, -1),
        place,
      })
    case '_+_':
    case '_-_':
    case '_*_':
    case '_/_':
    case '_%_':
      return arithmetic(place.translate(first!, place), place.translate(second!, place), { sign: name[1]!, place })
    case '@in':
      return membership(place.translate(first!, place), place.translate(second!, place), place)
    default:
      return named(name, { subject: target ? place.translate(target, place) : null, args, place })
  }
}

/** The operands of a chain of the same operator, in order. */
function flat(name: string, node: CelNode): CelNode[] {
  if (node.exprKind.case !== 'callExpr' || node.exprKind.value.function !== name) return [node]
  return node.exprKind.value.args.flatMap((arg) => flat(name, arg))
}

/**
 * In CEL an operand that decides does so even where another fails. TypeScript's own operator means the same where only the last operand can fail, knowing
 * that those before it have not decided.
 */
function logic(nodes: CelNode[], isAnd: boolean, place: Inside): Code {
  const terms: Code[] = []
  let facts = place.facts
  for (const node of nodes) {
    const term = place.translate(node, { ...place, facts })
    terms.push(term)
    facts = new Set([...facts, ...factsOf(node, isAnd, { ...place, facts })])
  }
  if (
    terms.slice(0, -1).every((term) => term.isSafe && term.type.kind === 'bool') &&
    terms.at(-1)!.type.kind === 'bool'
  ) {
    const binds = isAnd ? binding.and : binding.or
    const written = terms.map((term) => inside(term, binds))
    const sign = isAnd ? '&&' : '||'
    const line = written.join(` ${sign} `)
    const text = line.length < 90 ? line : written.join(` ${sign}\n${place.indent ?? ''}  `)
    return code(text, bool, { isSafe: terms.at(-1)!.isSafe, binds })
  }
  // Here each operand stands for itself.
  const alone = nodes.map((node) => lazy(place.translate(node, place)))
  return code(`${place.use(isAnd ? 'every' : 'some')}${enclosed('()', alone, place.indent ?? '')}`, bool)
}

/** What is known when a condition is so: which values are there, which steps are done. */
function factsOf(node: CelNode, holds: boolean, place: Inside): string[] {
  const kind = node.exprKind
  if (kind.case === 'selectExpr' && kind.value.testOnly && holds && kind.value.operand)
    return presence(kind.value.operand, kind.value.field, place)
  if (kind.case !== 'callExpr') return []
  const { function: name, args } = kind.value
  const [left, right] = args
  if (name === '!_' && left) return factsOf(left, !holds, place)
  if ((name === '_&&_' && holds) || (name === '_||_' && !holds)) {
    const known: string[] = []
    for (const term of flat(name, node))
      known.push(...factsOf(term, holds, { ...place, facts: new Set([...place.facts, ...known]) }))
    return known
  }
  if (!left || !right || (name !== '_==_' && name !== '_!=_')) return []
  const isEqual = (name === '_==_') === holds
  const constant = right.exprKind.case === 'constExpr' ? right.exprKind.value.constantKind : null
  if (constant?.case === 'nullValue' && !isEqual) return [place.translate(left, place).text]
  // A step that ended with an outcome of its own is done.
  if (constant?.case === 'stringValue' && isEqual) {
    const [, step] = /^([\w$]+)\.outcome$/.exec(place.translate(left, place).text) ?? []
    const isOwn = !['error', 'skipped', 'cancelled', 'pending'].includes(constant.value)
    return step !== undefined && isOwn ? [`done ${step}`] : []
  }
  return []
}

/** `has(a.b)` says that `a.b` is there and not null. */
function presence(operand: CelNode, field: string, place: Inside): string[] {
  const value = place.fieldOf(operand, field, place)
  const [, inner = value.text] = /^present\((.*)\)$/.exec(value.text) ?? []
  const [, step] = /^([\w$]+)\.output$/.exec(value.text) ?? []
  return [inner, ...(step === undefined ? [] : [`done ${step}`])]
}

function choice([condition, yes, no]: [CelNode, CelNode, CelNode], place: Inside): Code {
  const test = truth(place.translate(condition, place), place)
  const branch = (node: CelNode, holds: boolean): Code =>
    place.translate(node, { ...place, facts: new Set([...place.facts, ...factsOf(condition, holds, place)]) })
  const [left, right] = [branch(yes, true), branch(no, false)]
  const text = `${inside(test, binding.or)} ? ${inside(left, binding.choice)} : ${inside(right, binding.choice)}`
  return code(text, unionOf([left.type, right.type]), {
    isSafe: test.isSafe && left.isSafe && right.isSafe,
    binds: binding.choice,
  })
}

function truth(value: Code, place: Inside): Code {
  return value.type.kind === 'bool' ? value : code(`${place.use('truth')}(${value.text})`, bool)
}

function not(value: Code, place: Inside): Code {
  const tested = truth(value, place)
  return code(`!${inside(tested, binding.unary)}`, bool, { isSafe: tested.isSafe, binds: binding.unary })
}

function negative(value: Code, place: Inside): Code {
  if (value.type.kind === 'double' && value.asNumber === undefined)
    return code(`-${inside(value, binding.primary)}`, double, { isSafe: value.isSafe, binds: binding.unary })
  const [, digits] = /^(\d+)n$/.exec(value.text) ?? []
  if (digits !== undefined) return whole(-BigInt(digits))
  return code(`${place.use('negate')}(${value.text})`, value.type.kind === 'int' ? int : anyType)
}

function index(container: CelNode, key: CelNode, place: Inside): Code {
  const constant = key.exprKind.case === 'constExpr' ? key.exprKind.value.constantKind : null
  if (constant?.case === 'stringValue') {
    const isStep = container.exprKind.case === 'identExpr' && ['steps', 'loops'].includes(container.exprKind.value.name)
    if (!isStep) return place.fieldOf(container, constant.value, place)
    throw new Untranslatable('Write `steps.<id>` instead of `steps["<id>"]` to export this.')
  }
  const [value, at] = [place.translate(container, place), place.translate(key, place)]
  const element = value.type.kind === 'list' && value.type.element.kind !== 'never' ? value.type.element : anyType
  return code(`${place.use('get')}(${value.text}, ${at.asNumber ?? at.text})`, element)
}

/** Both sides as decimal numbers, where that changes nothing: one is decimal already, or both are small whole ones. */
function asNumbers(left: Code, right: Code, { forComparison = false } = {}): [Code, Code] | null {
  const number = (side: Code): Code | null => {
    if (side.type.kind === 'double') return side
    if (side.type.kind !== 'int' || side.asNumber === undefined) return null
    const binds = side.asNumber.startsWith('-') ? binding.unary : binding.primary
    return { ...side, text: side.asNumber, type: double, binds }
  }
  if (!forComparison && left.type.kind !== 'double' && right.type.kind !== 'double') return null
  const [a, b] = [number(left), number(right)]
  return a && b ? [a, b] : null
}

function equality(left: Code, right: Code, { isEqual, place }: { isEqual: boolean; place: Inside }): Code {
  const isSafe = left.isSafe && right.isSafe
  const numbers = asNumbers(left, right, { forComparison: true })
  const isPlain = ({ type }: Code): boolean => type.kind === 'string' || type.kind === 'bool' || type.kind === 'null'
  if (numbers || isPlain(left) || isPlain(right)) {
    const [a, b] = numbers ?? [left, right]
    const text = `${inside(a, binding.relation)} ${isEqual ? '===' : '!=='} ${inside(b, binding.relation)}`
    return code(text, bool, { isSafe, binds: binding.equality })
  }
  const text = `${place.use('equal')}(${left.text}, ${right.text})`
  return isEqual ? code(text, bool, { isSafe }) : code(`!${text}`, bool, { isSafe, binds: binding.unary })
}

function relation(left: Code, right: Code, { sign, place }: { sign: string; place: Inside }): Code {
  const numbers = asNumbers(left, right, { forComparison: true })
  const isText = left.type.kind === 'string' && right.type.kind === 'string'
  if (numbers || isText) {
    const [a, b] = numbers ?? [left, right]
    const text = `${inside(a, binding.sum)} ${sign} ${inside(b, binding.sum)}`
    return code(text, bool, { isSafe: left.isSafe && right.isSafe, binds: binding.relation })
  }
  return code(`${place.use('compare')}(${left.text}, ${right.text}) ${sign} 0`, bool, { binds: binding.relation })
}

const helperOf: Record<string, string> = {
  '+': 'add',
  '-': 'subtract',
  '*': 'multiply',
  '/': 'divide',
  '%': 'remainder',
}

function arithmetic(left: Code, right: Code, { sign, place }: { sign: string; place: Inside }): Code {
  const isSafe = left.isSafe && right.isSafe
  const binds = sign === '+' || sign === '-' ? binding.sum : binding.product
  const numbers = asNumbers(left, right)
  if (numbers || (sign === '+' && left.type.kind === 'string' && right.type.kind === 'string')) {
    const [a, b] = numbers ?? [left, right]
    return code(`${inside(a, binds)} ${sign} ${inside(b, binds + 1)}`, numbers ? double : string, { isSafe, binds })
  }
  if (sign === '-' && left.type.kind === 'timestamp' && right.type.kind === 'timestamp')
    throw new Untranslatable('The difference of two timestamps cannot be exported.')
  return code(`${place.use(helperOf[sign]!)}(${left.text}, ${right.text})`, resultOf(left.type, right.type))
}

function resultOf(left: ValueType, right: ValueType): ValueType {
  if (left.kind === 'int' && right.kind === 'int') return int
  if (left.kind === 'list' && right.kind === 'list')
    return { kind: 'list', element: unionOf([left.element, right.element]) }
  if (isTime(left) && isTime(right))
    return left.kind === 'timestamp' || right.kind === 'timestamp' ? { kind: 'timestamp' } : { kind: 'duration' }
  return (left.kind === 'double' && right.kind === 'int') || (left.kind === 'int' && right.kind === 'double')
    ? double
    : anyType
}

const isTime = ({ kind }: ValueType): boolean => kind === 'timestamp' || kind === 'duration'

function membership(value: Code, container: Code, place: Inside): Code {
  const { type } = container
  const isSafe = value.isSafe && container.isSafe
  if (type.kind === 'list' && type.element.kind === 'string' && value.type.kind === 'string')
    return code(`${inside(container, binding.primary)}.includes(${value.text})`, bool, { isSafe })
  return code(`${place.use('isIn')}(${value.text}, ${container.text})`, bool, {
    isSafe: isSafe && type.kind === 'list',
  })
}

interface Call {
  subject: Code | null
  args: CelNode[]
  place: Inside
}

const onText: Record<string, { type: ValueType; counts: readonly number[] }> = {
  contains: { type: bool, counts: [1] },
  startsWith: { type: bool, counts: [1] },
  endsWith: { type: bool, counts: [1] },
  charAt: { type: string, counts: [1] },
  indexOf: { type: int, counts: [1, 2] },
  lastIndexOf: { type: int, counts: [1, 2] },
  lowerAscii: { type: string, counts: [0] },
  upperAscii: { type: string, counts: [0] },
  replace: { type: string, counts: [2, 3] },
  split: { type: { kind: 'list', element: string }, counts: [1, 2] },
  substring: { type: string, counts: [1, 2] },
  trim: { type: string, counts: [0] },
  join: { type: string, counts: [0, 1] },
}
const native: Record<string, string> = { contains: 'includes', startsWith: 'startsWith', endsWith: 'endsWith' }
const conversions: Record<string, { helper: string; type: ValueType }> = {
  int: { helper: 'toInt', type: int },
  double: { helper: 'toDouble', type: double },
  string: { helper: 'toText', type: string },
  bool: { helper: 'toBool', type: bool },
  timestamp: { helper: 'timestamp', type: { kind: 'timestamp' } },
  duration: { helper: 'duration', type: { kind: 'duration' } },
}

function named(name: string, { subject, args, place }: Call): Code {
  if (name === 'matches' && subject && args.length === 1) return pattern(subject, args[0]!, place)
  const values = args.map((arg) => place.translate(arg, place))
  const [first] = values
  if (name === 'size' && values.length + (subject ? 1 : 0) === 1) return size((subject ?? first)!, place)
  const text = Object.hasOwn(onText, name) ? onText[name]! : null
  if (text && subject && text.counts.includes(values.length)) {
    const isPlain = subject.type.kind === 'string' && first?.type.kind === 'string'
    if (Object.hasOwn(native, name) && isPlain)
      return code(`${inside(subject, binding.primary)}.${native[name]}(${first.text})`, bool, {
        isSafe: subject.isSafe && first.isSafe,
      })
    return code(`${place.use(name)}(${[subject, ...values].map((value) => value.text).join(', ')})`, text.type)
  }
  if (name === 'dyn' && first && !subject && values.length === 1) return { ...first, type: anyType }
  const conversion = Object.hasOwn(conversions, name) ? conversions[name]! : null
  if (conversion && first && !subject && values.length === 1) return convert(first, { name, ...conversion, place })
  const [, part] =
    /^get(FullYear|Month|Date|DayOfMonth|DayOfWeek|DayOfYear|Hours|Minutes|Seconds|Milliseconds)$/.exec(name) ?? []
  if (part !== undefined && subject && values.length === 0)
    return code(`${place.use('timeOf')}(${subject.text}, ${quote(part)})`, int)
  if (part !== undefined) throw new Untranslatable(`\`${name}\` in another time zone than UTC cannot be exported.`)
  throw new Untranslatable(`The function \`${name}\` cannot be exported as it is used here.`)
}

function convert(
  value: Code,
  { name, helper, type, place }: { name: string; helper: string; type: ValueType; place: Inside },
): Code {
  // What is of the type already stays as it is.
  if (value.type.kind === type.kind) return value
  if (name === 'string' && value.type.kind === 'double')
    return code(`String(${value.text})`, string, { isSafe: value.isSafe })
  if (name === 'double' && value.asNumber !== undefined)
    return code(value.asNumber, double, {
      isSafe: value.isSafe,
      binds: value.asNumber.startsWith('-') ? binding.unary : binding.primary,
    })
  return code(`${place.use(helper)}(${value.text})`, type)
}

function size(value: Code, place: Inside): Code {
  const members = membersOf(value.type)
  const isList = members.length === 1 && members[0]!.kind === 'list'
  const text = `${place.use('size')}(${value.text})`
  if (!isList) return code(text, int, { isSafe: value.isSafe && value.type.kind === 'string' })
  return code(text, int, { isSafe: value.isSafe, asNumber: `${inside(value, binding.primary)}.length` })
}

function pattern(subject: Code, node: CelNode, place: Inside): Code {
  const constant = node.exprKind.case === 'constExpr' ? node.exprKind.value.constantKind : null
  const written = constant?.case === 'stringValue' ? safePattern(constant.value) : null
  if (written === null)
    throw new Untranslatable('This pattern of `matches` cannot be exported: TypeScript reads it otherwise.')
  return code(`${place.use('matches')}(${subject.text}, ${written})`, bool, {
    isSafe: subject.isSafe && subject.type.kind === 'string',
  })
}
