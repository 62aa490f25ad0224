/** How full an entity and what it depends on are: shares of a limit, and gauges beside a measure of their limit. */
import { judgeCapacity, type Capacity } from '@tenon/analysis'
import { dependencyKinds, indexModel, type DataService, type MeasurePlace } from '@tenon/data'
import { fetchAndJudge, findMeasure, type Judged } from './fetch-and-judge.ts'
import { saturationOf } from './golden-measures.ts'

const minute = 60_000

export interface JudgedCapacity {
  entity: string
  title: string
  judged: Judged
  capacity: Capacity
  /** `full`: at its limit, which is not usual. `filling`: fuller than usual, and full within the horizon or nearly. */
  state: 'full' | 'filling' | 'normal' | 'unseen'
}

export interface CapacityRequest {
  entity: string
  withDependencies: boolean
  /** One measure that is not a share of a limit, and its limit; null to find what the model knows. */
  own: { measure: string; limit: number | null } | null
  horizonMinutes: number
  /** How far back the pace is taken from. */
  trendMinutes: number
  windowMinutes: number
  asOf: number
}

const fullShare = 0.95
const nearlyShare = 0.85
/** From here on something is full by design: a cache, a busy queue. */
const usuallyFull = 0.9

interface Wanted {
  entity: string
  ref: string
  title: string
  limit: { value: number } | { measure: string }
}

export async function judgeSaturation(data: DataService, request: CapacityRequest): Promise<JudgedCapacity[]> {
  const wanted = wantedOf(data, request)
  const { asOf, windowMinutes } = request
  return Promise.all(
    wanted.map(async ({ entity, ref, title, limit }): Promise<JudgedCapacity> => {
      const [judged, most] = await Promise.all([
        fetchAndJudge(data, { measure: ref, bad: 'up', windowMinutes, asOf }),
        'value' in limit ? limit.value : newestOf(data, limit.measure, asOf),
      ])
      const from = asOf - request.trendMinutes * minute
      const capacity = judgeCapacity({ points: judged.recent.filter(([t]) => t > from), limit: most, asOf })
      return { entity, title, judged, capacity, state: stateOf(judged, capacity, { request, limit: most }) }
    }),
  )
}

function wantedOf(data: DataService, { entity, withDependencies, own }: CapacityRequest): Wanted[] {
  const index = indexModel(data.model)
  if (own !== null) {
    const { title } = findMeasure(data, own.measure)
    return [{ entity, ref: own.measure, title, limit: { value: own.limit ?? 1 } }]
  }
  const beside = withDependencies
    ? index.relationsFrom(entity).flatMap(({ to, kind }) => (dependencyKinds.includes(kind) ? [to] : []))
    : []
  return [...new Set([entity, ...beside])].flatMap((id) => limitedOf(id, index.measuresOf(id)))
}

/** Shares; and gauges such as `connections` beside `connections-max`, where no share says the same. */
function limitedOf(entity: string, places: readonly MeasurePlace[]): Wanted[] {
  const shares = saturationOf(places)
  const told = new Set(shares.flatMap(({ measure }) => [measure.of, measure.select].filter((one) => one !== undefined)))
  const pairs = places.flatMap((place): Wanted[] => {
    const { measure, ref, title, measureId } = place
    if (measure.kind !== 'gauge' || measure.bad !== 'up' || (measure.select !== undefined && told.has(measure.select)))
      return []
    const limit = places.find(
      (other) => other.tableId === place.tableId && limitNames(measureId).includes(other.measureId),
    )
    return limit ? [{ entity, ref, title, limit: { measure: limit.ref } }] : []
  })
  return [...shares.map(({ ref, title }) => ({ entity, ref, title, limit: { value: 1 } })), ...pairs]
}

const limitNames = (id: string): string[] => [`${id}-max`, `${id}-limit`, `max-${id}`]

async function newestOf(data: DataService, measure: string, asOf: number): Promise<number> {
  const answer = await data.data({ measure, from: asOf - 15 * minute, to: asOf, stepSeconds: 60, asOf })
  return answer.series[0]?.points.findLast(([, value]) => value !== null)?.[1] ?? Number.NaN
}

function stateOf(
  { judgement }: Judged,
  { used, full, status }: Capacity,
  { request, limit }: { request: CapacityRequest; limit: number },
): JudgedCapacity['state'] {
  if (status === 'insufficient' || used === null || judgement.quality.freshnessSeconds === null) return 'unseen'
  const { value, expected, reasons } = judgement
  // Without a baseline the level speaks alone; without data nothing does.
  const hasBaseline = value !== 'inconclusive' || expected !== null
  if (value === 'inconclusive' && !reasons.some((reason) => reason.startsWith('No baseline'))) return 'unseen'
  const usual = expected === null ? null : expected / limit
  if (used >= fullShare && (usual === null || usual < usuallyFull || value === 'abnormal')) return 'full'
  const isHigh = value === 'abnormal' || !hasBaseline
  const isSoon = full !== null && full.seconds <= request.horizonMinutes * 60
  return isHigh && (isSoon || used >= nearlyShare) ? 'filling' : 'normal'
}
