/**
 * The CEL that runbooks speak: the library's standard functions, string functions without `format`, and arithmetic between whole and decimal
 * numbers. One environment serves the type checker and the evaluator, so what checks is what runs.
 *
 * Numbers from JSON are doubles while literals such as `100` are ints; strict CEL refuses `double * int`, which would make `loss * 100` an error
 * that nobody expects. The overloads below turn the int into a double.
 */
import {
  type CelFunc,
  type CelValue,
  CelScalar,
  celEnv,
  celFunc,
  celMethod,
  isCelError,
  isCelList,
  isCelMap,
  listType,
  parse,
} from '@bufbuild/cel'
import { strings } from '@bufbuild/cel/ext'

const { BOOL, DOUBLE, DYN, INT, NULL, STRING } = CelScalar

/** Parsed CEL. The library does not export the node type by name. */
export type CelNode = ReturnType<typeof parse>['expr']
export type ParsedCel = ReturnType<typeof parse>

/**
 * Longest expression in characters, most nodes, deepest brackets, nesting of `map`/`filter`/`all`/`exists`; then, at run time, the most node evaluations
 * inside loops (long texts and patterns cost more), and the most items and characters of a result. CEL has no cost limit of its own: three nested loops over 1,000 items would take minutes.
 */
export const celLimits = {
  characters: 2000,
  nodes: 500,
  depth: 50,
  loops: 2,
  work: 200_000,
  resultItems: 10_000,
  resultCharacters: 1_000_000,
} as const

let workLeft = 0

/** Runs `evaluate` with a fresh budget and says whether it was kept. Evaluation is synchronous, so one counter is enough. */
export function withBudget<T>(evaluate: () => T): { value: T; exceeded: boolean } {
  workLeft = celLimits.work
  const value = evaluate()
  return { value, exceeded: workLeft < 0 }
}

function spend(work: number): void {
  workLeft -= work
  if (workLeft < 0) throw new Error('The expression takes too many steps.')
}

/** Wraps the condition of every loop (`meterLoops` puts it there); users cannot write a name with `@`. */
export const loopTick = '@tick'

function arithmetic(operator: string, compute: (left: number, right: number) => number) {
  return [
    celFunc(operator, [DOUBLE, INT], DOUBLE, (left, right) => compute(left, Number(right))),
    celFunc(operator, [INT, DOUBLE], DOUBLE, (left, right) => compute(Number(left), right)),
  ]
}

/** Functions walk whole lists and texts without being a loop: charge them by size. */
function metered(base: CelFunc): CelFunc {
  const run = (target: CelValue | undefined, args: CelValue[]): CelValue => {
    spend([target, ...args].reduce<number>((sum, value) => sum + workOf(value), 0))
    const result = base.call(0, target, args) as CelValue
    if (isCelError(result)) throw result
    spend(workOf(result))
    return result
  }
  if (base.target === undefined)
    return celFunc(base.name, base.arguments, base.result, (...args: CelValue[]) => run(undefined, args))
  return celMethod(base.name, base.target, base.arguments, base.result, function (this: CelValue, ...args: CelValue[]) {
    return run(this, args)
  })
}

const overloads = (name: string): CelFunc[] => [...(celEnv().funcs.find(name) ?? [])]

function workOf(value: CelValue | undefined): number {
  if (isCelList(value) || isCelMap(value)) return value.size
  return typeof value === 'string' ? Math.ceil(value.length / 20) : 0
}

/** A pattern costs its length, as many times as it counts to, at each character. */
function meteredPattern(base: CelFunc): CelFunc {
  if (base.target === undefined) return base
  return celMethod(base.name, base.target, base.arguments, base.result, function (this: CelValue, ...args: CelValue[]) {
    const [pattern] = args
    if (typeof this !== 'string' || typeof pattern !== 'string') return base.call(0, this, args) as CelValue
    const counts = Array.from(
      pattern.matchAll(/\{(\d+)(?:,(\d*))?\}/g),
      ([, least, most]) => Number(most || least) || 1,
    )
    const size = pattern.length * counts.reduce((product, count) => Math.min(1000, product * count), 1)
    spend(Math.ceil((size * (this.length + 40)) / 200))
    const result = base.call(0, this, args) as CelValue
    if (isCelError(result)) throw result
    return result
  })
}

/** The library's own builds the whole text anew at each place, which takes minutes for long ones. */
function replaced(text: string, [from, to]: [string, string], most: number): string {
  const places = from === '' ? text.length : text.split(from).length - 1
  const count = Math.min(Math.max(0, most), places)
  spend(Math.ceil((text.length + count * to.length) / 50))
  if (from === '')
    return to === ''
      ? text
      : text
          .split('')
          .map((one, index) => (index < count ? to + one : one))
          .join('')
  const pieces = text.split(from)
  const tail = pieces.splice(count).join(from)
  return [...pieces, tail].join(to)
}

