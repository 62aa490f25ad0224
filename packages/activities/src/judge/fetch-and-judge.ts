/** One measure, fetched and judged: recent hours and two weeks of history at the same time, then the judgement and a chart of it. */
import { judgeSeries, type BadDirection, type Judgement, type Sample, type SeriesKind } from '@tenon/analysis'
import { indexModel, type DataResult, type DataService, type Measure } from '@tenon/data'
import type { DataQuality, Evidence, EvidenceQuery } from '@tenon/runbook'
import { NodeError } from '../node-error.ts'
import { meanOver } from './mean-over.ts'
import { headOf } from './success-measures.ts'

export interface JudgeRequest {
  /** `<table>.<measure>`. */
  measure: string
  where?: Record<string, string | string[]>
  windowMinutes: number
  /** Unix milliseconds. */
  asOf: number
  /** Judge another direction than the one that the model calls bad. */
  bad?: BadDirection
  /** Smaller deviations are no finding, as a share of expected. By default what the kind of measure has. */
  minimumEffect?: number
}

export interface Judged {
  measure: string
  title: string
  unit: string
  kind: SeriesKind
  minimumEvents: number
  judgement: Judgement
  recent: Sample[]
  history: Sample[]
  queries: EvidenceQuery[]
}

export const recentStepSeconds = 30
const recentHours = 4
const historyStepSeconds = 300
const historyDays = 14
const minute = 60_000
const hour = 60 * minute

/** @throws NodeError `unknown-measure`; DataError when the source does not answer. */
export async function fetchAndJudge(data: DataService, request: JudgeRequest): Promise<Judged> {
  const measure = findMeasure(data, request.measure)
  const [recent, history] = await fetchBoth(data, request)
  return judgeFetched({
    measure,
    request,
    recent: totalOf(recent),
    history: totalOf(history),
    quality: recent.quality,
    queries: [recent.query, history.query],
  })
}

/** What each value of the dimensions has, judged alone; groups without a point in the recent hours are left out. */
export async function fetchAndJudgeGroups(
  data: DataService,
  request: JudgeRequest & { groupBy: string[] },
): Promise<{ dimensions: Record<string, string>; judged: Judged }[]> {
  const measure = findMeasure(data, request.measure)
  const [recent, history] = await fetchBoth(data, request)
  const keyOf = (dimensions: Record<string, string>) => request.groupBy.map((name) => dimensions[name]).join('\u0000')
  const past = new Map(history.series.map(({ dimensions, points }) => [keyOf(dimensions), points]))
  return recent.series
    .filter(({ points }) => points.some(([, value]) => value !== null))
    .map(({ dimensions, points, quality }) => ({
      dimensions,
      judged: judgeFetched({
        measure,
        request,
        recent: points,
        history: past.get(keyOf(dimensions)) ?? [],
        quality,
        queries: [recent.query, history.query],
      }),
    }))
}

function fetchBoth(
  data: DataService,
  request: JudgeRequest & { groupBy?: string[] },
): Promise<[recent: DataResult, history: DataResult]> {
  const { asOf, windowMinutes } = request
  const recentFrom = asOf - Math.max(recentHours * hour, (2 * windowMinutes + 120) * minute)
  const common = {
    measure: request.measure,
    asOf,
    ...(request.where ? { where: request.where } : {}),
    ...(request.groupBy ? { groupBy: request.groupBy } : {}),
  }
  return Promise.all([
    data.data({
      ...common,
      from: recentFrom,
      qualityFrom: asOf - windowMinutes * minute,
      to: asOf,
      stepSeconds: recentStepSeconds,
    }),
    // One lead more than the days, so that the oldest day can be brought to today's level as well.
    data.data({
      ...common,
      from: recentFrom - historyDays * 24 * hour - recentHours * hour,
      to: recentFrom,
      // Two weeks are judged by what they say, not by who said it.
      qualityFrom: recentFrom - hour,
      stepSeconds: historyStepSeconds,
    }),
  ])
}

