/** What tells how an entity is, found by what its measures are, so that a runbook needs only the entity: traffic, errors, latency, saturation. */
import { dimensionValue, indexModel, type Entity, type MeasurePlace, type Model, type ModelIndex } from '@tenon/data'
import * as z from 'zod'

export const aspects = ['traffic', 'errors', 'latency', 'saturation'] as const
export const aspect = z.enum(aspects)
export type Aspect = z.infer<typeof aspect>

export interface GoldenMeasure {
  aspect: Aspect
  /** `<table>.<measure>` or `<entity>.<measure>`. */
  ref: string
  title: string
  /** What narrows it to the entity, where its reference does not. */
  where: Record<string, string>
  place: MeasurePlace
}

/** One of each aspect and table, in the order of `aspects`; empty when the model measures nothing of it. */
export function goldenMeasures(model: Model, entityId: string): GoldenMeasure[] {
  const index = indexModel(model)
  const entity = index.entity(entityId)
  if (!entity) return []
  const own = index.measuresOf(entityId)
  const [places, where] = own.length > 0 ? [own, {}] : partsOf(index, entity)
  const tables = [...Map.groupBy(places, ({ tableId }) => tableId).values()]
  const found = tables.flatMap((inside) => goldenOf(inside).map((one) => ({ ...one, where })))
  // What only counts calls between services is no traffic of its own where requests are counted as well.
  const hasRequests = found.some(({ aspect: what }) => what === 'errors')
  return found
    .filter((one) => one.aspect !== 'traffic' || !hasRequests || tableHasErrors(found, one))
    .toSorted((a, b) => aspects.indexOf(a.aspect) - aspects.indexOf(b.aspect))
}

const tableHasErrors = (found: GoldenMeasure[], { place }: GoldenMeasure): boolean =>
  found.some((other) => other.aspect === 'errors' && other.place.tableId === place.tableId)

/** A host or a zone is a part of what tables tell of others: theirs, narrowed to it; of a host those of its service. */
function partsOf(index: ModelIndex, entity: Entity): [MeasurePlace[], Record<string, string>] {
  const where = { [entity.kind]: dimensionValue(entity) }
  const service = entity.attributes['service']
  const ofService = service === undefined ? [] : index.measuresOf(service)
  const narrowed = ofService.filter(({ dimensions }) => dimensions.includes(entity.kind))
  if (narrowed.length > 0) return [narrowed, where]
  const places = Object.entries(index.model.tables).flatMap(([id, table]) =>
    Object.hasOwn(table.dimensions, entity.kind) && table.entity === undefined
      ? Object.keys(table.measures).flatMap((name) => index.measure(`${id}.${name}`) ?? [])
      : [],
  )
  return [places, where]
}

type Unplaced = Omit<GoldenMeasure, 'where'>

function goldenOf(places: readonly MeasurePlace[]): Unplaced[] {
  const seasonal = places.filter(({ measure }) => measure.seasonality !== 'none')
  const shares = seasonal.filter(
    ({ measure: { kind, operands, unit } }) => kind === 'ratio' && operands === 'counter' && unit !== 's',
  )
  const rate = shares.find(({ measure }) => measure.bad === 'down') ?? shares[0]
  const counters = seasonal.filter(({ measure }) => measure.kind === 'counter')
  const traffic =
    counters.find(({ measure }) => rate !== undefined && measure.select === rate.measure.per) ??
    counters.find(({ measure }) => measure.bad === 'down')
  const failures = rate === undefined ? counters.find(({ measure }) => measure.bad === 'up') : undefined
  const times = seasonal.filter(
    ({ measure: { kind, unit } }) => kind === 'histogram' || (unit === 's' && kind !== 'counter'),
  )
  // Of several latencies the histogram's says most.
  const latency = times.find(({ measure }) => measure.kind === 'histogram') ?? times[0]
  const saturation = saturationOf(seasonal)
  const chosen: [Aspect, MeasurePlace | undefined][] = [
    ['traffic', traffic],
    ['errors', rate ?? failures],
    ['latency', latency],
    ['saturation', saturation[0]],
  ]
  return chosen.flatMap(([what, place]) => (place ? [{ aspect: what, ref: place.ref, title: place.title, place }] : []))
}

/** Shares of a limit that are bad when they rise. */
export function saturationOf(places: readonly MeasurePlace[]): MeasurePlace[] {
  return places.filter(
    ({ measure: { kind, operands, unit, bad } }) =>
      bad === 'up' &&
      unit === 'ratio' &&
      (kind === 'gauge' || kind === 'derived' || (kind === 'ratio' && operands === 'gauge')),
  )
}
