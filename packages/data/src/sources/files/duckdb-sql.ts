/** SQL as DuckDB speaks it, over rows whose time is whole microseconds already (see `scan.ts`). */
import type { Parameter } from '../../duckdb/messages.ts'
import type { Dialect } from '../sql/dialect.ts'
import { bound, joined, raw, sql, type Sql, type SqlValue } from '../sql/sql-text.ts'

export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`
export const quotedText = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** Lists and times never come here: the dialect writes them as their parts. */
const scalar = (value: SqlValue): Parameter => {
  if (value.type === 'texts') throw new Error('a list is written as its values')
  return value.value
}

const placeholder = ({ type }: SqlValue, index: number): string =>
  type === 'text' ? `$${index}` : `CAST($${index} AS BIGINT)`

export const literal = (value: SqlValue): string => {
  const written = scalar(value)
  return typeof written === 'string' ? quotedText(written) : String(written)
}

export function bindDuckDb(statement: Sql): { text: string; parameters: Parameter[] } {
  const { text, values } = bound(statement, placeholder)
  return { text, parameters: values.map(scalar) }
}

const label = (name: string): Sql => raw(`coalesce(CAST(${identifier(name)} AS VARCHAR), '')`)

export const duckdbDialect: Dialect = {
  title: 'files',
  identifier,
  placeholder,
  literal,
  label: ({ name }) => label(name),
  isOneOf: ({ name }, values) =>
    sql`${label(name)} IN (${joined(
      values.map((value) => sql`${{ type: 'text', value }}`),
      ', ',
    )})`,
  matches: ({ name }, pattern) =>
    sql`regexp_matches(${label(name)}, ${{ type: 'text', value: `(?s)^(?:${pattern})$` }})`,
  number: ({ name }) => raw(`TRY_CAST(${identifier(name)} AS DOUBLE)`),
  microseconds: ({ name }) => raw(identifier(name)),
  within: ({ name }, after, until) =>
    sql`${raw(identifier(name))} > ${{ type: 'integer', value: after * 1000 }} AND ${raw(identifier(name))} <= ${{ type: 'integer', value: until * 1000 }}`,
  quotient: (dividend, divisor) => sql`(${dividend}) // ${{ type: 'integer', value: divisor }}`,
  double: (number) => sql`CAST(${number} AS DOUBLE)`,
  quantile: (quantile, column = 'v_') => raw(`quantile_cont(${column}, ${quantile})`),
}
