/**
 * Type-checks an expression against declared variables. The library evaluates CEL but checks only constants and names (0.6.1), so this walks its syntax
 * tree itself; function signatures are read from the environment that also runs the expression.
 *
 * The rule is gradual: an error is reported when no value of the operands' types could make the operation succeed.
 */
import type { CelFunc, CelType } from '@bufbuild/cel'
import { type CelNode, celEnvironment, parseCel } from './cel-environment.ts'
import {
  type CelProblem,
  describeCall,
  fieldProblem,
  functionProblem,
  nameProblem,
  neverEqualProblem,
  typeProblem,
} from './cel-problem.ts'
import { remember } from './remember.ts'
import { type ValueType, anyType, isNumber, mayBe, membersOf, neverType, typeOfLiteral, unionOf } from './value-type.ts'

/** Variables that an expression may use. */
export type Scope = Readonly<Record<string, ValueType>>

/** A use of another step in an expression. */
export interface StepReference {
  stepId: string
  /** `output`, `error`, `outcome`, `summary`; null for `steps.<id>` itself and inside `has(...)`. */
  member: string | null
  offset: number
  end: number
}

export interface CheckedExpression {
  type: ValueType
  problems: CelProblem[]
  references: StepReference[]
}

/**
 * The type of an expression and everything that is wrong with it. Offsets count from the expression's first character. Never throws.
 *
 * @example checkCel('params.limit > 3', { params: typeOfSchema(...) }).type // { kind: 'bool' }
 */
export function checkCel(cel: string, scope: Scope): CheckedExpression {
  const parsed = parsedBefore(cel)
  if (!parsed.ok) {
    const { code, message, offset, end } = parsed.problem
    const fix =
      code === 'expression-syntax'
        ? 'Correct the expression; text needs quotes.'
        : 'Split it over two steps or simplify it.'
    return { type: anyType, problems: [{ code, message, fix, offset, end }], references: [] }
  }
  const checker = new Checker(cel, parsed.parsed.sourceInfo?.positions ?? {})
  const type = checker.check(parsed.parsed.expr, scope)
  return { type, problems: checker.problems, references: checker.references }
}

// One compilation meets most expressions twice, and an editor compiles at every key. The checker changes nothing of what was parsed.
const parsedBefore = remember(4_000, parseCel)

class Checker {
  readonly problems: CelProblem[] = []
  readonly references: StepReference[] = []
  private readonly text: string
  private readonly positions: Record<string, number>

  constructor(text: string, positions: Record<string, number>) {
    this.text = text
    this.positions = positions
  }

  check(node: CelNode, scope: Scope): ValueType {
    const kind = node.exprKind
    switch (kind.case) {
      case 'constExpr':
        return constantType(kind.value.constantKind)
      case 'identExpr':
        return this.identifier(node, kind.value.name, scope)
      case 'selectExpr':
        return this.select(node, scope)
      case 'callExpr':
        return this.call(node, scope)
      case 'listExpr':
        return { kind: 'list', element: unionOf(kind.value.elements.map((element) => this.check(element, scope))) }
      case 'structExpr':
        return this.struct(node, scope)
      case 'comprehensionExpr':
        return this.comprehension(node, scope)
      case undefined:
        return anyType
    }
  }

  private identifier(node: CelNode, name: string, scope: Scope): ValueType {
    if (Object.hasOwn(scope, name)) return scope[name]!
    // Type names such as `int` are values in CEL.
    if (typeNames.has(name)) return { kind: 'type' }
    return this.report(nameProblem(name, scope), node)
  }

  private select(node: CelNode, scope: Scope): ValueType {
    if (node.exprKind.case !== 'selectExpr' || !node.exprKind.value.operand) return anyType
    const { operand, field, testOnly } = node.exprKind.value
    const type = this.check(operand, scope)
    this.noteReference(node, testOnly)
    const found = fieldOf(type, field)
    if (found === null) return this.report(fieldProblem(this.source(operand), type, field), node)
    return testOnly ? { kind: 'bool' } : found
  }

  /** Remembers `steps.<id>` and `steps.<id>.<member>`; the longer one replaces the shorter. `has(...)` asks safely, whatever it asks for. */
  private noteReference(node: CelNode, safe: boolean): void {
    const path = selectPath(node)
    if (path?.[0] !== 'steps' || path.length < 2 || path.length > 3) return
    const [, stepId, member = null] = path
    if (member !== null) this.references.pop()
    this.references.push({ stepId: stepId!, member: safe ? null : member, ...this.range(node) })
  }

