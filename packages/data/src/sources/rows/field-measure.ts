/**
 * What a measure of a source of rows selects: a field, or `*` for the rows themselves, and which rows: `*{status="failed"}`,
 * `http.took{method!="OPTIONS"}`. Parsed, so that whatever is asked of a source is written from its parts.
 */
import { DataError } from '../../data-error.ts'
import type { Measure } from '../../model/model.ts'
import { parseFieldSelector, type Matcher } from '../../model/selector.ts'
import { safePattern, UnsafePattern } from '../sql/safe-pattern.ts'
import { linearPattern, type LinearPattern } from './linear-pattern.ts'

export interface FieldMatcher {
  field: string
  isNot: boolean
  /** Exactly one of these, or what the pattern says. */
  wanted: { kind: 'values'; values: readonly string[] } | { kind: 'pattern'; pattern: LinearPattern }
}

export interface FieldSelector {
  /** Null for the rows themselves. */
  field: string | null
  matchers: FieldMatcher[]
}

export type FieldMeasure =
  | { kind: 'counter' | 'gauge'; select: FieldSelector }
  | { kind: 'ratio'; of: FieldSelector; per: FieldSelector }
  | { kind: 'histogram'; select: FieldSelector & { field: string }; quantile: number }

/**
 * The measure's selectors. The model is checked when it is read, so what throws here is what only these sources cannot do.
 *
 * @throws DataError `bad-query` naming what is wrong
 */
export function fieldMeasure(measure: Measure): FieldMeasure {
  switch (measure.kind) {
    case 'counter':
    case 'gauge':
      return { kind: measure.kind, select: selectorOf(measure, 'select') }
    case 'ratio':
      return { kind: 'ratio', of: selectorOf(measure, 'of'), per: selectorOf(measure, 'per') }
    case 'histogram': {
      const { field, matchers } = selectorOf(measure, 'select')
      if (field === null)
        throw badMeasure(measure, 'a histogram needs a field', 'Select the field that holds the duration.')
      const { quantile } = measure
      if (quantile === undefined)
        throw badMeasure(measure, 'a histogram needs "quantile"', 'Add it, e.g. quantile: 0.95.')
      return { kind: 'histogram', select: { field, matchers }, quantile }
    }
    case 'derived':
      throw badMeasure(measure, 'a derived measure is read from no source', 'Ask for it by its name.')
  }
}

export function badMeasure({ title }: Measure, why: string, fix: string): DataError {
  return new DataError('bad-query', `"${title}" cannot be read: ${why}.`, { fix })
}

function selectorOf(measure: Measure, part: 'select' | 'of' | 'per'): FieldSelector {
  const found = parseFieldSelector(measure[part] ?? '')
  if (!found)
    throw badMeasure(
      measure,
      `"${part}" is no selector`,
      'Write a field, or * for rows, and filters: *{status="paid"}.',
    )
  return {
    field: found.name === '*' ? null : found.name,
    matchers: found.matchers.map((matcher) => ({
      field: matcher.label,
      isNot: matcher.op.startsWith('!'),
      wanted: wantedOf(measure, matcher),
    })),
  }
}

function wantedOf(measure: Measure, { label, op, value }: Matcher): FieldMatcher['wanted'] {
  if (op === '=' || op === '!=') return { kind: 'values', values: [value] }
  try {
    const safe = safePattern(value)
    return safe.kind === 'values' ? safe : { kind: 'pattern', pattern: linearPattern(safe.pattern) }
  } catch (error) {
    if (!(error instanceof UnsafePattern)) throw error
    throw badMeasure(
      measure,
      `the pattern of "${label}" is not read: ${error.message}`,
      'Write it simpler, or name values.',
    )
  }
}
