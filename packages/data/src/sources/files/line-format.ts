/**
 * How lines of logs become fields: `<time> <level> <method> <path> <status>`, where each `<field>` is what stands between the texts around it.
 * A pattern becomes a regular expression of RE2, which takes linear time whatever a line holds; it captures only the fields that are asked for.
 */
import { suggest } from '@tenon/runbook'
import { DataError } from '../../data-error.ts'

export type LineFormat =
  | { kind: 'pattern'; parts: readonly PatternPart[]; time: string | null }
  | { kind: 'logfmt' }
  | { kind: 'json' }
  /** The line alone, as the field `line`. */
  | { kind: 'lines' }

export type PatternPart = { text: string } | { field: string | null }

const presets: Record<string, string> = {
  'nginx-combined':
    '<remote_addr> - <remote_user> [<time>] "<method> <path> <protocol>" <status> <bytes> "<referer>" "<user_agent>"',
}
const presetNames = [...Object.keys(presets), 'logfmt', 'json']

const mostFields = 60
const fieldName = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/

/** @throws DataError `bad-query` */
export function lineFormat(parse: string): LineFormat {
  const preset = Object.hasOwn(presets, parse) ? presets[parse] : undefined
  if (preset !== undefined) return parsePattern(preset)
  if (parse === 'logfmt' || parse === 'json') return { kind: parse }
  if (!parse.includes('<'))
    throw bad(
      `"${parse}" is no way to parse lines.`,
      suggest(parse, presetNames, 'way') || `Use ${presetNames.join(', ')} or a pattern.`,
    )
  return parsePattern(parse)
}

function parsePattern(pattern: string): LineFormat {
  if (/[\r\n\0]/.test(pattern)) throw bad('The pattern has more than one line.', 'A pattern describes one line.')
  const parts: PatternPart[] = []
  const names = new Set<string>()
  for (const piece of pattern.split(/(<[A-Za-z_][A-Za-z0-9_]*>)/).filter((one) => one !== '')) {
    const name = /^<([A-Za-z_][A-Za-z0-9_]*)>$/.exec(piece)?.[1]
    if (name === undefined) {
      parts.push({ text: piece })
      continue
    }
    if (!fieldName.test(name)) throw bad(`The field "${name}" of the pattern has too long a name.`, 'Shorten it.')
    if (parts.length > 0 && 'field' in parts.at(-1)!)
      throw bad(`Before <${name}> another field ends, and nothing says where.`, 'Put text between the two fields.')
    if (name !== '_' && names.has(name)) throw bad(`The pattern names <${name}> twice.`, 'Call one otherwise, or <_>.')
    names.add(name)
    parts.push({ field: name === '_' ? null : name })
  }
  names.delete('_')
  if (names.size === 0) throw bad('The pattern has no field.', 'Write <field> for each part that matters.')
  if (parts.length > 2 * mostFields)
    throw bad(`The pattern has more than ${mostFields} fields.`, 'Use <_> for the rest of the line.')
  return { kind: 'pattern', parts, time: names.has('time') ? 'time' : null }
}

/** The names of the pattern's fields. */
export const patternFields = (parts: readonly PatternPart[]): string[] =>
  parts.flatMap((part) => ('field' in part && part.field !== null ? [part.field] : []))

/**
 * As RE2, one group a field of `wanted`, in the pattern's order, and `#found`, which is empty when the line does not match.
 *
 * A field ends where the text after it first stands. The quick expression lets no field hold that text's first character, which RE2 matches without
 * trying ways; what it matches, the exact one matches alike. Null when the pattern has no text of more than one character: then it is exact itself.
 */
export function patternExpression(
  parts: readonly PatternPart[],
  wanted: ReadonlySet<string>,
  /** It is known already that the line matches. */
  isKnown = false,
): { quick: string; exact: string | null; groups: string[] } {
  const groups: string[] = []
  const write = (isQuick: boolean): string => {
    groups.length = 0
    const text = parts.map((part, index) => {
      if ('text' in part) {
        // Any text that a match must hold tells that there is one.
        if (isKnown || groups.includes(found)) return escapeRe2(part.text)
        groups.push(found)
        return `(${escapeRe2(part.text)})`
      }
      const next = parts[index + 1]
      const inner = next === undefined || !('text' in next) ? '.*' : upTo(next.text, isQuick)
      if (part.field === null || !wanted.has(part.field)) return `(?:${inner})`
      groups.push(part.field)
      return `(${inner})`
    })
    return `^${text.join('')}$`
  }
  const quick = write(true)
  const exact = write(false)
  return { quick, exact: exact === quick ? null : exact, groups: [...groups] }
}

/** The group that is not empty when a line matches; absent from a pattern that matches every line. */
export const found = '#found'

function upTo(text: string, isQuick: boolean): string {
  const [first = ''] = text
  if (text.length > first.length && !isQuick) return '.*?'
  return `[^${/[\\\]^-]/.test(first) ? `\\${first}` : first}]*`
}

/** Letters, digits and others than ASCII stand for themselves. */
const escapeRe2 = (text: string): string => text.replace(/[!-/:-@[-`{-~]/g, String.raw`\$&`)

const bad = (message: string, fix: string): DataError => new DataError('bad-query', message, { fix })
