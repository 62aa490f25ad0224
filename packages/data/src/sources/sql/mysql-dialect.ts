/** SQL as MariaDB and MySQL both speak it. Sessions have the time zone UTC and the character set utf8mb4. */
import type { Column, ColumnKind, Dialect } from './dialect.ts'
import { joined, raw, sql, type Sql, type SqlValue } from './sql-text.ts'

const identifier = (name: string) => `\`${name.replaceAll('`', '``')}\``
const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
const timeText = (time: number) => new Date(time).toISOString().replace('T', ' ').replace('Z', '')

export const mysqlDialect: Dialect = {
  title: 'MySQL',
  identifier,
  placeholder({ type }) {
    switch (type) {
      case 'text':
        return '?'
      case 'integer':
        return 'CAST(? AS SIGNED)'
      case 'time':
        return 'CAST(? AS DATETIME(3))'
      case 'texts':
        throw new Error('MySQL has no lists as parameters')
    }
  },
  literal(value) {
    switch (value.type) {
      case 'text':
        return quoted(value.value)
      case 'integer':
        return String(value.value)
      case 'time':
        return `CAST(${quoted(timeText(value.value))} AS DATETIME(3))`
      case 'texts':
        throw new Error('MySQL has no lists as parameters')
    }
  },
  label,
  isOneOf(column, values) {
    const exact = sql`${label(column)} IN (${listed(values, 'CAST(? AS BINARY)')})`
    // Compared as it is the column finds more than that, by an index where there is one.
    const isPlain = column.kind === 'text' && values.every((value) => /^[\x20-\x7e]+$/.test(value))
    return isPlain ? sql`(${raw(identifier(column.name))} IN (${listed(values, '?')}) AND ${exact})` : exact
  },
  matches: (column, pattern) =>
    sql`CONVERT(${label(column)} USING utf8mb4) COLLATE utf8mb4_bin REGEXP ${{ type: 'text', value: `(?s)\\A(?:${pattern})\\z` }}`,
  // A mean of decimals has four digits more than they have.
  number: ({ name }) => raw(`(${identifier(name)} + 0E0)`),
  microseconds: ({ name }) => raw(`TIMESTAMPDIFF(MICROSECOND, '1970-01-01 00:00:00', ${identifier(name)})`),
  within: ({ name }, after, until) =>
    sql`${raw(identifier(name))} > ${{ type: 'time', value: after }} AND ${raw(identifier(name))} <= ${{ type: 'time', value: until }}`,
  quotient: (dividend, divisor) => sql`(${dividend}) DIV ${{ type: 'integer', value: divisor }}`,
  double: (number) => sql`((${number}) + 0E0)`,
  quantile: null,
}

/** Its usual collations take "a" for "A" and "x " for "x": bytes do not. */
function label({ name }: Column): Sql {
  return raw(`CAST(CONVERT(IFNULL(${identifier(name)}, '') USING utf8mb4) AS BINARY)`)
}

function listed(values: readonly string[], as: '?' | 'CAST(? AS BINARY)'): Sql {
  const pieces = values.map((value) => {
    const one = { type: 'text', value } as const
    return as === '?' ? sql`${one}` : sql`CAST(${one} AS BINARY)`
  })
  return joined(pieces, ', ')
}

/** What a value is sent as. */
export function mysqlParameter(value: SqlValue): string {
  return value.type === 'time' ? timeText(value.value) : String(value.value)
}

/** Of `data_type` in the information schema. */
export function mysqlColumnKind(type: string): ColumnKind {
  const name = type.toLowerCase()
  if (/^(tinyint|smallint|mediumint|int|bigint|decimal|float|double)$/.test(name)) return 'number'
  if (/^(char|varchar|tinytext|text|mediumtext|longtext|enum|set)$/.test(name)) return 'text'
  if (/^(datetime|timestamp|date)$/.test(name)) return 'time'
  return 'other'
}
