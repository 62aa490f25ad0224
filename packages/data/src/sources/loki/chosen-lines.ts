/** The lines that an ad-hoc aggregation is over, as LogQL: a stream, how its lines become fields, and filters of them. */
import type { ComputeFilter } from '../../compute/ask.ts'
import type { RowsAsk } from '../../compute/rows-ask.ts'
import { DataError } from '../../data-error.ts'
import { lineFormat } from '../files/line-format.ts'
import { parseLogQuery, quoted } from './log-query.ts'

/** @throws DataError `bad-query` */
export function chosenLines({ from, ask, entities }: RowsAsk): string {
  if (typeof ask.time === 'string') throw bad('Lines have the time that Loki keeps.', 'Leave "time" out.')
  const { text, parses } = parseLogQuery(from)
  const stage = ask.parse === undefined ? '' : stageOf(ask.parse)
  const filters = [
    // A line that cannot be read is no row; left in, it would make the whole query fail.
    ...(parses || stage !== '' ? ['__error__=""'] : []),
    ...(entities ? [isOneOf(labelOf(entities.field), entities.values)] : []),
    ...ask.where.flatMap(filtersOf),
  ]
  return `${text}${stage}${filters.map((filter) => ` | ${filter}`).join('')}`
}

/** Names are written as they are. @throws DataError `bad-query` for one that Loki cannot have */
export function labelOf(name: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return name
  throw bad(`"${name}" is no label of Loki.`, `It is ${name.replaceAll(/[^A-Za-z0-9_]/g, '_')} there.`)
}

function stageOf(parse: string): string {
  const format = lineFormat(parse)
  switch (format.kind) {
    case 'json':
    case 'logfmt':
      return ` | ${format.kind}`
    case 'lines':
      return ''
    case 'pattern': {
      const parts = format.parts.map((part) => ('text' in part ? part.text : `<${part.field ?? '_'}>`))
      return ` | pattern ${quoted(parts.join(''))}`
    }
  }
}

/** Each a stage of its own. */
function filtersOf({ field, op, value }: ComputeFilter): string[] {
  const label = labelOf(field)
  const values = (Array.isArray(value) ? value : [value ?? '']).map(String)
  switch (op) {
    case '=':
    case 'in':
      return [isOneOf(label, values)]
    case '!=':
    case 'not-in':
      return values.map((one) => `${label}!=${quoted(one)}`)
    case '<':
    case '<=':
    case '>':
    case '>=':
      if (typeof value !== 'number') throw bad(`"${field}" ${op} needs a number.`, 'Texts of lines have no order.')
      // What is no number passes with an error, and is left out by it.
      return [`${label} ${op} ${value}`, '__error__=""']
    case 'exists':
      return [`${label}!=""`]
    case 'contains':
      return [`${label}=~${quoted(`(?s).*${values[0]!.replace(/[\\.+*?()|[\]{}^$]/g, String.raw`\$&`)}.*`)}`]
    case 'matches':
      return [`${label}=~${quoted(`(?s).*(?:${values[0]!}).*`)}`]
  }
}

function isOneOf(label: string, values: readonly string[]): string {
  // Nobody is one of none.
  if (values.length === 0) return `${label}="", ${label}!=""`
  const each = values.map((value) => `${label}=${quoted(value)}`)
  return each.length === 1 ? each[0]! : `(${each.join(' or ')})`
}

const bad = (message: string, fix: string): DataError => new DataError('bad-query', message, { fix })
