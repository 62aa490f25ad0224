/** Where expressions stand inside document values: `${ ... }` as a whole string or inside longer text. */
import type { PlanValue } from './plan.ts'

/** A stretch of a template: text as it is, or an expression and the offset of its first character in the whole string. */
export type TemplatePart = { kind: 'text'; text: string } | { kind: 'expression'; cel: string; offset: number }

export type SplitTemplate = { ok: true; parts: TemplatePart[] } | { ok: false; offset: number; message: string }

const mostParts = 200

/**
 * Splits text at `${ ... }`. Braces and quotes inside the expression are respected; `$${` stands for a literal `${`.
 *
 * @example splitTemplate('lost ${steps.loss.output.total}') // text, expression
 */
export function splitTemplate(text: string): SplitTemplate {
  const parts: TemplatePart[] = []
  let plain = ''
  let index = 0
  while (index < text.length) {
    if (text.startsWith('$${', index)) {
      plain += '${'
      index += 3
    } else if (text.startsWith('${', index)) {
      const end = expressionEnd(text, index + 2)
      if (end === -1) return { ok: false, offset: index, message: 'This `${` is never closed by `}`.' }
      if (plain !== '') parts.push({ kind: 'text', text: plain })
      plain = ''
      const inner = text.slice(index + 2, end)
      const lead = inner.length - inner.trimStart().length
      if (inner.trim() === '')
        return { ok: false, offset: index, message: 'There is no expression between `${` and `}`.' }
      if (parts.length >= mostParts)
        return { ok: false, offset: index, message: `A text has room for ${mostParts / 2} expressions.` }
      parts.push({ kind: 'expression', cel: inner.trim(), offset: index + 2 + lead })
      index = end + 1
    } else {
      plain += text[index]
      index += 1
    }
  }
  if (plain !== '' || parts.length === 0) parts.push({ kind: 'text', text: plain })
  return { ok: true, parts }
}

/** Index of the `}` that closes the expression which begins at `start`; -1 when there is none. */
function expressionEnd(text: string, start: number): number {
  let depth = 0
  let quote = ''
  for (let index = start; index < text.length; index += 1) {
    const character = text[index]!
    if (quote !== '') {
      if (character === '\\') index += 1
      else if (character === quote) quote = ''
    } else if (character === '"' || character === "'") quote = character
    else if (character === '{') depth += 1
    else if (character === '}') {
      if (depth === 0) return index
      depth -= 1
    }
  }
  return -1
}

/** A document value as the plan keeps it. Text with a broken template stays literal here; `validate` refuses it before. */
export function toPlanValue(raw: unknown): PlanValue {
  if (typeof raw === 'string') return stringValue(raw)
  if (Array.isArray(raw)) {
    const items = raw.map(toPlanValue)
    return items.every((item) => item.kind === 'literal')
      ? { kind: 'literal', value: literals(items) }
      : { kind: 'list', items }
  }
  if (typeof raw === 'object' && raw !== null) {
    const fields = Object.fromEntries(Object.entries(raw).map(([key, value]) => [key, toPlanValue(value)]))
    const members = Object.entries(fields)
    if (members.every(([, value]) => value.kind === 'literal'))
      return { kind: 'literal', value: Object.fromEntries(members.map(([key, value]) => [key, literal(value)])) }
    return { kind: 'object', fields }
  }
  return { kind: 'literal', value: raw }
}

function stringValue(text: string): PlanValue {
  const split = splitTemplate(text)
  if (!split.ok) return { kind: 'literal', value: text }
  const [first] = split.parts
  if (split.parts.length === 1 && first!.kind === 'expression') return { kind: 'expression', cel: first!.cel }
  if (split.parts.length === 1 && first!.kind === 'text') return { kind: 'literal', value: first!.text }
  return { kind: 'template', parts: split.parts.map((part) => (part.kind === 'text' ? part.text : { cel: part.cel })) }
}

const literal = (value: PlanValue): unknown => (value.kind === 'literal' ? value.value : undefined)
const literals = (items: PlanValue[]): unknown[] => items.map(literal)