  private struct(node: CelNode, scope: Scope): ValueType {
    if (node.exprKind.case !== 'structExpr') return anyType
    const fields: Record<string, { type: ValueType; optional: boolean }> = {}
    let computed: ValueType = neverType
    for (const entry of node.exprKind.value.entries) {
      const type = entry.value ? this.check(entry.value, scope) : anyType
      const key = entry.keyKind.case === 'mapKey' ? this.check(entry.keyKind.value, scope) : anyType
      const [name] = key.kind === 'string' && key.values?.length === 1 ? key.values : []
      if (name === undefined) computed = unionOf([computed, type])
      else fields[name] = { type, optional: false }
    }
    return { kind: 'object', fields, rest: computed.kind === 'never' ? null : computed }
  }

  /** `all`, `exists`, `map`, `filter` come expanded to a fold over a list, or over a map's keys. */
  private comprehension(node: CelNode, scope: Scope): ValueType {
    if (node.exprKind.case !== 'comprehensionExpr') return anyType
    const { iterRange, iterVar, accuVar, accuInit, loopCondition, loopStep, result } = node.exprKind.value
    if (!iterRange || !accuInit || !loopStep || !result) return anyType
    const range = this.check(iterRange, scope)
    const element = elementOf(range)
    if (element === null)
      this.report(
        typeProblem(`${this.source(iterRange)} is not a list`, 'Loop over a list, or over the keys of an object.'),
        node,
      )
    const inLoop = { ...scope, [iterVar]: element ?? anyType, [accuVar]: this.check(accuInit, scope) }
    if (loopCondition) this.check(loopCondition, inLoop)
    const accumulated = unionOf([inLoop[accuVar]!, this.check(loopStep, inLoop)])
    return this.check(result, { ...scope, [accuVar]: accumulated })
  }

  private call(node: CelNode, scope: Scope): ValueType {
    if (node.exprKind.case !== 'callExpr') return anyType
    const { function: name, target, args } = node.exprKind.value
    const targetType = target ? this.check(target, scope) : null
    const types = args.map((arg) => this.check(arg, scope))
    const [first = anyType, second = anyType, third = anyType] = types
    switch (name) {
      case '_&&_':
      case '_||_':
        types.forEach((type, index) => {
          if (!mayBe(type, { kind: 'bool' }))
            this.report(
              typeProblem(`${this.source(args[index]!)} is not true or false`, 'Compare it with something.'),
              args[index]!,
            )
        })
        return { kind: 'bool' }
      case '_?_:_':
        if (!mayBe(first, { kind: 'bool' }))
          this.report(
            typeProblem(`The condition before \`?\` is not true or false`, 'Compare it with something.'),
            args[0]!,
          )
        return unionOf([second, third])
      case '_[_]':
        this.noteReference(node, false)
        return this.index(node, first, second)
      case '@not_strictly_false':
        return { kind: 'bool' }
      case '_==_':
      case '_!=_':
        // Text against a closed set of values is where slips hide: `outcome == 'abnormall'` would silently be false for ever.
        if (!comparable(first, second))
          return this.report(neverEqualProblem({ left: first, right: second, source: this.source(args[0]!) }), node)
        return { kind: 'bool' }
      case '_+_':
        if (first.kind === 'list' && second.kind === 'list')
          return { kind: 'list', element: unionOf([first.element, second.element]) }
        break
      default:
    }
    return this.overload(node, { name, target: targetType, types })
  }

  private index(node: CelNode, container: ValueType, key: ValueType): ValueType {
    const found = membersOf(container).flatMap((member): ValueType[] => {
      if (member.kind === 'any') return [anyType]
      if (member.kind === 'list' && membersOf(key).some((one) => isNumber(one) || one.kind === 'any'))
        return [member.element]
      if (member.kind !== 'object' || !mayBe(key, { kind: 'string' })) return []
      const names = key.kind === 'string' ? key.values : undefined
      if (names?.length !== 1) return [anyType]
      const field = fieldOf(member, names[0]!)
      return field === null ? [] : [field]
    })
    if (found.length > 0) return unionOf(found)
    return this.report(
      typeProblem('Nothing can be found at this index', 'A list takes a number, an object the name of a field.'),
      node,
    )
  }

  private overload(node: CelNode, call: { name: string; target: ValueType | null; types: ValueType[] }): ValueType {
    const group = celEnvironment.funcs.find(call.name)
    if (!group || call.name.startsWith('@tick')) return this.report(functionProblem(call.name), node)
    const results = [...group].filter((func) => accepts(func, call)).map((func) => fromCel(func.result))
    if (results.length > 0) return unionOf(results)
    return this.report(
      typeProblem(describeCall(call), 'Convert one side with string(), double() or int(), or use another field.'),
      node,
    )
  }

  private report(problem: Omit<CelProblem, 'offset' | 'end'>, node: CelNode): ValueType {
    this.problems.push({ ...problem, ...this.range(node) })
    return anyType
  }

