/** Changes of YAML text by pairs of block maps. Offsets are those of the text as it was; all changes are made together at the end. */
import {
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  Scalar,
  visit,
  type YAMLMap,
} from 'yaml'
import { onOneLine, pairText, type YamlStyle } from './yaml-pieces.ts'

export interface TextPatch {
  /** Takes a pair out, with the comment lines that stand right above it. */
  remove(item: Pair | Node): void
  rename(pair: Pair, key: string): void
  /** Puts the value of `wanted` in the place of the pair's; on one line it keeps the comment behind it. */
  replace(pair: Pair, wanted: Pair): void
  /** Adds a pair to a map behind one of its pairs, or before all. */
  insert(wanted: Pair, place: { map: YAMLMap; after: Pair | null }): void
  /** Puts text in the place of a single value. */
  setScalar(scalar: Scalar, value: string): void
  /** Adds lines behind an item, indented as it is. */
  insertBehind(item: Node | null, lines: { before: Node; text: string }): void
  text(): string
}

interface Change {
  start: number
  end: number
  text: string
  /** Changes at one offset are made in the order in which they were asked for. */
  order: number
}

export function createTextPatch(source: string, root: Node): TextPatch {
  const changes: Change[] = []
  const newline = source.includes('\r\n') ? '\r\n' : '\n'
  const style = styleOf(source, root)

  const put = (start: number, end: number, text: string): void => {
    changes.push({ start, end, text: text.replaceAll('\n', newline), order: changes.length })
  }
  const lineStart = (offset: number): number => source.lastIndexOf('\n', offset - 1) + 1
  const lineEnd = (offset: number): number => {
    if (offset > 0 && source[offset - 1] === '\n') return offset
    const next = source.indexOf('\n', offset)
    return next === -1 ? source.length : next + 1
  }
  const startOf = (item: Pair | Node): number => lineStart(firstOffset(item))
  const endOf = (item: Pair | Node): number => lineEnd(lastOffset(item))
  const indentOf = (item: Pair | Node): string => ' '.repeat(firstOffset(item) - startOf(item))
  /** Lines are added at the end of a line; the last line of a text may not have one. */
  const addLines = (at: number, lines: string): void => {
    const missing = at > 0 && source[at - 1] !== '\n' ? '\n' : ''
    put(at, at, missing === '' ? lines : missing + lines.replace(/\n$/, ''))
  }

  return {
    remove(item) {
      put(withComment(source, startOf(item)), endOf(item), '')
    },
    rename({ key }, name) {
      if (isScalar(key) && key.range) put(key.range[0], key.range[1], onOneLine(new Scalar(name)) ?? name)
    },
    replace(pair, wanted) {
      const { value } = pair
      const range = isNode(value) ? value.range : null
      const oneLine = range && range[1] > range[0] && isFlow(value) && !source.slice(range[0], range[1]).includes('\n')
      const text = oneLine && isNode(wanted.value) ? onOneLine(likeBefore(wanted.value, value)) : null
      if (range && text !== null) put(range[0], range[1], text)
      else put(firstOffset(pair), endOf(pair), indented(pairText(wanted, style), indentOf(pair)).trimStart())
    },
    insert(wanted, { map, after }) {
      const first = map.items[0]
      if (!first) return
      const lines = indented(pairText(wanted, style), indentOf(first))
      if (after) addLines(endOf(after), lines)
      else put(startOf(first), startOf(first), lines)
    },
    setScalar(scalar, value) {
      if (scalar.range) put(scalar.range[0], scalar.range[1], onOneLine(likeBefore(new Scalar(value), scalar)) ?? value)
    },
    insertBehind(item, { before, text }) {
      const lines = `${' '.repeat(dashOffset(source, item ?? before))}- ${text}\n`
      if (item) addLines(endOf(item), lines)
      else put(startOf(before), startOf(before), lines)
    },
    text() {
      let text = ''
      let copied = 0
      for (const change of changes.toSorted((a, b) => a.start - b.start || a.order - b.order)) {
        text += source.slice(copied, Math.max(copied, change.start)) + change.text
        copied = Math.max(copied, change.end)
      }
      return text + source.slice(copied)
    },
  }
}

/** How far the text indents, by the first nested map and the first list in it. */
function styleOf(source: string, root: Node): YamlStyle {
  const column = (offset: number): number => offset - (source.lastIndexOf('\n', offset - 1) + 1)
  let indent: number | null = null
  let indentSeq: boolean | null = null
  visit(root, {
    Pair(_key, pair) {
      const parent = column(firstOffset(pair))
      const { value } = pair
      if (isMap(value) && !value.flow && value.items[0]) indent ??= column(firstOffset(value.items[0])) - parent
      if (isSeq(value) && !value.flow && isNode(value.items[0]))
        indentSeq ??= dashOffset(source, value.items[0]) > parent
      return isCollection(value) && value.flow ? visit.SKIP : undefined
    },
  })
  return { indent: indent !== null && indent > 0 && indent <= 8 ? indent : 2, indentSeq: indentSeq ?? true }
}

/** Column of the dash before an item of a block list. */
function dashOffset(source: string, item: Node): number {
  const start = firstOffset(item)
  const line = source.lastIndexOf('\n', start - 1) + 1
  return source.slice(line, start).lastIndexOf('-')
}

/** The new value quoted as the old one was, and collections in braces. */
function likeBefore(wanted: Node, was: unknown): Node {
  if (!isScalar(wanted) || !isScalar(was) || typeof wanted.value !== 'string') return wanted
  const value = new Scalar(wanted.value)
  if (was.type === 'QUOTE_DOUBLE' || was.type === 'QUOTE_SINGLE') value.type = was.type
  return value
}

const isFlow = (value: unknown): boolean =>
  isScalar(value)
    ? value.type !== 'BLOCK_LITERAL' && value.type !== 'BLOCK_FOLDED'
    : isCollection(value) && value.flow === true

function indented(text: string, by: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? '' : by + line))
    .join('\n')
}

function firstOffset(item: Pair | Node): number {
  const node: unknown = isPair(item) ? item.key : item
  return isNode(node) && node.range ? node.range[0] : 0
}

/** The end of what is written, without the comments behind it. */
function lastOffset(item: unknown): number {
  if (isPair(item)) return Math.max(lastOffset(item.key), lastOffset(item.value))
  if (isCollection(item) && !item.flow && item.items.length > 0) return lastOffset(item.items.at(-1))
  return isNode(item) && item.range ? item.range[1] : 0
}

/** The start of the comment lines that stand right above a line; the line's own when there are none. */
function withComment(source: string, start: number): number {
  const indent = /^ */.exec(source.slice(start))![0]
  let at = start
  while (at > 0) {
    const above = source.lastIndexOf('\n', at - 2) + 1
    const line = source.slice(above, at)
    if (!line.startsWith(`${indent}#`)) break
    at = above
  }
  return at
}
