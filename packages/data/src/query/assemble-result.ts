/** Puts the source's answers on the query's grid, and says how whole and how fresh they are. */
import type { DataQuality, Point } from '@tenon/runbook'
import { DataError } from '../data-error.ts'
import { expectedWith, isKnownDimension, type DimensionFilter } from './expected-entities.ts'
import type { Model } from '../model/model.ts'
import { dimensionValue } from '../model/model-index.ts'
import { presenceOf, qualityOf, type NewestSamples } from './quality.ts'
import { maximumSeries, type QueryPlan } from './query-plan.ts'
import type { WindowSpan } from './rate-window.ts'
import type { DataQuery, DataResult, DataSeries } from './service.ts'
import type { SeriesAnswer } from '../sources/source.ts'

export interface Answers {
  model: Model
  query: DataQuery
  plan: QueryPlan
  answer: SeriesAnswer
  /** Filters that the newest samples are not asked by; their labels tell. */
  unknown: DimensionFilter[]
  /** From when on newest samples are there; before that, values speak for themselves. Unix ms. */
  newestFrom: number
}

/** @throws DataError `query-too-large` */
export function assembleResult(answers: Answers): DataResult {
  const { query, plan, answer, unknown, newestFrom } = answers
  const { grid, groupBy, measure } = plan
  // Who reports is known from there on.
  const base = Math.max(0, newestFrom <= grid[0]! ? 0 : grid.findIndex((t) => t >= newestFrom))
  const told = { grid: grid.slice(base), windows: windowsOf(grid.slice(base), answer.spans) }
  const rows = rowsOf(answer, told.grid)
  const own = rows.filter(({ labels }) => unknown.every(({ label, values: any }) => any.includes(labels[label] ?? '')))
  const { groups, isContradictory } = groupsOf(answers, own)
  if (groups.length > maximumSeries)
    throw new DataError('query-too-large', `The query gives more than ${maximumSeries} series.`, {
      fix: 'Filter by a dimension, or group by fewer.',
    })
  const first = Math.max(0, query.qualityFrom === undefined ? 0 : grid.findIndex((t) => t >= query.qualityFrom!))
  const judged = { answers, rows, told, first: Math.max(0, first - base) }
  const resolutionSeconds = resolutionOf(answer.spans, grid[first] ?? grid[0]!)
  const incomplete = answer.incomplete ?? (isContradictory ? 'it gives two values for one time' : null)
  const judge = (dimensions: Record<string, string>, group: Group): DataQuality =>
    withSource(qualityOfGroup(judged, dimensions, group), { incomplete, resolutionSeconds, points: group.points })
  const series = groups.map((group): DataSeries => {
    // As `whereSampled` does.
    const present = presenceOf(
      group.own.map((row) => row.newest),
      told,
    )
    const { points } = group
    for (let index = base; index < points.length; index += 1)
      if (present[index - base] !== 1) points[index] = [points[index]![0], null]
    return { dimensions: group.dimensions, points, quality: judge(group.dimensions, group) }
  })
  return {
    measure: query.measure,
    unit: measure.unit,
    series,
    quality:
      groupBy.length === 0
        ? series[0]!.quality
        : judge({}, { dimensions: {}, own, points: series.flatMap(({ points }) => points) }),
    query: {
      source: plan.table.source ?? '',
      expression: answer.expression,
      from: new Date(grid[0]!).toISOString(),
      to: new Date(grid.at(-1)!).toISOString(),
      stepSeconds: query.stepSeconds,
    },
  }
}

/**
 * A total with values only where samples came: VictoriaMetrics gives a rate of 0 to a window without samples that follows one with.
 * `newest` is of the whole grid.
 */
export function whereSampled(result: DataResult, told: Pick<SeriesAnswer, 'newest' | 'spans'>): DataResult {
  const series = result.series.map(({ points, ...rest }): DataSeries => {
    const grid = points.map(([t]) => t)
    const newest = rowsOf(told, grid).map((row) => row.newest)
    const present = presenceOf(newest, { grid, windows: windowsOf(grid, told.spans) })
    return { ...rest, points: points.map((point, index): Point => (present[index] === 1 ? point : [point[0], null])) }
  })
  return { ...result, series }
}

/** The coarsest of what is judged: how far apart its raw samples are. Null where no source measured it. */
function resolutionOf(spans: readonly WindowSpan[], from: number): number | null {
  const intervals = spans.flatMap(({ to, intervalSeconds }) => (to >= from ? (intervalSeconds ?? []) : []))
  return intervals.length === 0 ? null : Math.max(...intervals)
}

