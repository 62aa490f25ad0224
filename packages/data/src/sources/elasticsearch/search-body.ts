/**
 * Measures as searches of Elasticsearch and OpenSearch. One measure, filter and grouping is one `composite` aggregation: of each group and
 * window a bucket, page by page, so that none is left out or guessed as `terms` may. What documents mean is as in SQL
 * (`sql/measure-sql.ts`). Values only ever stand as values of `term` and `terms` queries.
 */
import type { DimensionFilter } from '../../query/expected-entities.ts'
import type { Measure } from '../../model/model.ts'
import type { SeriesAsk } from '../source.ts'
import { badMeasure, fieldMeasure, type FieldMatcher, type FieldSelector } from '../rows/field-measure.ts'
import { withinStep } from '../rows/levels.ts'
import { pageSize } from './read-pages.ts'

export interface Search {
  /** Fields that the buckets are of, in order. */
  fields: string[]
  /** Unix ms: the windows are `(after, until]`, in steps. */
  after: number
  until: number
  stepMilliseconds: number
  /** What is sent; with the key of the last bucket that is known for the page after it. */
  page(after: Record<string, unknown> | null): Record<string, unknown>
}

type Json = Record<string, unknown>

/** @throws DataError `bad-query` */
export function valuesSearch(ask: SeriesAsk): Search {
  const { measure, groupBy, table, where, grid, stepSeconds } = ask
  const found = fieldMeasure(measure)
  const by = groupBy.map(({ label }) => fieldName(measure, label))
  const isGauge = found.kind === 'gauge' || (found.kind === 'ratio' && measure.operands === 'gauge')
  const selectors = found.kind === 'ratio' ? [found.of, found.per] : [found.select]
  // A gauge is taken of each series, and joined by who reads the answer; its highest or lowest needs no series.
  const told = [
    ...Object.values(table.dimensions),
    ...selectors.flatMap(({ matchers }) => matchers.map(({ field }) => field)),
  ]
  const isOfSeries = isGauge && withinStep(measure.aggregate) === 'avg'
  const fields = [...new Set([...by, ...(isOfSeries ? told.map((field) => fieldName(measure, field)) : [])])]
  const about = isGauge ? [] : selectors.at(-1)!.matchers.filter(({ field }) => by.includes(field))
  const amount = isGauge ? withinStep(measure.aggregate) : 'sum'
  const counted = ({ field, matchers }: FieldSelector): Json => ({
    filter: bool(matchers.map((matcher) => matching(measure, matcher))),
    aggs: field === null ? {} : { value: { [amount]: { field: fieldName(measure, field) } } },
  })
  if (isGauge && selectors.some(({ field }) => field === null))
    throw badMeasure(measure, 'a gauge needs a field with its value', 'Select a field, or use a counter.')
  return search(ask, {
    fields,
    after: grid[0]! - stepSeconds * 1000,
    filters: [...filtersOf(measure, where), ...about.map((matcher) => matching(measure, matcher))],
    aggs: aggregations(),
  })

  function aggregations(): Json {
    switch (found.kind) {
      case 'counter':
      case 'gauge':
        return { of: counted(found.select) }
      case 'ratio':
        return { of: counted(found.of), per: counted(found.per) }
      case 'histogram': {
        const { field, matchers } = found.select
        const percentiles = { field: fieldName(measure, field), percents: [found.quantile * 100], keyed: false }
        const filter = bool(matchers.map((matcher) => matching(measure, matcher)))
        return { of: { filter, aggs: { value: { percentiles } } } }
      }
    }
  }
}

/** A gauge's documents are those of its selector; any document tells that events are counted. @throws DataError `bad-query` */
export function newestSearch(ask: SeriesAsk, leadSteps: number): Search {
  const { measure, newest, grid, stepSeconds } = ask
  const found = fieldMeasure(measure)
  const fields = [...new Set(newest.by.map(({ label }) => fieldName(measure, label)))]
  const { matchers } = found.kind === 'ratio' ? found.per : found.select
  const isGauge = found.kind === 'gauge' || (found.kind === 'ratio' && measure.operands === 'gauge')
  const told = isGauge ? matchers : matchers.filter(({ field }) => fields.includes(field))
  return search(ask, {
    fields,
    after: grid[0]! - (1 + leadSteps) * stepSeconds * 1000,
    filters: [...filtersOf(measure, newest.where), ...told.map((matcher) => matching(measure, matcher))],
    aggs: { newest: { max: { field: timeField(ask) } } },
  })
}

function search(
  ask: SeriesAsk,
  { fields, after, filters, aggs }: { fields: string[]; after: number; filters: Json[]; aggs: Json },
): Search {
  const stepMilliseconds = ask.stepSeconds * 1000
  const until = ask.grid.at(-1)!
  const field = timeField(ask)
  // A bucket holds its begin and not its end; times are whole milliseconds, so that one of them later it is the other way round.
  const offset = (after + 1) % stepMilliseconds
  const window = { date_histogram: { field, fixed_interval: `${stepMilliseconds}ms`, offset: `+${offset}ms` } }
  const sources = [
    ...fields.map((name, index) => ({ [`g${index}`]: { terms: { field: name, missing_bucket: true } } })),
    { t: window },
  ]
  return {
    fields,
    after,
    until,
    stepMilliseconds,
    page: (key) => ({
      size: 0,
      track_total_hits: false,
      timeout: '25s',
      query: bool([{ range: { [field]: { gt: after, lte: until, format: 'epoch_millis' } } }, ...filters]),
      aggs: { windows: { composite: { size: pageSize, sources, ...(key === null ? {} : { after: key }) }, aggs } },
    }),
  }
}

const bool = (filter: Json[]): Json => ({ bool: { filter } })

function filtersOf(measure: Measure, where: readonly DimensionFilter[]): Json[] {
  return where.map(({ label, values }) =>
    matching(measure, { field: label, isNot: false, wanted: { kind: 'values', values } }),
  )
}

/** An absent field is the empty text, as an absent label is at a Prometheus API. */
function matching(measure: Measure, { field: name, isNot, wanted }: FieldMatcher): Json {
  const field = fieldName(measure, name)
  if (wanted.kind === 'pattern')
    throw badMeasure(measure, `an index compares "${name}" with values only`, 'Name them: =~"one|other".')
  const { values } = wanted
  const [only] = values
  const terms: Json = values.length === 1 ? { term: { [field]: { value: only } } } : { terms: { [field]: values } }
  const found: Json = values.includes('')
    ? { bool: { should: [terms, { bool: { must_not: [{ exists: { field } }] } }], minimum_should_match: 1 } }
    : terms
  return isNot ? { bool: { must_not: [found] } } : found
}

const timeField = ({ table, measure }: SeriesAsk): string => fieldName(measure, table.time ?? '@timestamp')

function fieldName(measure: Measure, name: string): string {
  if (/^[A-Za-z_@][A-Za-z0-9_.@-]*$/.test(name)) return name
  throw badMeasure(measure, `"${name}" is no field of an index`, 'Name a field with dots: http.response.status_code.')
}
