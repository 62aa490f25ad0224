/** One row of a source: a record, an alert, an object. Fields are read by name, as text or as a number. */
import type { DimensionFilter } from '../../query/expected-entities.ts'
import type { FieldMatcher } from './field-measure.ts'

export interface Row {
  /** Empty for a field that it has not. */
  text(field: string): string
  /** Null for a field that it has not, or that is no finite number. */
  number(field: string): number | null
}

export const passes = (row: Row, filters: readonly DimensionFilter[]): boolean =>
  filters.every(({ label, values }) => values.includes(row.text(label)))

export const matches = (row: Row, matchers: readonly FieldMatcher[]): boolean =>
  matchers.every(({ field, wanted, isNot }) => {
    const text = row.text(field)
    return (wanted.kind === 'values' ? wanted.values.includes(text) : wanted.pattern.matches(text)) !== isNot
  })
