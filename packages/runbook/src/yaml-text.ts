/** YAML (or JSON, which is a part of it) as plain values, with the place of every value. */
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type YAMLMap,
} from 'yaml'
import type { Problem } from './document.ts'

/** Longest document, in characters. */
export const largestDocument = 512 * 1024
/** More take longer to read than anybody should wait for what is said about them. */
export const mostLines = 25_000
/** Every node has a type, so more than this many are more nodes than any runbook may have; said before the text is read as YAML. */
const mostTypes = 6000
/** Deeper nesting is refused before anything walks it. */
const deepest = 64

export interface YamlText {
  /** Undefined when the text is no YAML. */
  value: unknown
  problems: Problem[]
  /** The range of a path; of a path that is not there, its nearest parent's. */
  locate(path: readonly (string | number)[]): Problem['position']
}

/** Reads text. Never throws. Anchors, aliases, repeated keys and `__proto__` are refused: what is read is just what is seen. */
export function readYaml(source: string): YamlText {
  if (source.length > largestDocument) {
    return unreadable({
      code: 'document-too-large',
      message: `The document has ${source.length} characters; ${largestDocument} are allowed.`,
      fix: 'Split it into several runbooks.',
    })
  }
  const lineCount = source.split('\n').length
  if (lineCount > mostLines) {
    return unreadable({
      code: 'document-too-large',
      message: `The document has ${lineCount} lines; ${mostLines} are allowed.`,
      fix: 'Split it into several runbooks.',
    })
  }
  if ((source.match(/\btype["']?\s*:/g)?.length ?? 0) > mostTypes) {
    return unreadable({
      code: 'too-many-nodes',
      message: `The document has more than ${mostTypes} nodes and parameters.`,
      fix: 'Split it into several runbooks.',
    })
  }
  const flood = findFlood(source)
  if (flood !== null) return flood
  const lines = new LineCounter()
  try {
    const document = withoutEnvironment(() =>
      parseDocument(source, {
        lineCounter: lines,
        version: '1.2',
        prettyErrors: false,
        // The library compares each key with all before it; `structureProblems` looks once.
        uniqueKeys: false,
      }),
    )
    const locate = (path: readonly (string | number)[]): Problem['position'] =>
      positionOf(rangeAt(document, path), lines)
    const problems = [...syntaxProblems(document, lines), ...structureProblems(document, lines)]
    // Older YAML reads yes and no as true and false.
    if (document.directives.yaml.explicit && document.directives.yaml.version !== '1.2') {
      return unreadable({
        code: 'yaml-version',
        message: `The text is YAML ${document.directives.yaml.version}; runbooks are YAML 1.2.`,
        fix: 'Remove the %YAML line.',
      })
    }
    if (problems.length > 0) return { value: undefined, problems, locate }
    return { value: document.toJS({ maxAliasCount: 0 }), problems: [], locate }
  } catch (error) {
    // The parser is recursive: thousands of brackets end in a RangeError.
    return unreadable({
      code: 'yaml-unreadable',
      message: `The text cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
      fix: 'Nest it less deeply.',
    })
  }
}

/**
 * In Node the library looks at `process.env.LOG_TOKENS` at every token, and Node asks the operating system each time: a quarter of the time that a text takes.
 * `work` is synchronous, so nobody else sees the empty one.
 */
function withoutEnvironment<T>(work: () => T): T {
  const process: { env: unknown } | undefined = Reflect.get(globalThis, 'process')
  if (!process) return work()
  const { env } = process
  process.env = {}
  try {
    return work()
  } finally {
    process.env = env
  }
}

/** Far more than `deepest`: brackets inside of texts count here, for what is text is not known yet. */
const deepestBrackets = 200

/** The same sign hundreds of times in a row, or a list of aliases: the parser would take seconds, or its stack, to say what is wrong with it. */
const floods =
  /(?:["']\s{0,3}){200}|(?:[-?:,]\s{1,3}){200}|(?:,){200}|(?:[&*]\w{1,80}[\s,]{1,3}){200}|(?:^%.{0,80}\n){20}/m

/** What can be seen to be no runbook without parsing it. */
function findFlood(source: string): YamlText | null {
  let depth = 0
  for (let index = 0; index < source.length; index += 1) {
    const sign = source[index]
    if (sign === '[' || sign === '{') depth += 1
    else if (sign === ']' || sign === '}') depth = Math.max(0, depth - 1)
    if (depth <= deepestBrackets) continue
    const message = `Brackets are nested deeper than ${deepestBrackets}.`
    return unreadable({ code: 'yaml-too-deep', message, fix: 'Nest them less deeply.' }, placeIn(source, index))
  }
  const flood = floods.exec(source)
  if (flood === null) return null
  const sign = flood[0].match(/[-?:"'&*%]/g)?.at(-1) ?? ','
  const message = `The sign ${sign} comes hundreds of times in a row.`
  return unreadable({ code: 'yaml-syntax', message, fix: 'Remove them.' }, placeIn(source, flood.index))
}

function placeIn(source: string, offset: number): { line: number; column: number } {
  const before = source.slice(0, offset)
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') }
}

function unreadable(
  problem: Pick<Problem, 'code' | 'message' | 'fix'>,
  { line, column } = { line: 1, column: 1 },
): YamlText {
  const position = { line, column, endLine: line, endColumn: column }
  return { value: undefined, problems: [{ ...problem, severity: 'error', path: [], position }], locate: () => position }
}

function syntaxProblems(document: Document.Parsed, lines: LineCounter): Problem[] {
  return document.errors.slice(0, 20).map(({ message, pos }): Problem => ({
    ...syntaxProblem(message),
    severity: 'error',
    path: [],
    position: positionOf(pos, lines),
  }))
}

const tooDeep = {
  code: 'yaml-too-deep',
  message: `Values are nested deeper than ${deepest}.`,
  fix: 'Nest them less deeply.',
}

function syntaxProblem(message: string): Pick<Problem, 'code' | 'message' | 'fix'> {
  // The parser is recursive; that its stack is too small stands among the errors of the text.
  if (message.startsWith('Maximum call stack')) return tooDeep
  return {
    code: 'yaml-syntax',
    message: `${message.split('\n')[0]!.replace(/\.$/, '')}.`,
    fix: 'Correct the YAML; text with ": " or "#" in it needs quotes.',
  }
}

/** Reports at most so many: whoever reads on has seen what is wrong. */
const mostProblems = 20

type Refuse = (node: unknown, problem: Pick<Problem, 'code' | 'message' | 'fix'>) => void

function structureProblems(document: Document.Parsed, lines: LineCounter): Problem[] {
  const problems: Problem[] = []
  const refuse: Refuse = (node, problem) => {
    const range = isNode(node) ? node.range : null
    problems.push({ ...problem, severity: 'error', path: [], position: positionOf(range ?? [0, 0], lines) })
  }
  const stack: [node: unknown, depth: number][] = [[document.contents, 0]]
  for (let next = stack.pop(); next && problems.length < mostProblems; next = stack.pop()) {
    const [node, depth] = next
    if (!isNode(node)) continue
    if (isAlias(node) || node.anchor !== undefined) {
      refuse(node, {
        code: 'yaml-alias',
        message: 'Anchors (&) and aliases (*) are not allowed.',
        fix: 'Write the value out where it is needed.',
      })
      continue
    }
    const strange = strangeness(node)
    if (strange !== null) refuse(node, strange)
    if (!isMap(node) && !isSeq(node)) continue
    if (depth > deepest) {
      refuse(node, tooDeep)
      break
    }
    if (isMap(node)) refuseKeys(node, refuse)
    // The last is taken first: problems come in the order of the text.
    for (const item of node.items.toReversed()) stack.push([isPair(item) ? item.value : item, depth + 1])
  }
  return problems
}

function refuseKeys({ items }: YAMLMap, refuse: Refuse): void {
  // Most maps have a handful of keys, and a document has thousands of maps.
  const seen = items.length > 8 ? new Set<string>() : null
  const isRepeated = (name: string, place: number): boolean => {
    if (!seen) return items.slice(0, place).some(({ key }) => isScalar(key) && key.value === name)
    const known = seen.has(name)
    seen.add(name)
    return known
  }
  for (const [place, { key }] of items.entries()) {
    // A number and the text of it would become one key, and one of the two values would be lost.
    if (!isScalar(key) || typeof key.value !== 'string') {
      refuse(key, {
        code: 'yaml-key',
        message: 'A key must be text.',
        fix: 'Write a name before the colon; put numbers, true and null in quotes.',
      })
      continue
    }
    const strange = strangeness(key)
    if (strange !== null) refuse(key, strange)
    if (key.anchor !== undefined)
      refuse(key, { code: 'yaml-alias', message: 'Anchors (&) are not allowed.', fix: 'Remove it.' })
    if (key.value === '__proto__')
      refuse(key, { code: 'yaml-key', message: 'A key may not be called __proto__.', fix: 'Choose another name.' })
    if (isRepeated(key.value, place))
      refuse(key, {
        code: 'yaml-duplicate-key',
        message: `The key "${key.value}" is there twice.`,
        fix: 'Keep one of the two.',
      })
  }
}

/** Values that JSON does not have, or that a database cannot keep. */
function strangeness(node: Node): Pick<Problem, 'code' | 'message' | 'fix'> | null {
  if ('tag' in node && node.tag !== undefined)
    return {
      code: 'yaml-tag',
      message: `Tags (${node.tag}) are not allowed.`,
      fix: 'Write the plain value; put text in quotes.',
    }
  if (!isScalar(node)) return null
  const { value } = node
  if (typeof value === 'number' && (!Number.isFinite(value) || isRounded(value, node.source ?? ''))) {
    return {
      code: 'yaml-number',
      message: 'This number cannot be kept exactly.',
      fix: 'Write a smaller number, or put it in quotes.',
    }
  }
  if (typeof value === 'string' && (value.includes('\0') || !value.isWellFormed()))
    return { code: 'yaml-character', message: 'The text has a NUL or half a character in it.', fix: 'Remove it.' }
  return null
}

/** Whether a whole number is kept as another one than what is written, as long ids would be. */
function isRounded(value: number, source: string): boolean {
  return !Number.isSafeInteger(value) && /^[-+]?\d+$/.test(source) && source.replace('+', '') !== String(value)
}

type Range = readonly [number, number, ...number[]]

function rangeAt(document: Document.Parsed, path: readonly (string | number)[]): Range {
  let node: unknown = document.contents
  let found: Range = rangeOf(node) ?? [0, 0]
  for (const part of path) {
    let next: unknown = null
    if (isMap(node)) {
      const pair = pairsOf(node).get(String(part))
      next = pair?.value ?? null
      // Of a nested block only its key is marked; a whole block underlined says nothing.
      found = (isScalar(next) ? rangeOf(next) : rangeOf(pair?.key)) ?? found
    } else if (isSeq(node)) {
      next = node.items[Number(part)] ?? null
      found = rangeOf(next) ?? found
    }
    if (next === null) break
    node = next
  }
  return found
}

// Of 10,000 problems each needs its place, and looking through 10,000 keys for each would take half a minute.
const knownPairs = new WeakMap<YAMLMap, Map<string, Pair>>()

function pairsOf(map: YAMLMap): Map<string, Pair> {
  const known = knownPairs.get(map)
  if (known) return known
  const pairs = new Map<string, Pair>()
  // Of two equal keys the first is meant.
  for (const pair of map.items.toReversed()) if (isScalar(pair.key)) pairs.set(String(pair.key.value), pair)
  knownPairs.set(map, pairs)
  return pairs
}

function rangeOf(node: unknown): Range | null {
  if (!isNode(node)) return null
  const { range } = node as Node
  return range ? [range[0], range[1]] : null
}

function positionOf(range: Range, lines: LineCounter): NonNullable<Problem['position']> {
  const [start, end] = [lines.linePos(range[0]), lines.linePos(Math.max(range[0], range[1]))]
  return { line: start.line || 1, column: start.col || 1, endLine: end.line || 1, endColumn: end.col || 1 }
}
