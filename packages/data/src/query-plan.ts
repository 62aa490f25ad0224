/** A data query checked against the model: which measure, which labels, which times. */
import { suggest } from '@tenon/runbook'
import { DataError } from './data-error.ts'
import { expectedEntities, type Dimension, type DimensionFilter, type Expected } from './expected-entities.ts'
import type { Measure, Model, Table } from './model.ts'
import { oneOf, type Matcher } from './selector.ts'
import type { DataQuery } from './service.ts'

export interface QueryPlan {
  table: Table
  measure: Measure
  /** The times that are asked for, ascending, unix ms. */
  grid: number[]
  where: DimensionFilter[]
  groupBy: Dimension[]
  matchers: Matcher[]
  /** What must report; null when the model does not say. */
  expected: Expected | null
}

export const maximumPoints = 11_000

/** @throws DataError `unknown-measure`, `unknown-dimension`, `bad-query`, `query-too-large` */
export function planQuery(model: Model, query: DataQuery): QueryPlan {
  const { table, measure } = findMeasure(model, query.measure)
  const where = Object.entries(query.where ?? {}).map(([name, given]): DimensionFilter => {
    const values = typeof given === 'string' ? [given] : [...new Set(given)]
    if (values.length === 0)
      throw badQuery(
        `"${name}" is filtered by an empty list, which selects nothing.`,
        'Name a value or drop the filter.',
      )
    return { ...dimensionOf(table, name, query.measure), values }
  })
  return {
    table,
    measure,
    grid: gridOf(query),
    where,
    groupBy: [...new Set(query.groupBy ?? [])].map((name) => dimensionOf(table, name, query.measure)),
    matchers: where.map(({ label, values }) => oneOf(label, values)),
    expected: expectedEntities(model, table, where),
  }
}

/** @throws DataError `unknown-measure` */
function findMeasure(model: Model, reference: string): { table: Table; measure: Measure } {
  const [tableId = '', measureId = ''] = reference.split('.')
  const table = Object.hasOwn(model.tables, tableId) ? model.tables[tableId] : undefined
  const measure = table && Object.hasOwn(table.measures, measureId) ? table.measures[measureId] : undefined
  if (table && measure) return { table, measure }
  const known = Object.entries(model.tables).flatMap(([id, { measures }]) =>
    Object.keys(measures).map((name) => `${id}.${name}`),
  )
  throw new DataError('unknown-measure', `The model has no measure "${reference}".`, {
    fix: suggest(reference, known, 'measure'),
  })
}

function dimensionOf(table: Table, name: string, measure: string): Dimension {
  const label = Object.hasOwn(table.dimensions, name) ? table.dimensions[name] : undefined
  if (label !== undefined) return { name, label }
  throw new DataError('unknown-dimension', `"${measure}" has no dimension "${name}".`, {
    fix: suggest(name, Object.keys(table.dimensions), 'dimension'),
  })
}

/** One a step from `from`, none after `to` or `asOf`. */
function gridOf({ from, to, stepSeconds, asOf }: DataQuery): number[] {
  if (![from, to, stepSeconds, asOf].every(Number.isFinite))
    throw badQuery('A time or the step is not a number.', 'Give times in unix milliseconds and the step in seconds.')
  if (stepSeconds < 1) throw badQuery(`A step of ${stepSeconds} s is too short.`, 'Use 1 s or more.')
  const end = Math.min(to, asOf)
  if (from > end) throw badQuery('The time asked for begins after it ends.', 'Let "from" be before "to" and "asOf".')
  const points = Math.floor((end - from) / (stepSeconds * 1000)) + 1
  if (points > maximumPoints)
    throw new DataError('query-too-large', `The query asks for ${points} points; at most ${maximumPoints} are read.`, {
      fix: `Use a step of at least ${Math.ceil((end - from) / 1000 / (maximumPoints - 1))} s or a shorter time.`,
    })
  const grid: number[] = []
  for (let index = 0; index < points; index += 1) grid.push(from + index * stepSeconds * 1000)
  return grid
}

const badQuery = (message: string, fix: string) => new DataError('bad-query', message, { fix })
