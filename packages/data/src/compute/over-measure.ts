/**
 * An ask over a measure of the model: filters and groups are pushed down to the measure's source; its points are then aggregated over time, here.
 */
import { suggest } from '@tenon/runbook'
import { DataError } from '../data-error.ts'
import type { MeasurePlace } from '../model/model-index.ts'
import type { DataQuery, DataResult, DataSeries } from '../query/service.ts'
import type { Cell } from '../duckdb/messages.ts'
import type { ComputeAggregate, ComputeAsk, ComputeResult } from './ask.ts'
import { columnsOf } from './column-names.ts'
import type { AskRange, ColumnNames, EntityValues } from './rows-ask.ts'
import { shownNote, wantedGroups } from './wanted-groups.ts'

export interface MeasureAsk {
  ask: ComputeAsk
  place: MeasurePlace
  range: AskRange
  names: ColumnNames
  entities: EntityValues | null
  asOf: number
  read(query: DataQuery): Promise<DataResult>
}

/** Points of one answer; more tell no more about an aggregate. */
const usualPoints = 500
const shortestStep = 15

/** @throws DataError `bad-query` for what a series cannot answer, and what the source throws */
export async function computeOverMeasure(given: MeasureAsk): Promise<ComputeResult> {
  const began = performance.now()
  const { ask, place, range, names, entities } = given
  expectSeriesAsk(ask, place)
  const stepSeconds = pointSeconds(ask, range)
  const result = await given.read({
    measure: place.ref,
    where: whereOf(ask, entities),
    groupBy: ask.groupBy,
    // A point tells of the step that ends with it.
    from: range.from + stepSeconds * 1000,
    to: Math.max(range.from + stepSeconds * 1000, range.to),
    stepSeconds,
    asOf: given.asOf,
  })
  const all = result.series.flatMap((series) => rowsOf(series, { ask, range, stepSeconds, kind: place.measure.kind }))
  const kept = ask.having.reduce(
    (rows, one) => rows.filter((row) => passes(row[indexOf(names, one.column)] ?? null, one)),
    all,
  )
  const most = wantedGroups(ask)
  const rows = sorted(kept, ask, names).slice(0, most)
  const tookSeconds = Math.round(performance.now() - began) / 1000
  return {
    columns: columnsOf(names),
    rows,
    notes: [
      ...(rows.length < kept.length ? [shownNote(ask, rows.length, kept.length)] : []),
      `Over points of ${stepSeconds} s${place.measure.kind === 'counter' ? '; a sum is the number of events' : ''}.`,
      ...result.quality.notes,
    ],
    bounds: {
      rows: { limit: most, used: rows.length },
      bytes: { limit: ask.limits.bytes, used: 0 },
      seconds: { limit: ask.limits.seconds, used: tookSeconds },
      isCut: rows.length < kept.length,
    },
    read: null,
    query: result.query.expression,
    tookSeconds,
  }
}

function expectSeriesAsk(ask: ComputeAsk, { ref, dimensions }: MeasurePlace): void {
  const refuse = (what: string, fix: string): never => {
    throw new DataError('bad-query', `"${ref}" is a series: ${what}.`, { fix })
  }
  const wrongField = ask.aggregates.find(({ fn, field }) => (fn === 'count' ? field !== undefined : field !== 'value'))
  if (wrongField) refuse('its only field is "value"', 'Aggregate "value", or count without a field.')
  if (ask.aggregates.some(({ fn }) => fn === 'distinct'))
    refuse('its values are not counted apart', 'Group by a dimension instead.')
  if (ask.parse !== undefined) refuse('nothing of it is parsed', 'Leave "parse" out, or ask files.')
  const wrongFilter = ask.where.find(
    ({ op, value }) => !(op === '=' || op === 'in') || [value].flat().some((one) => typeof one !== 'string'),
  )
  if (wrongFilter)
    refuse(
      `its dimensions are filtered by "=" and "in" with texts, not by "${wrongFilter.op}"`,
      'Use those, or ask a table.',
    )
  const unknown = [...ask.groupBy, ...ask.where.map(({ field }) => field)].find((name) => !dimensions.includes(name))
  if (unknown !== undefined) refuse(`it has no dimension "${unknown}"`, suggest(unknown, [...dimensions], 'dimension'))
}