/** The window of each value, ms. Spans follow one another. */
function windowsOf(grid: readonly number[], spans: readonly WindowSpan[]): number[] {
  let span = 0
  return grid.map((t) => {
    while (t > spans[span]!.to) span += 1
    return spans[span]!.windowSeconds * 1000
  })
}

interface Row {
  labels: Record<string, string>
  newest: NewestSamples
}

interface Group {
  dimensions: Record<string, string>
  own: Row[]
  points: Point[]
}

function rowsOf({ newest }: Pick<SeriesAnswer, 'newest'>, grid: readonly number[]): Row[] {
  return newest.map(({ labels, samples }) => {
    let next = 0
    let last: number | null = null
    return {
      labels,
      // Between two samples the source may show none; the last one is still the newest.
      newest: grid.map((t) => {
        for (; samples[next] !== undefined && samples[next]![0] <= t; next++) {
          const at = Math.round(samples[next]![1] * 1000)
          // By then nobody can have had a sample from later on: a clock is wrong, and how old its samples are is not known.
          if (at <= samples[next]![0]) last = Math.max(last ?? 0, at)
        }
        return last
      }),
    }
  })
}

/**
 * By their dimensions' values, in order; exactly one without groupBy, even when the source has nothing. What is off the grid or no
 * finite number is left out.
 */
function groupsOf(
  { plan: { grid, groupBy }, query, answer }: Answers,
  own: Row[],
): { groups: Group[]; isContradictory: boolean } {
  const groups = new Map<string, { dimensions: Record<string, string>; own: Row[]; values: (number | null)[] }>()
  const groupFor = (labels: Record<string, string>) => {
    const dimensions = Object.fromEntries(groupBy.map(({ name, label }) => [name, labels[label] ?? '']))
    const key = JSON.stringify(Object.values(dimensions))
    const known = groups.get(key)
    if (known) return known
    const made = { dimensions, own: [], values: Array<number | null>(grid.length).fill(null) }
    groups.set(key, made)
    return made
  }
  const step = query.stepSeconds * 1000
  let isContradictory = false
  if (groupBy.length === 0) groupFor({})
  for (const row of own) groupFor(row.labels).own.push(row)
  for (const { labels, samples } of answer.values) {
    const { values } = groupFor(labels)
    for (const [t, value] of samples) {
      const index = (t - grid[0]!) / step
      const before = values[index]
      if (before === undefined || !Number.isFinite(value)) continue
      if (before !== null && before !== value) isContradictory = true
      values[index] = value
    }
  }
  const sorted = [...groups].sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    groups: sorted.map(([, { values, ...group }]) => ({
      ...group,
      points: grid.map((t, index): Point => [t, values[index] ?? null]),
    })),
    isContradictory,
  }
}

function qualityOfGroup(
  {
    answers,
    rows,
    told,
    first,
  }: { answers: Answers; rows: Row[]; told: { grid: number[]; windows: number[] }; first: number },
  dimensions: Record<string, string>,
  { own }: Group,
): DataQuality {
  const { model, query, plan, unknown } = answers
  const { expected } = plan
  const isKnown = (name: string) => expected !== null && isKnownDimension(model, expected, name)
  return qualityOf({
    grid: told.grid.slice(first),
    windows: told.windows.slice(first),
    asOf: query.asOf,
    own: own.map(({ newest }) => newest.slice(first)),
    ownMustReport: unknown.length === 0 && Object.keys(dimensions).every(isKnown),
    reporters:
      expected === null
        ? []
        : rows.map(({ labels, newest }) => ({ id: labels[expected.label] ?? '', newest: newest.slice(first) })),
    expected: expected === null ? null : expectedWith(model, expected, dimensions).map(dimensionValue),
  })
}

function withSource(
  quality: DataQuality,
  of: { incomplete: string | null; resolutionSeconds: number | null; points: Point[] },
): DataQuality {
  const { incomplete, resolutionSeconds, points } = of
  const notes = [...quality.notes]
  let { completeness } = quality
  if (completeness > 0 && points.every(([, value]) => value === null)) {
    completeness = 0
    notes.unshift('no value at any time: there was no traffic, or a part of the measure does not report')
  }
  if (incomplete !== null) {
    // How much is missing is not known; half of it is enough to judge nothing by.
    completeness = Math.min(completeness, 0.5)
    notes.unshift(`the source's answer is not whole: ${incomplete}`)
  }
  return { ...quality, completeness, ...(resolutionSeconds === null ? {} : { resolutionSeconds }), notes }
}
