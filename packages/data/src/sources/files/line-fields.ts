/** Fields of a log's lines as SQL of DuckDB. Only what is asked for is taken out of a line. */
import { joined, raw, sql, type Sql } from '../sql/sql-text.ts'
import { found, patternExpression, patternFields, type LineFormat } from './line-format.ts'

export interface LineFields {
  /** What is made of a line once, named `m`; null when nothing is. */
  parsed: Sql | null
  /** Whether the quick expression reads the line, where there is another; named `#quick`. */
  isQuick: Sql | null
  /** True for a line that is not of the format. */
  isMalformed: Sql
  /** A field's text; null or empty where a line has none. */
  field(name: string): Sql
  /** The fields that there are; null when only the lines know. */
  known: string[] | null
}

/** Fields that are taken only out of the lines that are asked for: each field costs, and most lines are often not asked for. */
export interface LaterFields {
  /** What the first look at a line leaves for the second, as columns. */
  carried: Sql[]
  /** What is made of a line then, named `#m`. */
  parsed: Sql
  field(name: string): Sql
}

/** A constant of DuckDB: regular expressions must be known when it plans. */
const quoted = (text: string): Sql => raw(`'${text.replaceAll("'", "''")}'`)
const identifier = (name: string): Sql => raw(`"${name.replaceAll('"', '""')}"`)

/** Null for formats whose fields cost nothing more than their first. */
export function laterFields(format: LineFormat, wanted: ReadonlySet<string>): LaterFields | null {
  switch (format.kind) {
    case 'lines':
    case 'json':
      return null
    case 'pattern': {
      const { quick, exact, groups } = patternExpression(format.parts, wanted, true)
      if (groups.length === 0) return null
      const names = joined(groups.map(quoted), ', ')
      const by = (expression: string): Sql => sql`regexp_extract("#line", ${quoted(expression)}, [${names}])`
      return {
        carried: [raw('line AS "#line"'), ...(exact === null ? [] : [raw('"#quick"')])],
        parsed: exact === null ? by(quick) : sql`CASE WHEN "#quick" THEN ${by(quick)} ELSE ${by(exact)} END`,
        field: (name) => sql`"#m".${identifier(name)}`,
      }
    }
    case 'logfmt':
      return {
        carried: [raw('line AS "#line"')],
        parsed: withoutQuoted('"#line"'),
        field: (name) => logfmtField(name, { line: '"#line"', stripped: '"#m"' }),
      }
  }
}

/** `wanted` are the fields that are asked for; `line` is always one. */
export function lineFields(format: LineFormat, wanted: ReadonlySet<string>): LineFields {
  switch (format.kind) {
    case 'lines':
      return { parsed: null, isQuick: null, isMalformed: raw('FALSE'), field: () => raw('line'), known: ['line'] }
    case 'pattern': {
      const { quick, exact, groups } = patternExpression(format.parts, wanted)
      const names = joined(groups.map(quoted), ', ')
      const by = (expression: string): Sql => sql`regexp_extract(line, ${quoted(expression)}, [${names}])`
      const known = ['line', ...patternFields(format.parts)]
      const field = (name: string) => (name === 'line' ? raw('line') : sql`m.${identifier(name)}`)
      if (groups.length === 0) return { parsed: null, isQuick: null, isMalformed: raw('FALSE'), field, known }
      const isMissed = (of: Sql): Sql => (groups.includes(found) ? sql`${of}.${identifier(found)} = ''` : raw('FALSE'))
      const quickly = by(quick)
      return {
        parsed:
          exact === null
            ? quickly
            : sql`CASE WHEN ${isMissed(sql`(${quickly})`)} THEN ${by(exact)} ELSE ${quickly} END`,
        // The same expression as in `parsed`, which DuckDB evaluates once.
        isQuick: exact === null ? null : sql`NOT ${isMissed(sql`(${quickly})`)}`,
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
        isQuick: null,
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
        parsed: withoutQuoted('line'),
        isQuick: null,
        isMalformed: raw(String.raw`NOT regexp_matches(line, '^\s*[^\s="]+=')`),
        field: (name) => (name === 'line' ? raw('line') : logfmtField(name, { line: 'line', stripped: 'm' })),
        known: null,
      }
  }
}

const quotedValue = String.raw`"(?:[^"\\]|\\.)*"`

const pointer = (keys: readonly string[]): string =>
  keys.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

/** Quoted values are emptied first: what looks like a key inside one is none. */
const withoutQuoted = (line: string): Sql =>
  sql`CASE WHEN contains(${raw(line)}, '"') THEN regexp_replace(${raw(line)}, ${quoted(quotedValue)}, '""', 'g') ELSE ${raw(line)} END`

function logfmtField(name: string, { line, stripped }: { line: string; stripped: string }): Sql {
  const key = name.replace(/[!-/:-@[-`{-~]/g, String.raw`\$&`)
  const plain = sql`regexp_extract(${raw(stripped)}, ${quoted(`(?:^|\\s)${key}=("?[^\\s"]*"?)`)}, 1)`
  const walked = sql`regexp_extract(${raw(line)}, ${quoted(`^\\s*(?:[^\\s="]+(?:=(?:${quotedValue}|[^\\s"]*))?\\s+)*?${key}="((?:[^"\\\\]|\\\\.)*)"`)}, 1)`
  // As in JSON where it is JSON, `\n` and all; else a backslash stands before the character itself.
  const json = sql`concat('"', ${walked}, '"')`
  const plainly = sql`regexp_replace(${walked}, ${quoted(String.raw`\\(.)`)}, ${quoted(String.raw`\1`)}, 'g')`
  const unescaped = sql`CASE WHEN json_valid(${json}) THEN json_extract_string(${json}, '$') ELSE ${plainly} END`
  return sql`CASE WHEN ${plain} = '""' THEN ${unescaped} ELSE ${plain} END`
}