/** A whole number of points a step, or about `usualPoints` over all. */
function pointSeconds({ stepSeconds }: ComputeAsk, { from, to }: AskRange): number {
  const seconds = (to - from) / 1000
  const fine = Math.max(shortestStep, Math.ceil(seconds / usualPoints))
  if (stepSeconds === undefined) return Math.max(1, Math.min(fine, Math.floor(seconds)))
  return stepSeconds / Math.max(1, Math.floor(stepSeconds / fine))
}

function whereOf(ask: ComputeAsk, entities: EntityValues | null): Record<string, string[]> {
  const where: Record<string, string[]> = {}
  const narrow = (field: string, values: string[]) => {
    const known = where[field]
    const left = known ? known.filter((value) => values.includes(value)) : values
    if (left.length === 0)
      throw new DataError('bad-query', `The filters of "${field}" leave nothing.`, { fix: 'Drop one of them.' })
    where[field] = left
  }
  for (const { field, value } of ask.where) narrow(field, [value].flat().map(String))
  if (entities) narrow(entities.field, entities.values)
  return where
}

type Grain = { ask: ComputeAsk; range: AskRange; stepSeconds: number; kind: string }

/** One row a step, or one; none of a group or step without a value. */
function rowsOf({ dimensions, points }: DataSeries, { ask, range, stepSeconds, kind }: Grain): Cell[][] {
  const groups = ask.groupBy.map((name) => dimensions[name] ?? '')
  const factor = kind === 'counter' ? stepSeconds / 60 : 1
  const aggregated = (values: number[]): Cell[] => ask.aggregates.map((one) => aggregate(one, values, factor))
  const known = points.flatMap(([t, value]) => (value === null || t > range.to ? [] : [{ t, value }]))
  if (ask.stepSeconds === undefined)
    return known.length === 0 && ask.groupBy.length > 0
      ? []
      : [[...groups, ...aggregated(known.map(({ value }) => value))]]
  const step = ask.stepSeconds * 1000
  const steps = Map.groupBy(known, ({ t }) => range.from + Math.floor((t - range.from - 1) / step) * step)
  return [...steps].map(([begin, within]) => [begin, ...groups, ...aggregated(within.map(({ value }) => value))])
}

function aggregate({ fn, quantile = 0 }: ComputeAggregate, values: number[], factor: number): number | null {
  if (fn === 'count') return values.length
  if (values.length === 0) return null
  const sum = values.reduce((total, value) => total + value, 0)
  switch (fn) {
    case 'sum':
      return sum * factor
    case 'avg':
      return sum / values.length
    case 'min':
      return values.reduce((a, b) => Math.min(a, b))
    case 'max':
      return values.reduce((a, b) => Math.max(a, b))
    case 'quantile': {
      const ordered = values.toSorted((a, b) => a - b)
      const rank = (ordered.length - 1) * quantile
      const [below, above] = [ordered[Math.floor(rank)] ?? 0, ordered[Math.ceil(rank)] ?? 0]
      return below + (above - below) * (rank - Math.floor(rank))
    }
    case 'distinct':
      return null
  }
}

const indexOf = ({ step, groups, aggregates }: ColumnNames, column: string): number =>
  (step === null ? 0 : 1) + groups.length + aggregates.indexOf(column)

function passes(cell: Cell, { op, value }: ComputeAsk['having'][number]): boolean {
  if (typeof cell !== 'number') return false
  switch (op) {
    case '=':
      return cell === value
    case '!=':
      return cell !== value
    case '<':
      return cell < value
    case '<=':
      return cell <= value
    case '>':
      return cell > value
    case '>=':
      return cell >= value
  }
}

function sorted(rows: Cell[][], { top }: ComputeAsk, names: ColumnNames): Cell[][] {
  if (!top) return rows.toSorted((a, b) => compareBy(a, b, names))
  const at = indexOf(names, top.by)
  const sign = top.order === 'most' ? -1 : 1
  const ranked = (row: Cell[]): number => {
    const cell = row[at]
    return typeof cell === 'number' ? sign * cell : Infinity
  }
  return rows.toSorted((a, b) => {
    const [left, right] = [ranked(a), ranked(b)]
    return left === right ? compareBy(a, b, names) : left - right
  })
}

/** By step, then by groups. */
function compareBy(a: Cell[], b: Cell[], { step, groups }: ColumnNames): number {
  for (let index = 0; index < groups.length + (step === null ? 0 : 1); index++) {
    const [left, right] = [a[index] ?? '', b[index] ?? '']
    if (left !== right) return left < right ? -1 : 1
  }
  return 0
}
