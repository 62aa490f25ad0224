/** Whether some hosts or zones of a service became slower than the others of it. */
import { splitPeers, type PeerSplit, type Sample } from '@tenon/analysis'
import { indexModel, type DataService, type Model } from '@tenon/data'
import type { EvidenceQuery } from '@tenon/runbook'
import type { LossOnset } from './loss-onset.ts'
import { recentStepSeconds as stepSeconds } from './fetch-and-judge.ts'

const minute = 60_000
const day = 24 * 60 * minute
const baselineMinutes = 60
const guardMinutes = 2
/** A quarter slower than the others matters. */
const minimumFactor = 1.25
/** Half of the parts are no outliers of the whole; that they are slower must show without that. */
const halfFactor = 1.5

export interface SlowParts {
  /** Of the latency. */
  title: string
  dimension: string
  split: PeerSplit
  /** Of every part, from the baseline on. */
  series: { id: string; points: Sample[] }[]
  unit: string
  queries: EvidenceQuery[]
}

/** Null when the entity has no latency by that dimension. The mean says more of a part than a quantile, which few requests decide. */
export async function findSlowParts(
  data: DataService,
  entity: string,
  { dimension, onset, asOf }: { dimension: string; onset: LossOnset; asOf: number },
): Promise<SlowParts | null> {
  const measure = latencyBy(data.model, entity, dimension)
  if (measure === null) return null
  const now = Math.max(Math.min(onset.at, asOf - 3 * minute), asOf - 60 * minute)
  // When nobody knows when it began, the hour before may be part of it: the day before stands in.
  const begin = onset.isKnown ? Math.min(onset.at, now) : now - day
  const span = { measure: measure.ref, groupBy: [dimension], stepSeconds, asOf }
  const [was, is] = await Promise.all([
    data.data({ ...span, from: begin - baselineMinutes * minute, to: begin - guardMinutes * minute }),
    data.data({ ...span, from: now + stepSeconds * 1000, to: asOf }),
  ])
  const idOf = (dimensions: Record<string, string>) => dimensions[dimension] ?? ''
  const before = new Map(was.series.map(({ dimensions, points }) => [idOf(dimensions), points]))
  const after = new Map(is.series.map(({ dimensions, points }) => [idOf(dimensions), points]))
  const ids = [...new Set([...before.keys(), ...after.keys()])].sort()
  const valuesOf = (points: Sample[] | undefined) => (points ?? []).flatMap(([, value]) => value ?? [])
  const split = splitPeers(
    ids.map((id) => ({ id, before: valuesOf(before.get(id)), now: valuesOf(after.get(id)) })),
    { bad: 'up', minimumFactor },
  )
  return {
    title: measure.title,
    dimension,
    split,
    series: ids.map((id) => ({ id, points: [...(before.get(id) ?? []), ...(after.get(id) ?? [])] })),
    unit: is.unit,
    queries: [was.query, is.query],
  }
}

/** Whether just these parts became slower: outliers all, or several that each rose clearly more than any other. */
export function areSlower(
  slow: { split: Pick<PeerSplit, 'outliers' | 'rest'> } | null,
  ids: readonly string[],
): boolean {
  if (slow === null || ids.length === 0) return false
  const { outliers, rest } = slow.split
  if (ids.every((id) => outliers.some((one) => one.id === id))) return true
  const all = [...outliers, ...rest]
  const inside = all.filter(({ id }) => ids.includes(id)).map(({ factor }) => factor)
  const outside = all.filter(({ id }) => !ids.includes(id)).map(({ factor }) => factor)
  if (ids.length < 2 || inside.length < ids.length || outside.length === 0) return false
  return Math.min(...inside) >= halfFactor * Math.max(1, ...outside)
}

function latencyBy(model: Model, entity: string, dimension: string) {
  const all = indexModel(model)
    .measuresOf(entity)
    .filter(
      ({ measure, dimensions }) => measure.unit === 's' && measure.kind !== 'counter' && dimensions.includes(dimension),
    )
  return all.find(({ measure }) => measure.kind === 'ratio') ?? all[0] ?? null
}