  private range(node: CelNode): { offset: number; end: number } {
    const known = this.positions[String(node.id)] ?? 0
    const at = known + /^\s*/.exec(this.text.slice(known))![0].length
    const offset = node.exprKind.case === 'selectExpr' ? rootOffset(node, this.positions) : at
    // The tree knows only where the operator or name begins; the word there is the range.
    const word = /^[.\s]*\w+|^["'][^"']*["']?|^[^\w\s]+/.exec(this.text.slice(at))
    const end = Math.min(this.text.length, at + (word?.[0].length ?? 1))
    return { offset, end: end > offset ? end : this.text.length }
  }

  private source(node: CelNode): string {
    const { offset, end } = this.range(node)
    return `\`${this.text.slice(offset, end)}\``
  }
}

const typeNames = new Set(['int', 'uint', 'double', 'bool', 'string', 'bytes', 'list', 'map', 'null_type', 'type'])

function rootOffset(node: CelNode, positions: Record<string, number>): number {
  let current = node
  while (current.exprKind.case === 'selectExpr' && current.exprKind.value.operand)
    current = current.exprKind.value.operand
  return positions[String(current.id)] ?? 0
}

/** `['steps', 'a', 'output']` for `steps.a.output` and `steps["a"].output`; null when it does not begin with a name. */
function selectPath(node: CelNode): string[] | null {
  if (node.exprKind.case === 'identExpr') return [node.exprKind.value.name]
  if (node.exprKind.case === 'selectExpr' && node.exprKind.value.operand) {
    const path = selectPath(node.exprKind.value.operand)
    return path && [...path, node.exprKind.value.field]
  }
  if (node.exprKind.case !== 'callExpr' || node.exprKind.value.function !== '_[_]') return null
  const [container, key] = node.exprKind.value.args
  const path = container ? selectPath(container) : null
  const constant = key?.exprKind.case === 'constExpr' ? key.exprKind.value.constantKind : null
  return path && constant?.case === 'stringValue' ? [...path, constant.value] : null
}

function fieldOf(type: ValueType, field: string): ValueType | null {
  if (type.kind === 'object') return Object.hasOwn(type.fields, field) ? type.fields[field]!.type : type.rest
  const found = membersOf(type).flatMap((member): ValueType[] => {
    if (member.kind === 'any') return [anyType]
    if (member.kind !== 'object') return []
    if (Object.hasOwn(member.fields, field)) return [member.fields[field]!.type]
    return member.rest ? [member.rest] : []
  })
  return found.length === 0 ? null : unionOf(found)
}

function elementOf(type: ValueType): ValueType | null {
  const found = membersOf(type).flatMap((member): ValueType[] => {
    if (member.kind === 'any') return [anyType]
    if (member.kind === 'list') return [member.element]
    return member.kind === 'object' ? [{ kind: 'string' }] : []
  })
  return found.length === 0 ? null : unionOf(found)
}

/** Whether two values can be equal at all. */
function comparable(left: ValueType, right: ValueType): boolean {
  return mayBe(left, right) || mayBe(right, left)
}

function accepts(func: CelFunc, call: { target: ValueType | null; types: ValueType[] }): boolean {
  if ((func.target === undefined) !== (call.target === null) || func.arguments.length !== call.types.length)
    return false
  if (func.target && call.target && !fits(call.target, fromCel(func.target))) return false
  return func.arguments.every((argument, index) => fits(call.types[index]!, fromCel(argument)))
}

/** Overloads are chosen by exact type: an int does not go where a double is declared. */
function fits(given: ValueType, declared: ValueType): boolean {
  if (declared.kind === 'any') return true
  return membersOf(given).some((member) => {
    if (member.kind === 'any' || member.kind === 'never') return true
    if (member.kind === 'list' && declared.kind === 'list') return fits(member.element, declared.element)
    return member.kind === declared.kind
  })
}

const openObject: ValueType = { kind: 'object', fields: {}, rest: anyType }

function fromCel(type: CelType): ValueType {
  switch (type.kind) {
    case 'list':
      return { kind: 'list', element: fromCel(type.element) }
    case 'map':
      return openObject
    case 'object':
      if (type.name === 'google.protobuf.Timestamp') return { kind: 'timestamp' }
      return type.name === 'google.protobuf.Duration' ? { kind: 'duration' } : anyType
    case 'scalar':
      switch (type.scalar) {
        case 'dyn':
          return anyType
        case 'null_type':
          return { kind: 'null' }
        case 'uint':
          return { kind: 'int' }
        case 'int':
        case 'bool':
        case 'bytes':
        case 'double':
        case 'string':
        case 'type':
          return { kind: type.scalar }
      }
  }
}

function constantType(constant: { case?: string; value?: unknown }): ValueType {
  switch (constant.case) {
    case 'int64Value':
    case 'uint64Value':
      return { kind: 'int' }
    case 'nullValue':
      return { kind: 'null' }
    case 'bytesValue':
      return { kind: 'bytes' }
    default:
      return typeOfLiteral(constant.value)
  }
}
