/** One measure, split by its dimensions: what each combination has in the judged span, and what it usually has. */
import type { DimensionQuestion, Sample } from '@tenon/analysis'
import { indexModel, worstQuality, type DataResult, type DataService, type MeasurePlace, type Model } from '@tenon/data'
import type { DataQuality, EvidenceQuery } from '@tenon/runbook'
import { eventsOver, meanOver } from './mean-over.ts'

const minute = 60_000
const day = 24 * 60 * minute
const stepSeconds = 30
const baselineMinutes = 60
/** The onset may be off by so much. */
const guardMinutes = 2
/** A day of the season moves the whole by no more within an hour. */
const mostSeason = 2
const completeShare = 0.95

interface DimensionSpan {
  /** The span that is judged, unix milliseconds. */
  from: number
  to: number
  /** Where the time before it ends that is taken as usual. */
  usualTo: number
}

export interface GroupSeries {
  values: string[]
  /** Of a count its events; of a ratio its bad events. */
  bad: Sample[]
  /** All events; null for a count. */
  total: Sample[] | null
}

export interface DimensionLeaves {
  question: DimensionQuestion
  groups: GroupSeries[]
  quality: DataQuality
  queries: EvidenceQuery[]
}

/** What is counted of a measure: events, or bad events of all. `reason` says why it cannot be. */
export type Counted =
  | { kind: 'count'; measure: string }
  | { kind: 'ratio'; bad: string; isGood: boolean; total: string }
  | { kind: 'none'; reason: string }

/** A ratio is split through the counters that it is made of: shares of parts do not sum, their events do. */
export function countedOf(model: Model, place: MeasurePlace): Counted {
  const { measure, ref } = place
  switch (measure.kind) {
    case 'counter':
      return { kind: 'count', measure: ref }
    case 'ratio': {
      const beside = indexModel(model)
        .measuresUnder(ref.split('.')[0] ?? '')
        .filter(({ tableId }) => tableId === place.tableId)
      const counterOf = (selector: string | undefined) =>
        beside.find((one) => one.measure.kind === 'counter' && one.measure.select === selector)?.ref
      const part = measure.of === undefined ? undefined : counterOf(measure.of)
      const total = measure.per === undefined ? undefined : counterOf(measure.per)
      if (measure.operands === 'counter' && measure.unit !== 's' && part !== undefined && total !== undefined)
        return { kind: 'ratio', bad: part, isGood: measure.bad === 'down', total }
      return { kind: 'none', reason: `${place.title} is not a share of events that the model counts` }
    }
    case 'gauge':
    case 'histogram':
    case 'derived':
      return {
        kind: 'none',
        reason: `${place.title} cannot be summed over its parts; a count or a share of events can`,
      }
  }
}

interface LeavesRequest {
  counted: Exclude<Counted, { kind: 'none' }>
  dimensions: string[]
  where: Record<string, string>
  span: DimensionSpan
  minimumEvents: number
  asOf: number
}

export async function fetchLeaves(data: DataService, request: LeavesRequest): Promise<DimensionLeaves> {
  const { counted, dimensions, where, span, asOf } = request
  const usual = { from: span.usualTo - baselineMinutes * minute, to: span.usualTo - guardMinutes * minute }
  const ask = (measure: string, part: { from: number; to: number }, groupBy = dimensions) =>
    data.data({ measure, where, groupBy, ...part, stepSeconds, asOf })
  const both = (measure: string) => Promise.all([ask(measure, usual), ask(measure, span)])
  if (counted.kind === 'count') {
    const [own, season] = await Promise.all([both(counted.measure), seasonOf(ask, counted.measure, { usual, span })])
    const groups = [...pointsBy(own, dimensions)].map(([, { values, points }]) => ({
      values,
      bad: points,
      total: null,
    }))
    const answered = answeredOf(own)
    const minutes = (span.to - span.from) / minute
    // Where all that should report does, what has no samples has no events; else nobody knows.
    const unseen = answered.quality.completeness >= completeShare ? 0 : Number.NaN
    const leaves = groups.map(({ values, bad }) => ({
      values,
      actual: (meanOver(bad, span.from, span.to) ?? unseen) * minutes,
      forecast: (meanOver(bad, usual.from, usual.to) ?? 0) * minutes * season,
    }))
    const { minimumEvents } = request
    const question = { kind: 'count', attributes: dimensions, leaves, minimumEvents, areEvents: true } as const
    return { question, groups, ...answered }
  }
  const [part, all] = await Promise.all([both(counted.bad), both(counted.total)])
  const partBy = pointsBy(part, dimensions)
  const groups = [...pointsBy(all, dimensions)].map(([key, { values, points: total }]): GroupSeries => {
    const own = new Map(partBy.get(key)?.points)
    const bad = total.map(([t, value]): Sample => {
      const found = own.get(t) === undefined ? 0 : own.get(t)
      // A counter that has not yet counted has no series: that is none, where others came. A gap is not known.
      if (value === null || found === null || found === undefined) return [t, null]
      return [t, counted.isGood ? Math.max(0, value - found) : Math.min(value, found)]
    })
    return { values, bad, total }
  })
  const leaves = groups.map(({ values, bad, total }) => ({
    values,
    bad: eventsOver(bad, { ...span, stepSeconds }),
    total: eventsOver(total ?? [], { ...span, stepSeconds }),
    baselineBad: eventsOver(bad, { ...usual, stepSeconds }),
    baselineTotal: eventsOver(total ?? [], { ...usual, stepSeconds }),
  }))
  const { minimumEvents } = request
  return {
    question: { kind: 'ratio', attributes: dimensions, leaves, minimumEvents },
    groups,
    ...answeredOf([...part, ...all]),
  }
}

/** How the whole moves within the day, by the day before; 1 where that is not known. */
async function seasonOf(
  ask: (measure: string, part: { from: number; to: number }, groupBy: string[]) => Promise<DataResult>,
  measure: string,
  { usual, span }: { usual: { from: number; to: number }; span: { from: number; to: number } },
): Promise<number> {
  const shifted = { from: usual.from - day, to: span.to - day }
  const points = (await ask(measure, shifted, [])).series[0]?.points ?? []
  const rate = ({ from: begin, to }: { from: number; to: number }) =>
    eventsOver(points, { from: begin - day, to: to - day, stepSeconds }) / (to - begin)
  const factor = rate(span) / rate(usual)
  return Number.isFinite(factor) && factor > 0 ? Math.min(mostSeason, Math.max(1 / mostSeason, factor)) : 1
}

function pointsBy(results: DataResult[], dimensions: string[]): Map<string, { values: string[]; points: Sample[] }> {
  const found = new Map<string, { values: string[]; points: Sample[] }>()
  for (const { series } of results) {
    for (const one of series) {
      const values = dimensions.map((name) => one.dimensions[name] ?? '')
      const key = values.join('\u0000')
      const known = found.get(key)
      if (known) known.points.push(...one.points)
      else found.set(key, { values, points: [...one.points] })
    }
  }
  return found
}

/** How whole the judged span is: every second result is of it, the others are of the time before. */
const answeredOf = (results: DataResult[]): { quality: DataQuality; queries: EvidenceQuery[] } => ({
  quality: worstQuality(results.filter((_, index) => index % 2 === 1).map(({ quality }) => quality)),
  queries: results.map(({ query }) => query),
})
