/** SQL as ClickHouse speaks it. */
import type { Column, ColumnKind, Dialect } from './dialect.ts'
import { joined, raw, sql, type Sql } from './sql-text.ts'

const identifier = (name: string) => `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``
const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

export const clickhouseDialect: Dialect = {
  title: 'ClickHouse',
  identifier,
  placeholder({ type }, index) {
    switch (type) {
      case 'text':
        return `{p${index}:String}`
      case 'texts':
        return `{p${index}:Array(String)}`
      case 'integer':
        return `{p${index}:Int64}`
      case 'time':
        return `fromUnixTimestamp64Milli({p${index}:Int64}, 'UTC')`
    }
  },
  literal(value) {
    switch (value.type) {
      case 'text':
        return quoted(value.value)
      case 'texts':
        return `[${value.value.map(quoted).join(', ')}]`
      case 'integer':
        return String(value.value)
      case 'time':
        return `toDateTime64('${new Date(value.value).toISOString().replace('T', ' ').replace('Z', '')}', 3, 'UTC')`
    }
  },
  label,
  isOneOf(column, values) {
    // Compared as it is, an index serves; an Enum would refuse a value that it does not have.
    const isPlain = column.type.includes('String') && !values.includes('')
    const listed = values.map((value) => sql`${{ type: 'text', value }}`)
    return sql`${isPlain ? raw(identifier(column.name)) : label(column)} IN (${joined(listed, ', ')})`
  },
  matches: (column, pattern) => sql`match(${label(column)}, ${{ type: 'text', value: `(?s)^(?:${pattern})$` }})`,
  number: ({ name, kind }) => raw(kind === 'boolean' ? `toUInt8(${identifier(name)})` : identifier(name)),
  microseconds: ({ name }) => raw(`toUnixTimestamp64Micro(toDateTime64(${identifier(name)}, 6, 'UTC'))`),
  within: ({ name }, after, until) =>
    sql`${raw(identifier(name))} > ${{ type: 'time', value: after }} AND ${raw(identifier(name))} <= ${{ type: 'time', value: until }}`,
  quotient: (dividend, divisor) => sql`intDiv(${dividend}, ${{ type: 'integer', value: divisor }})`,
  double: (number) => sql`toFloat64(${number})`,
  quantile: (quantile, column = 'v_') => raw(`quantileExactInclusive(${quantile})(${column})`),
}

function label({ name }: Column): Sql {
  return raw(`ifNull(toString(${identifier(name)}), '')`)
}

/** Of a type as `system.columns` writes it, `LowCardinality(Nullable(String))` and the like. */
export function clickhouseColumnKind(type: string): ColumnKind {
  const name = type.replace(/^LowCardinality\((.*)\)$/, '$1').replace(/^Nullable\((.*)\)$/, '$1')
  if (/^(U?Int(8|16|32|64|128|256)|Float(32|64)|Decimal(\d*)(\(.*\))?)$/.test(name)) return 'number'
  if (name === 'Bool') return 'boolean'
  if (/^(String|FixedString\(\d+\)|Enum(8|16)\(.*\))$/s.test(name)) return 'text'
  return /^(DateTime(64)?(\(.*\))?|Date(32)?)$/.test(name) ? 'time' : 'other'
}
