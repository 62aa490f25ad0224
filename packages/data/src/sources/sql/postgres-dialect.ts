/** SQL as PostgreSQL speaks it. Sessions have the time zone UTC. */
import type { Column, ColumnKind, Dialect } from './dialect.ts'
import { raw, sql, type Sql, type SqlValue } from './sql-text.ts'

const identifier = (name: string) => `"${name.replaceAll('"', '""')}"`
const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`

export const postgresDialect: Dialect = {
  title: 'PostgreSQL',
  identifier,
  placeholder: ({ type }, index) => `$${index}::${castOf[type]}`,
  literal(value) {
    switch (value.type) {
      case 'text':
        return quoted(value.value)
      case 'texts':
        return `ARRAY[${value.value.map(quoted).join(', ')}]::text[]`
      case 'integer':
        return String(value.value)
      case 'time':
        return `timestamptz ${quoted(new Date(value.value).toISOString())}`
    }
  },
  label,
  isOneOf(column, values) {
    const own = values.includes('') ? label(column) : raw(textOf(column))
    return sql`${own} = ANY(${{ type: 'texts', value: values }})`
  },
  matches: (column, pattern) => sql`${label(column)} ~ ${{ type: 'text', value: `^(?:${pattern})$` }}`,
  number({ name, kind, type }) {
    if (kind === 'boolean') return raw(`${identifier(name)}::int`)
    // A sum of `real` is one, too: seven digits.
    return raw(type === 'real' ? `${identifier(name)}::float8` : identifier(name))
  },
  // A double tells microseconds apart until the year 2106, once rounded, and takes a fraction of the time of `extract`'s numeric.
  microseconds: ({ name }) => raw(`(date_part('epoch', ${identifier(name)}) * 1000000)::bigint`),
  within: ({ name }, after, until) =>
    sql`${raw(identifier(name))} > ${{ type: 'time', value: after }} AND ${raw(identifier(name))} <= ${{ type: 'time', value: until }}`,
  quotient: (dividend, divisor) => sql`(${dividend}) / ${{ type: 'integer', value: divisor }}`,
  double: (number) => sql`(${number})::float8`,
  quantile: (quantile, column = 'v_') => raw(`percentile_cont(${quantile}) WITHIN GROUP (ORDER BY ${column}::float8)`),
}

/** Other types (uuid, enum, integer, citext) are compared as text. */
function textOf({ name, kind }: Column): string {
  return kind === 'text' ? identifier(name) : `${identifier(name)}::text`
}

function label(column: Column): Sql {
  return raw(`coalesce(${textOf(column)}, '')`)
}

const castOf: Record<SqlValue['type'], string> = {
  text: 'text',
  texts: 'text[]',
  integer: 'bigint',
  time: 'timestamptz',
}

/** Of a type as `format_type` writes it. */
export function postgresColumnKind(type: string): ColumnKind {
  const name = type.replace(/\(.*?\)/, '').trim()
  if (/^(smallint|integer|bigint|numeric|real|double precision)$/.test(name)) return 'number'
  if (name === 'boolean') return 'boolean'
  if (/^(text|character varying)$/.test(name)) return 'text'
  if (/^(timestamp (with|without) time zone|date)$/.test(name)) return 'time'
  return 'other'
}
