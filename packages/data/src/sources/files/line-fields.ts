/** Fields of a log's lines as SQL of DuckDB. Only what is asked for is taken out of a line. */
import { joined, raw, sql, type Sql } from '../sql/sql-text.ts'
import { found, patternExpression, patternFields, type LineFormat } from './line-format.ts'

export interface LineFields {
  /** What is made of a line once, named `m`; null when nothing is. */
  parsed: Sql | null
  /** True for a line that is not of the format. */
  isMalformed: Sql
  /** A field's text; null or empty where a line has none. */
  field(name: string): Sql
  /** The fields that there are; null when only the lines know. */
  known: string[] | null
}

/** A constant of DuckDB: regular expressions must be known when it plans. */
const quoted = (text: string): Sql => raw(`'${text.replaceAll("'", "''")}'`)
const identifier = (name: string): Sql => raw(`"${name.replaceAll('"', '""')}"`)

/** `wanted` are the fields that are asked for; `line` is always one. */
export function lineFields(format: LineFormat, wanted: ReadonlySet<string>): LineFields {
  switch (format.kind) {
    case 'lines':
      return { parsed: null, isMalformed: raw('FALSE'), field: () => raw('line'), known: ['line'] }
    case 'pattern': {
      const { quick, exact, groups } = patternExpression(format.parts, wanted)
      const names = joined(groups.map(quoted), ', ')
      const by = (expression: string): Sql => sql`regexp_extract(line, ${quoted(expression)}, [${names}])`
      const known = ['line', ...patternFields(format.parts)]
      const field = (name: string) => (name === 'line' ? raw('line') : sql`m.${identifier(name)}`)
      if (groups.length === 0) return { parsed: null, isMalformed: raw('FALSE'), field, known }
      const isMissed = (of: Sql): Sql => (groups.includes(found) ? sql`${of}.${identifier(found)} = ''` : raw('FALSE'))
      const quickly = by(quick)
      return {
        parsed:
          exact === null
            ? quickly
            : sql`CASE WHEN ${isMissed(sql`(${quickly})`)} THEN ${by(exact)} ELSE ${quickly} END`,
        isMalformed: isMissed(raw('m')),
        field,
        known,
      }
    }
    case 'json': {
      const names = [...wanted].filter((name) => name !== 'line')
      // A key may have dots in it, or they lead into objects within objects.
      const paths = names.flatMap((name) => [pointer([name]), pointer(name.split('.'))])
      return {
        parsed:
          paths.length === 0
            ? null
            : sql`CASE WHEN json_valid(line) THEN json_extract_string(line, [${joined(paths.map(quoted), ', ')}]) END`,
        isMalformed: raw("NOT (json_valid(line) AND starts_with(ltrim(line), '{'))"),
        field(name) {
          if (name === 'line') return raw('line')
          const at = 2 * names.indexOf(name)
          return name.includes('.') ? raw(`coalesce(m[${at + 1}], m[${at + 2}])`) : raw(`m[${at + 1}]`)
        },
        known: null,
      }
    }
    case 'logfmt':
      return {
        // Quoted values are emptied first: what looks like a key inside one is none.
        parsed: sql`CASE WHEN contains(line, '"') THEN regexp_replace(line, ${quoted(quotedValue)}, '""', 'g') ELSE line END`,
        isMalformed: raw(String.raw`NOT regexp_matches(line, '^\s*[^\s="]+=')`),
        field(name) {
          if (name === 'line') return raw('line')
          const key = name.replace(/[!-/:-@[-`{-~]/g, String.raw`\$&`)
          const plain = sql`regexp_extract(m, ${quoted(`(?:^|\\s)${key}=("?[^\\s"]*"?)`)}, 1)`
          const walked = sql`regexp_extract(line, ${quoted(`^\\s*(?:[^\\s="]+(?:=(?:${quotedValue}|[^\\s"]*))?\\s+)*?${key}="((?:[^"\\\\]|\\\\.)*)"`)}, 1)`
          // As in JSON where it is JSON, `\n` and all; else a backslash stands before the character itself.
          const json = sql`concat('"', ${walked}, '"')`
          const plainly = sql`regexp_replace(${walked}, ${quoted(String.raw`\\(.)`)}, ${quoted(String.raw`\1`)}, 'g')`
          const unescaped = sql`CASE WHEN json_valid(${json}) THEN json_extract_string(${json}, '$') ELSE ${plainly} END`
          return sql`CASE WHEN ${plain} = '""' THEN ${unescaped} ELSE ${plain} END`
        },
        known: null,
      }
  }
}

const quotedValue = String.raw`"(?:[^"\\]|\\.)*"`

const pointer = (keys: readonly string[]): string =>
  keys.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
