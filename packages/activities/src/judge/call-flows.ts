/** How an entity and all that it depends on fare: requests, their mean time and failures, and signs such as saturation. */
import type { FlowSeries, FlowSymptom, RootCauseNode, Sign } from '@tenon/analysis'
import {
  dependencyKinds,
  indexModel,
  worstQuality,
  type DataResult,
  type DataService,
  type MeasurePlace,
  type Model,
} from '@tenon/data'
import type { DataQuality, EvidenceQuery } from '@tenon/runbook'
import { goldenMeasures } from './golden-measures.ts'

const minute = 60_000
export const flowStepSeconds = 60
/** Enough minutes to know how a service varies, near enough to be of today's level. */
const historyMinutes = 240
const mostEntities = 40
const mostSigns = 3
/** Others of its kind, which are worse too when something that all share is the cause. */
const mostWitnesses = 8

/** What tells of one entity; without `requests` only its signs do. */
interface FlowMeasures {
  requests: string | null
  seconds: string | null
  /** A share of requests, good or bad. */
  outcome: { ref: string; isGood: boolean } | null
  signs: { ref: string; title: string }[]
}

export interface CallFlows {
  nodes: RootCauseNode[]
  calls: [from: string, to: string][]
  /** Entities that have no measure that tells of them. */
  unmeasured: string[]
  /** Dependencies that were not looked at because there are too many. */
  left: number
  quality: DataQuality
  queries: EvidenceQuery[]
}

/** @param span unix milliseconds; the history ends where it begins */
export async function fetchCallFlows(
  data: DataService,
  entity: string,
  {
    span,
    depth,
    symptom,
    asOf,
  }: { span: { from: number; to: number }; depth: number; symptom: FlowSymptom; asOf: number },
): Promise<CallFlows> {
  const { ids, calls, left } = reachOf(data.model, entity, depth)
  const results: DataResult[] = []
  const read = async (measure: string, part: { from: number; to: number }): Promise<(number | null)[]> => {
    const result = await data.data({ measure, ...part, stepSeconds: flowStepSeconds, asOf })
    results.push(result)
    return result.series[0]?.points.map(([, value]) => value) ?? []
  }
  const before = { from: span.from - historyMinutes * minute, to: span.from - flowStepSeconds * 1000 }
  const both = async (measure: string | null) =>
    measure === null ? null : await Promise.all([read(measure, before), read(measure, span)])
  const witnesses = witnessesOf(data.model, entity, ids)
  const known = [...ids, ...witnesses].map((id) => ({ id, measures: flowMeasuresOf(data.model, id) }))
  const nodes = await Promise.all(
    known.map(async ({ id, measures }): Promise<RootCauseNode> => {
      const [requests, seconds, outcome, ...signs] = await Promise.all([
        both(measures.requests),
        both(symptom === 'latency' ? measures.seconds : null),
        both(symptom === 'errors' ? (measures.outcome?.ref ?? null) : null),
        ...measures.signs.map(({ ref }) => both(ref)),
      ])
      const isGood = measures.outcome?.isGood ?? true
      const flow = (part: 0 | 1): FlowSeries => ({
        requests: requests?.[part] ?? [],
        ...(seconds ? { seconds: seconds[part] } : {}),
        ...(outcome
          ? { errorShare: outcome[part].map((share) => (share === null ? null : isGood ? 1 - share : share)) }
          : {}),
      })
      return {
        id,
        history: flow(0),
        recent: flow(1),
        signs: signs.flatMap((sign, index): Sign[] => {
          const title = measures.signs[index]?.title
          return sign && title ? [{ title, history: sign[0], recent: sign[1], bad: 'up' }] : []
        }),
      }
    }),
  )
  const unmeasured = known.filter(
    ({ id, measures: { requests, signs } }) => ids.includes(id) && requests === null && signs.length === 0,
  )
  return {
    nodes,
    calls: [...calls, ...callsOf(data.model, [...ids, ...witnesses], witnesses)],
    unmeasured: unmeasured.map(({ id }) => id),
    left,
    quality: worstQuality(results.map(({ quality }) => quality)),
    queries: results.map(({ query }) => query),
  }
}

