/**
 * Whether a source answers as every other: the same facts were put into it, the same questions are asked, and its answers are held against
 * those that the facts alone give. A new kind of source is a `ConformanceSubject`; its test runs every case.
 *
 * ```ts
 * const subject = { name: 'PostgreSQL', address, binding: rowsBinding((relation) => `public.${relation}`), tolerance: exact }
 * const run = openConformance(subject, dataset)
 * for (const one of conformanceCases) expect(await run.problemOf(one)).toBeNull()
 * ```
 */
import { createDataService } from '../../src/query/create-data-service.ts'
import type { DataQuery, DataResult } from '../../src/query/service.ts'
import type { SourceAddress } from '../../src/sources/source.ts'
import { conformanceCases, type ConformanceCase } from './cases.ts'
import type { Dataset } from './dataset.ts'
import { expectedSeries, isNearEdge, type Question } from './expected-series.ts'
import { conformanceModel, measures, type Binding } from './measures.ts'

export interface ConformanceSubject {
  name: string
  address: SourceAddress
  binding: Binding
  tolerance: Tolerance
}

/** One whose server runs until it is stopped. */
export interface ServedSubject {
  subject: ConformanceSubject
  stop(): Promise<void>
}

/** How far an answer may be from that of the facts. */
export interface Tolerance {
  /** Of a value, 0.02 for 2 %. */
  relative: number
  /** Of quantiles, in seconds. */
  quantileSeconds: number
  /**
   * A source that knows only samples of counters takes a rate over a somewhat longer time than the window: values are not compared where
   * something begins or ends at once within so many seconds of the window. Null for one that knows the rows.
   */
  edgeSeconds: number | null
}

/** Of a source of rows; sums in another order differ in the last digits. */
export const exact: Tolerance = { relative: 1e-9, quantileSeconds: 1e-9, edgeSeconds: null }
/** Of a Prometheus API that reads every 15 s, and whose buckets are 10 ms wide; calls are 10 ms apart. */
export const sampled: Tolerance = { relative: 0.02, quantileSeconds: 0.02, edgeSeconds: 45 }

export interface OpenConformance {
  /** What is wrong with the answer; null when it is right. */
  problemOf(one: ConformanceCase): Promise<string | null>
  close(): Promise<void>
}

export function openConformance(subject: ConformanceSubject, dataset: Dataset): OpenConformance {
  const data = createDataService({
    model: conformanceModel(subject.binding),
    sources: async () => subject.address,
  })
  return {
    async problemOf(one) {
      const query = queryOf(one, dataset)
      const result = await data.data(query)
      if (one.isAbsent) return absenceProblem(result)
      return qualityProblem(result, one) ?? seriesProblem(result, { one, query, dataset, subject })
    },
    close: () => data.close(),
  }
}

export interface ConformanceReport {
  name: string
  cases: number
  failed: { title: string; problem: string }[]
}

/** Asks all cases. */
export async function runConformance(subject: ConformanceSubject, dataset: Dataset): Promise<ConformanceReport> {
  const open = openConformance(subject, dataset)
  const failed: ConformanceReport['failed'] = []
  try {
    for (const one of conformanceCases) {
      const problem = await open.problemOf(one).catch((error: unknown) => `it failed: ${String(error)}`)
      if (problem !== null) failed.push({ title: one.title, problem })
    }
  } finally {
    await open.close()
  }
  return { name: subject.name, cases: conformanceCases.length, failed }
}

function queryOf({ measure, where, groupBy, shift = 0, ...times }: ConformanceCase, { end }: Dataset): DataQuery {
  const { from = 60, to = 0, asOf = 0, stepSeconds = 60 } = times
  const at = (minutes: number) => end - minutes * 60_000
  return {
    measure,
    ...(where === undefined ? {} : { where }),
    ...(groupBy === undefined ? {} : { groupBy }),
    from: at(from) - shift,
    to: at(to) - shift,
    stepSeconds,
    asOf: at(asOf),
  }
}