export const celEnvironment = celEnv({
  funcs: [
    ...strings.filter(({ name }) => !['format', 'replace'].includes(name) && !name.includes('.')).map(metered),
    celMethod('replace', STRING, [STRING, STRING], STRING, function (from, to) {
      return replaced(this, [from, to], Infinity)
    }),
    celMethod('replace', STRING, [STRING, STRING, INT], STRING, function (from, to, most) {
      return replaced(this, [from, to], Number(most))
    }),
    ...arithmetic('_+_', (left, right) => left + right),
    ...arithmetic('_-_', (left, right) => left - right),
    ...arithmetic('_*_', (left, right) => left * right),
    ...arithmetic('_/_', (left, right) => left / right),
    ...arithmetic('_%_', (left, right) => left % right),
    celFunc('_%_', [DOUBLE, DOUBLE], DOUBLE, (left, right) => left % right),
    celFunc('string', [NULL], STRING, () => 'null'),
    // The library's concatenation nests one list in another; `map` over thousands of items would end in a stack overflow.
    // Copying costs the square of the length, so the budget ends it at about 2,000 items.
    celFunc('_+_', [listType(DYN), listType(DYN)], listType(DYN), (left, right) => {
      spend(Math.ceil((left.size + right.size) / 10))
      return [...left, ...right]
    }),
    celFunc('_+_', [STRING, STRING], STRING, (left, right) => {
      spend(Math.ceil((left.length + right.length) / 50))
      return left + right
    }),
    ...['@in', '_==_', '_!=_', 'size', 'contains', 'startsWith', 'endsWith'].flatMap(overloads).map(metered),
    ...overloads('matches').map(meteredPattern),
    celFunc(loopTick, [DYN, INT], BOOL, (condition, work) => {
      spend(Number(work))
      return condition === true
    }),
  ],
})

/** Functions that expressions may call, operators and macros apart. */
export function celFunctionNames(): string[] {
  const names = new Set(Array.from(celEnvironment.funcs, ({ name }) => name))
  return [...names].filter((name) => /^[a-z]\w*$/i.test(name)).toSorted()
}

/** Children of a node in reading order. */
export function celChildren(node: CelNode): CelNode[] {
  const kind = node.exprKind
  const present = (nodes: (CelNode | undefined)[]): CelNode[] => nodes.filter((child) => child !== undefined)
  switch (kind.case) {
    case 'callExpr':
      return present([kind.value.target, ...kind.value.args])
    case 'selectExpr':
      return present([kind.value.operand])
    case 'listExpr':
      return kind.value.elements
    case 'structExpr':
      return kind.value.entries.flatMap((entry) =>
        present([entry.keyKind.case === 'mapKey' ? entry.keyKind.value : undefined, entry.value]),
      )
    case 'comprehensionExpr':
      return present([
        kind.value.iterRange,
        kind.value.accuInit,
        kind.value.loopCondition,
        kind.value.loopStep,
        kind.value.result,
      ])
    case 'constExpr':
    case 'identExpr':
    case undefined:
      return []
  }
}

export interface CelSyntaxProblem {
  code: 'expression-syntax' | 'expression-too-complex'
  message: string
  /** Offsets in the expression's text. */
  offset: number
  end: number
}

export type ParseResult = { ok: true; parsed: ParsedCel } | { ok: false; problem: CelSyntaxProblem }

/** Parses within the limits. Never throws. */
export function parseCel(text: string): ParseResult {
  const refuse = (code: CelSyntaxProblem['code'], message: string, offset = 0, end = text.length): ParseResult => ({
    ok: false,
    problem: { code, message, offset, end },
  })
  if (text.length > celLimits.characters)
    return refuse(
      'expression-too-complex',
      `The expression has ${text.length} characters; ${celLimits.characters} are allowed.`,
    )
  // Checked on the text, before the recursive parser sees it.
  if (bracketDepth(text) > celLimits.depth)
    return refuse('expression-too-complex', `Brackets are nested deeper than ${celLimits.depth}.`)
  let parsed: ParsedCel
  try {
    parsed = parse(text)
  } catch (error) {
    const at = syntaxOffset(error)
    return refuse(
      'expression-syntax',
      syntaxMessage(error),
      Math.min(at, text.length),
      Math.min(at + 1, Math.max(text.length, at)),
    )
  }
  const size = measure(parsed.expr)
  if (size.nodes > celLimits.nodes)
    return refuse('expression-too-complex', `The expression has ${size.nodes} parts; ${celLimits.nodes} are allowed.`)
  if (size.depth > celLimits.depth * 2)
    return refuse('expression-too-complex', `The expression is nested deeper than ${celLimits.depth * 2}.`)
  if (size.loops > celLimits.loops)
    return refuse(
      'expression-too-complex',
      `Loops (map, filter, all, exists) are nested ${size.loops} deep; ${celLimits.loops} are allowed.`,
    )
  return { ok: true, parsed }
}

function bracketDepth(text: string): number {
  let depth = 0
  let deepest = 0
  for (const character of text) {
    if (character === '(' || character === '[' || character === '{') deepest = Math.max(deepest, (depth += 1))
    else if (character === ')' || character === ']' || character === '}') depth -= 1
  }
  return deepest
}

function measure(root: CelNode): { nodes: number; depth: number; loops: number } {
  const size = { nodes: 0, depth: 0, loops: 0 }
  const stack: [node: CelNode, depth: number, loops: number][] = [[root, 1, 0]]
  for (let entry = stack.pop(); entry; entry = stack.pop()) {
    const [node, depth, outer] = entry
    const loops = node.exprKind.case === 'comprehensionExpr' ? outer + 1 : outer
    size.nodes += 1
    size.depth = Math.max(size.depth, depth)
    size.loops = Math.max(size.loops, loops)
    for (const child of celChildren(node)) stack.push([child, depth + 1, loops])
  }
  return size
}

function syntaxOffset(error: unknown): number {
  const location = (error as { location?: { start?: { offset?: number } } }).location
  return location?.start?.offset ?? 0
}

function syntaxMessage(error: unknown): string {
  const raw = isCelError(error) || error instanceof Error ? error.message : String(error)
  const plain = raw.replace(/^<input>:\d+:\d+:\s*/, '')
  return `The expression cannot be read: ${plain}.`
}
