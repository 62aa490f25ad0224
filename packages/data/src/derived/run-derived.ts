/**
 * Answers a derived measure: its inputs are asked as ordinary queries on the same grid, and the formula is computed over what they
 * give. Grouped series meet by the values of their dimensions. Its quality is the worst of its inputs'.
 */
import type { DataQuality, Point } from '@tenon/runbook'
import { DataError } from '../data-error.ts'
import type { MeasurePlace, ModelIndex } from '../model/model-index.ts'
import type { DataQuery, DataResult, DataSeries } from '../query/service.ts'
import { worstQuality } from '../query/worst-quality.ts'
import { maximumDepth } from './check-derived.ts'
import { evaluate, type Evaluated } from './evaluate.ts'
import { parseFormula, type Formula } from './parse-formula.ts'

export interface DerivedAsk {
  index: ModelIndex
  place: MeasurePlace
  query: DataQuery
  /** How many derived measures are above it. */
  depth: number
  ask(query: DataQuery): Promise<DataResult>
}

export const isDerived = ({ measure }: MeasurePlace): boolean => measure.kind === 'derived'

/** @throws DataError `bad-model`, and what its inputs' queries throw */
export async function runDerived({ index, place, query, depth, ask }: DerivedAsk): Promise<DataResult> {
  const { measure } = place
  const parsed = parseFormula(measure.formula ?? '')
  if (!parsed.ok) throw badModel(place, parsed.message)
  // A model that was checked has no circle.
  if (depth >= maximumDepth) throw badModel(place, 'it is derived from derived measures too deep')
  const answers = await Promise.all(
    Object.entries(measure.inputs ?? {}).map(async ([name, ref]): Promise<Input> => {
      const input = inputOf(index, place, ref)
      const result = await ask({ ...query, measure: input }).catch((error: unknown) => {
        throw withDerived(error, { place, input })
      })
      return { name, result }
    }),
  )
  return derivedResult({ place, query, formula: parsed.formula, answers })
}

interface Input {
  name: string
  result: DataResult
}

interface Answered {
  place: MeasurePlace
  query: DataQuery
  formula: Formula
  answers: Input[]
}

/** Of one entity's part of the measure the input is that entity's part, where its table tells of the same kind of entity. */
export function inputOf(index: ModelIndex, place: MeasurePlace, ref: string): string {
  const input = index.measure(ref)
  if (!input || place.entity === null || place.table.each === undefined || input.entity !== null) return ref
  if (input.table.each !== place.table.each) return ref
  return index.measure(`${place.entity}.${input.measureId}`)?.tableId === input.tableId
    ? `${place.entity}.${input.measureId}`
    : ref
}

function derivedResult({ place, query, formula, answers }: Answered): DataResult {
  const grid = answers[0]?.result.series[0]?.points.map(([t]) => t) ?? []
  const names = query.groupBy ?? []
  const keyOf = (dimensions: Record<string, string>): string => JSON.stringify(names.map((name) => dimensions[name]))
  const byKey = answers.map(({ name, result }) => ({
    name,
    quality: result.quality,
    series: new Map(result.series.map((series) => [keyOf(series.dimensions), series])),
  }))
  const groups = new Map<string, Record<string, string>>()
  for (const { result } of answers)
    for (const { dimensions } of result.series) groups.set(keyOf(dimensions), dimensions)
  const series = [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, dimensions]): DataSeries & { none: number } => {
      const members = byKey.map(({ name, series: all }) => ({ name, series: all.get(key) ?? null }))
      const times = grid.length > 0 ? grid : (members.find((one) => one.series)?.series?.points.map(([t]) => t) ?? [])
      const values = new Map(members.map((one) => [one.name, one.series?.points.map(([, value]) => value) ?? []]))
      const evaluated = evaluate(formula, values, times.length)
      const points = times.map((t, index): Point => [t, evaluated.values[index] ?? null])
      const quality = withDivisions(worstOf(members.map(qualityOf)), evaluated)
      return { dimensions, points, quality, none: evaluated.zeroByZero }
    })
  const worst = worstOf([
    ...answers.map(({ result }) => result.quality),
    ...(names.length === 0 ? series.map(({ quality }) => quality) : []),
  ])
  const none = series.reduce((sum, one) => sum + one.none, 0)
  const isEmpty = series.length > 0 && series.every(({ points }) => points.every(([, value]) => value === null))
  return {
    measure: query.measure,
    unit: place.measure.unit,
    series: series.map(({ dimensions, points, quality }) => ({ dimensions, points, quality })),
    quality: names.length > 0 && isEmpty ? nothing(worst, none) : worst,
    query: {
      source: [...new Set(answers.map(({ result }) => result.query.source))].join(', '),
      expression: expressionOf(place, answers),
      from: answers[0]?.result.query.from ?? new Date(query.from).toISOString(),
      to: answers[0]?.result.query.to ?? new Date(query.to).toISOString(),
      stepSeconds: query.stepSeconds,
    },
  }
}

const maximumNotes = 12

/** Each member and each series has its own notes: hundreds of them would say less than some. */
function worstOf(qualities: readonly DataQuality[]): DataQuality {
  const { notes, ...worst } = worstQuality(qualities)
  const more = notes.length - maximumNotes
  return { ...worst, notes: more > 0 ? [...notes.slice(0, maximumNotes), `and ${more} more`] : notes }
}

function qualityOf({ name, series }: { name: string; series: DataSeries | null }): DataQuality {
  if (series) return series.quality
  return { completeness: 0, freshnessSeconds: null, notes: [`"${name}" has no such series`] }
}

/** What was divided by zero has no value; how often is said, since it is neither a loss of data nor a share of nothing. */
function withDivisions(quality: DataQuality, { values, zeroByZero, byZero }: Evaluated): DataQuality {
  const times = (count: number): string =>
    count === values.length ? 'at any time' : `at ${count} of ${values.length} times`
  if (quality.completeness > 0 && values.every((value) => value === null)) return nothing(quality, zeroByZero)
  const notes = [...quality.notes]
  if (zeroByZero > 0) notes.push(`no traffic ${times(zeroByZero)}: zero by zero has no value`)
  if (byZero > 0) notes.push(`divided by zero ${times(byZero)}: no value there`)
  return { ...quality, notes }
}

function nothing(quality: DataQuality, zeroByZero: number): DataQuality {
  const why = zeroByZero > 0 ? 'there was no traffic' : 'its inputs have none at the same time'
  return { ...quality, completeness: 0, notes: [`no value at any time: ${why}`, ...quality.notes] }
}

/** The formula, then a line for each of its names. */
function expressionOf({ measure }: MeasurePlace, answers: Input[]): string {
  const lines = answers.map(
    ({ name, result }) => `${name} = ${result.query.expression.replaceAll('\n', '\n  ')}  [${result.query.source}]`,
  )
  return [measure.formula, ...lines].join('\n')
}

function withDerived(error: unknown, { place, input }: { place: MeasurePlace; input: string }): unknown {
  if (!(error instanceof DataError) || (error.code !== 'unknown-dimension' && error.code !== 'bad-query')) return error
  return new DataError(error.code, `"${place.ref}" is computed from "${input}". ${error.message}`, {
    fix: error.fix,
    cause: error,
  })
}

const badModel = ({ ref }: MeasurePlace, why: string): DataError =>
  new DataError('bad-model', `"${ref}" cannot be computed: ${why}.`, { fix: 'Correct its formula in the model.' })