function judgeFetched(fetched: {
  measure: Measure
  request: JudgeRequest
  recent: Sample[]
  history: Sample[]
  quality: DataQuality
  queries: EvidenceQuery[]
}): Judged {
  const { measure, request, recent, history, quality, queries } = fetched
  const kind = seriesKind(measure)
  const judgement = judgeSeries({
    recent,
    history,
    stepSeconds: recentStepSeconds,
    kind,
    bad: request.bad ?? measure.bad,
    minimumEvents: measure.minimumEvents,
    quality,
    asOf: request.asOf,
    windowMinutes: request.windowMinutes,
    seasonality: measure.seasonality,
    ...(request.minimumEffect === undefined ? {} : { minimumEffect: request.minimumEffect }),
  })
  return {
    measure: request.measure,
    title: measure.title,
    unit: measure.unit,
    kind,
    minimumEvents: measure.minimumEvents,
    judgement: isOlderThanChart(judgement, recent) ? { ...judgement, onset: null } : judgement,
    recent,
    history,
    queries,
  }
}

/**
 * Whether the deviation was there before its supposed onset already: the judgement looks back an hour, and of what began earlier it can only
 * say where its own stretch begins.
 */
function isOlderThanChart({ onset, deviation, expectedPoints }: Judgement, points: Sample[]): boolean {
  const begin = expectedPoints[0]?.[0]
  if (onset === null || deviation === null || begin === undefined || onset - begin < 10 * minute) return false
  const before = meanOver(points, begin, onset)
  const expected = meanOver(expectedPoints, begin, onset)
  if (before === null || expected === null || expected === 0) return false
  return (before / expected - 1) / deviation > 0.6
}

/** With the title that it has where it stands alone. @throws NodeError `unknown-measure` with what exists. */
export function findMeasure(data: Pick<DataService, 'model'>, reference: string): Measure {
  const index = indexModel(data.model)
  const found = index.measure(reference)
  if (found) return { ...found.measure, title: found.title }
  const beside = index.measuresUnder(headOf(reference)).map(({ ref }) => ref)
  const choices = beside.length > 0 ? beside : Object.keys(data.model.tables)
  throw new NodeError('unknown-measure', `The model has no measure "${reference}".`, {
    fix: `Choose ${beside.length > 0 ? 'a measure' : 'a table'} of the model: ${listed(choices)}.`,
  })
}

const listedNames = 50
/** A model may have thousands. */
const listed = (names: readonly string[]): string =>
  names.length <= listedNames
    ? names.join(', ')
    : `${names.slice(0, listedNames).join(', ')} and ${names.length - listedNames} more`

/** What a measure counts. Time is a latency however it is computed; a share of gauges (connections in use) has no events behind it. */
export function seriesKind(measure: Measure): SeriesKind {
  switch (measure.kind) {
    case 'counter':
      return 'count'
    case 'gauge':
      return 'gauge'
    case 'histogram':
      return 'latency'
    case 'ratio':
      if (measure.unit === 's') return 'latency'
      return measure.operands === 'gauge' ? 'gauge' : 'ratio'
    case 'derived':
      if (measure.unit === 's') return 'latency'
      return measure.unit.endsWith('/min') ? 'count' : 'gauge'
  }
}

const totalOf = (result: DataResult): Sample[] => result.series[0]?.points ?? []

export type Mark = { at: number; label: string; kind: 'change' | 'onset' | 'alert' }

/** A chart of what was judged: the series, its expected range, when it began, and the changes around. */
export function seriesEvidence(judged: Judged, options: { id: string; title?: string; marks?: Mark[] }): Evidence {
  const { judgement, recent, queries } = judged
  // Some time before the band, so that the eye sees what was usual.
  const from = (judgement.band[0]?.[0] ?? recent.at(-120)?.[0] ?? 0) - 30 * minute
  const onset: Mark[] = judgement.onset === null ? [] : [{ at: judgement.onset, label: 'onset', kind: 'onset' }]
  return {
    id: options.id,
    kind: 'series',
    title: options.title ?? judged.title,
    ...(judgement.reasons[0] ? { subtitle: judgement.reasons[0] } : {}),
    verdict: judgement.value,
    unit: judged.unit,
    series: [
      { name: judged.title, points: recent.filter(([t]) => t >= from) },
      { name: 'expected', points: judgement.expectedPoints },
    ],
    band: judgement.band,
    marks: [...onset, ...(options.marks ?? []).filter(({ at }) => at >= from)],
    queries,
  }
}