function absenceProblem({ series, quality }: DataResult): string | null {
  const found = series.flatMap(({ points }) => points).filter(([, value]) => value !== null)
  if (found.length > 0) return `${found.length} values came, the first ${found[0]![1]}`
  return quality.completeness === 0 ? null : `it calls nothing ${quality.completeness} complete`
}

/** All read at least once in 15 s, so what is as old as that is fresh. */
const freshSeconds = 15

function qualityProblem({ quality }: DataResult, { quality: wanted }: ConformanceCase): string | null {
  if (!wanted) return null
  const said = JSON.stringify(quality)
  if (Math.abs(quality.completeness - wanted.completeness) > 0.05) return `not ${wanted.completeness} complete: ${said}`
  if (quality.freshnessSeconds === null || quality.freshnessSeconds > freshSeconds) return `not fresh: ${said}`
  const lost = quality.notes.filter((note) => note.includes('no samples'))
  const isRight = lost.length === wanted.lost.length && wanted.lost.every((id, index) => lost[index]?.startsWith(id))
  return isRight ? null : `it does not name ${wanted.lost.join()}: ${said}`
}

interface Judged {
  one: ConformanceCase
  query: DataQuery
  dataset: Dataset
  subject: ConformanceSubject
}

function seriesProblem(result: DataResult, { one, query, dataset, subject: { tolerance } }: Judged): string | null {
  const question = questionOf(one, query)
  const keyOf = (dimensions: Record<string, string>) => JSON.stringify(question.groupBy.map((name) => dimensions[name]))
  // A counter that never counted may have a series or none: that is the source's own history.
  const isMute = (values: readonly (number | null)[]) =>
    question.groupBy.length > 0 && values.every((value) => value === null || value === 0)
  const wanted = expectedSeries(dataset, question).filter(({ values }) => !isMute(values))
  const found = new Map(result.series.map(({ dimensions, points }) => [keyOf(dimensions), points]))
  let compared = 0
  for (const { dimensions, values } of wanted) {
    const key = keyOf(dimensions)
    const points = found.get(key)
    if (!points) return `${key}: no series`
    found.delete(key)
    if (points.length !== values.length) return `${key}: ${points.length} points instead of ${values.length}`
    for (const [index, [t, value]] of points.entries()) {
      if (t !== question.grid[index]) return `${key}: a point at ${t} instead of ${question.grid[index]}`
      const { stepSeconds } = question
      if (tolerance.edgeSeconds !== null && isNearEdge(dataset, t, { stepSeconds, slack: tolerance.edgeSeconds }))
        continue
      compared += 1
      if (!isNear(value, values[index]!, { tolerance, isQuantile: question.measure.kind === 'histogram' }))
        return `${key}: ${value} instead of ${values[index]} at ${minutesBefore(dataset.end, t)}`
    }
  }
  const extra = [...found].find(([, points]) => !isMute(points.map(([, value]) => value)))
  if (extra) return `${extra[0]}: a series that the facts do not have`
  if (compared === 0) return 'nothing was compared'
  return result.query.expression === '' ? 'it does not say what was asked' : null
}

function questionOf({ measure: reference }: ConformanceCase, query: DataQuery): Question {
  const measure = measures.find(({ relation, id }) => `${relation}.${id}` === reference)
  if (!measure) throw new Error(`There is no measure ${reference}.`)
  const grid: number[] = []
  for (let t = query.from; t <= Math.min(query.to, query.asOf); t += query.stepSeconds * 1000) grid.push(t)
  const where = Object.fromEntries(Object.entries(query.where ?? {}).map(([name, values]) => [name, [values].flat()]))
  return { measure, where, groupBy: query.groupBy ?? [], grid, stepSeconds: query.stepSeconds }
}

function isNear(
  value: number | null,
  wanted: number | null,
  { tolerance, isQuantile }: { tolerance: Tolerance; isQuantile: boolean },
): boolean {
  if (value === null || wanted === null) return value === wanted
  const off = Math.abs(value - wanted)
  return off <= (isQuantile ? tolerance.quantileSeconds : 0) + tolerance.relative * Math.abs(wanted)
}

const minutesBefore = (end: number, t: number) => `${((end - t) / 60_000).toFixed(2)} min before the end`
