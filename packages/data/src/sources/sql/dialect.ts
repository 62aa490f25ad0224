/** What differs between databases when a measure is asked of them; everything else is `measure-sql.ts`. */
import type { Sql, SqlValue } from './sql-text.ts'

/** What can be done with a column. */
export type ColumnKind = 'number' | 'boolean' | 'text' | 'time' | 'other'

export interface Column {
  name: string
  /** As the database calls it. */
  type: string
  kind: ColumnKind
}

export interface Dialect {
  title: string
  identifier(name: string): string
  placeholder(value: SqlValue, index: number): string
  /** For the statement that people are shown. */
  literal(value: SqlValue): string
  /**
   * A column's value as text that compares byte by byte, whatever the column's collation; NULL is the empty text, as an absent label is
   * at a Prometheus API.
   */
  label(column: Column): Sql
  /** Whether the label is one of the values; may be NULL for false. Where the column can be compared as it is, an index serves. */
  isOneOf(column: Column, values: readonly string[]): Sql
  /** Of a pattern that `safe-pattern.ts` wrote: the whole label must match it. */
  matches(column: Column, pattern: string): Sql
  /** A numeric or boolean column in arithmetic. */
  number(column: Column): Sql
  /** A time column as whole microseconds since 1970, UTC. */
  microseconds(column: Column): Sql
  /** The column is compared as it is, so that an index serves. */
  within(column: Column, after: number, until: number): Sql
  /** Whole quotient of two integers that are not negative. */
  quotient(dividend: Sql, divisor: number): Sql
  /** As a floating point number. */
  double(number: Sql): Sql
  /** The exact quantile of a column, `v_` by default, between neighbours linearly; null where the database has no such aggregate. */
  quantile: ((quantile: string, column?: string) => Sql) | null
}
