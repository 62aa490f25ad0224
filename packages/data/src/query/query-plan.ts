/** A data query checked against the model: which measure, which labels, which times. */
import { suggest } from '@tenon/runbook'
import { DataError } from '../data-error.ts'
import { expectedEntities, type Dimension, type DimensionFilter, type Expected } from './expected-entities.ts'
import type { Measure, Model, Table } from '../model/model.ts'
import { indexModel, type MeasurePlace } from '../model/model-index.ts'
import type { DataQuery } from './service.ts'

export interface QueryPlan {
  table: Table
  measure: Measure
  /** The times that are asked for, ascending, unix ms. */
  grid: number[]
  where: DimensionFilter[]
  groupBy: Dimension[]
  /** What must report; null when the model does not say. */
  expected: Expected | null
}

export const maximumPoints = 11_000
export const maximumSeries = 2_000

/** @throws DataError `unknown-measure`, `unknown-dimension`, `bad-query`, `query-too-large` */
export function planQuery(model: Model, query: DataQuery): QueryPlan {
  const place = findMeasure(model, query.measure)
  const { table, measure } = place
  const asked = Object.entries(query.where ?? {}).map(([name, given]): DimensionFilter => {
    const values = typeof given === 'string' ? [given] : [...new Set(given)]
    if (values.length === 0)
      throw badQuery(
        `"${name}" is filtered by an empty list, which selects nothing.`,
        'Name a value or drop the filter.',
      )
    return { ...dimensionOf(place, name), values }
  })
  const own = Object.entries(place.where).map(([name, value]): DimensionFilter => ({
    name,
    label: labelOf(place, name),
    values: [value],
  }))
  const where = [...own, ...asked]
  return {
    table,
    measure,
    grid: gridOf(query),
    where,
    groupBy: [...new Set(query.groupBy ?? [])].map((name) => dimensionOf(place, name)),
    expected: expectedEntities(model, table, where),
  }
}

/** @throws DataError `unknown-measure` */
export function findMeasure(model: Model, reference: string): MeasurePlace {
  const index = indexModel(model)
  const place = index.measure(reference)
  if (place) return place
  throw new DataError('unknown-measure', `The model has no measure "${reference}".`, {
    fix: suggest(reference, measuresLike(model, reference), 'measure'),
  })
}

/** Of the table or entity that is named, or else of all tables: what else may have been meant. */
function measuresLike(model: Model, reference: string): string[] {
  const near = indexModel(model).measuresUnder(reference.split('.')[0] ?? '')
  if (near.length > 0) return near.map(({ ref }) => ref)
  return Object.entries(model.tables).flatMap(([id, { measures }]) =>
    Object.keys(measures).map((name) => `${id}.${name}`),
  )
}

function dimensionOf(place: MeasurePlace, name: string): Dimension {
  if (place.dimensions.includes(name)) return { name, label: labelOf(place, name) }
  const of = Object.hasOwn(place.where, name) ? place.where[name] : undefined
  if (of !== undefined)
    throw badQuery(
      `"${place.ref}" is of the ${name} "${of}" only.`,
      `Drop "${name}", or ask for "${place.tableId}.${place.measureId}".`,
    )
  throw new DataError('unknown-dimension', `"${place.ref}" has no dimension "${name}".`, {
    fix: suggest(name, place.dimensions, 'dimension'),
  })
}

/** The model is checked when it is read: a table of `each` has the dimension of its kind. */
function labelOf({ table }: MeasurePlace, name: string): string {
  return table.dimensions[name] ?? name
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