/** What the entity depends on, nearest first, and the calls between. */
function reachOf(
  model: Model,
  entity: string,
  depth: number,
): { ids: string[]; calls: [string, string][]; left: number } {
  const index = indexModel(model)
  const dependenciesOf = (id: string) =>
    index.relationsFrom(id).flatMap(({ to, kind }) => (dependencyKinds.includes(kind) ? [to] : []))
  const ids = new Set([entity])
  let front = [entity]
  let left = 0
  for (let step = 0; step < depth && front.length > 0; step++) {
    const next = [...new Set(front.flatMap(dependenciesOf))].filter((id) => !ids.has(id))
    const room = next.slice(0, mostEntities - ids.size)
    left += next.length - room.length
    for (const id of room) ids.add(id)
    front = room
  }
  const calls = [...ids].flatMap((from) =>
    dependenciesOf(from).flatMap((to): [string, string][] => (ids.has(to) ? [[from, to]] : [])),
  )
  return { ids: [...ids], calls, left }
}

function witnessesOf(model: Model, entity: string, ids: readonly string[]): string[] {
  const index = indexModel(model)
  return index
    .entitiesOfKind(index.entity(entity)?.kind ?? '')
    .map(({ id }) => id)
    .filter((id) => !ids.includes(id))
    .slice(0, mostWitnesses)
}

/** Which of those that are looked at the witnesses depend on, over any number of calls. */
function callsOf(model: Model, ids: readonly string[], from: readonly string[]): [string, string][] {
  const index = indexModel(model)
  return from.flatMap((witness) => {
    const found = new Set([witness])
    // A Set may grow while it is walked; new entries come last.
    for (const id of found) {
      for (const { to, kind } of index.relationsFrom(id)) if (dependencyKinds.includes(kind)) found.add(to)
    }
    return [...found].flatMap((to): [string, string][] => (to !== witness && ids.includes(to) ? [[witness, to]] : []))
  })
}

function flowMeasuresOf(model: Model, id: string): FlowMeasures {
  const golden = goldenMeasures(model, id).filter(({ where }) => Object.keys(where).length === 0)
  const places = indexModel(model).measuresOf(id)
  const share = golden.find(({ aspect, place }) => aspect === 'errors' && place.measure.kind === 'ratio')?.place
  const requests = golden.find(({ aspect, place }) => aspect === 'traffic' && place.tableId === share?.tableId)?.place
  const latency = meanLatency(places.filter(({ tableId }) => tableId === requests?.tableId))
  if (requests) {
    return {
      requests: requests.ref,
      seconds: latency?.ref ?? null,
      outcome: share ? { ref: share.ref, isGood: share.measure.bad === 'down' } : null,
      signs: signsOf(places.filter(({ measure }) => measure.operands === 'gauge' && measure.kind === 'ratio')),
    }
  }
  return { requests: null, seconds: null, outcome: null, signs: signsOf(places) }
}

/** Means sum over requests; where there is none a quantile has to do. */
function meanLatency(places: readonly MeasurePlace[]): MeasurePlace | undefined {
  const times = places.filter(({ measure }) => measure.unit === 's' && measure.kind !== 'counter')
  return times.find(({ measure }) => measure.kind === 'ratio') ?? times[0]
}

const signsOf = (places: readonly MeasurePlace[]): { ref: string; title: string }[] =>
  places
    .filter(
      ({ measure: { kind, bad, seasonality } }) =>
        bad === 'up' && seasonality !== 'none' && (kind === 'gauge' || kind === 'ratio' || kind === 'histogram'),
    )
    .slice(0, mostSigns)
    .map(({ ref, title }) => ({ ref, title }))
