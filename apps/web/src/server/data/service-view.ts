/** A data service as people and programs look at it: what it is, how it can be asked, where it comes from and who uses it. */
import { DataError, indexModel, valuesOfDimension, type MeasurePlace, type Model } from '@tenon/data'
import { suggest } from '@tenon/runbook'
import type { Services } from '../services.ts'
import { namesOf, usedBy, type UsingRunbook } from './used-by.ts'

export interface ServiceView {
  ref: string
  tableId: string
  tableTitle: string
  /** The entity that it tells of; null for a table of each as a whole. */
  entity: string | null
  /** The kind whose every entity its table tells of; null for other tables. */
  each: string | null
  title: string
  description: string
  unit: string
  kind: MeasurePlace['measure']['kind']
  bad: MeasurePlace['measure']['bad']
  seasonality: MeasurePlace['measure']['seasonality']
  /** What it can be filtered and grouped by; `values` as far as entities of the model tell, at most 100. */
  dimensions: { name: string; values: string[] }[]
  /** What the reference already filters by. */
  where: Record<string, string>
  /** The connection; null for a derived measure of several. */
  source: string | null
  /** How the model selects it there. What a query really asks comes with its answer. */
  expression: string
  formula?: string
  inputs?: Record<string, string>
  usedBy: UsingRunbook[]
  /** Who says that its entity exists; null when a person wrote it. */
  provenance: string | null
}

const mostValues = 100

/** @throws DataError `unknown-measure` */
export async function serviceView(services: Pick<Services, 'db' | 'data'>, ref: string): Promise<ServiceView> {
  const { model } = await services.data()
  const place = findPlace(model, ref)
  const { tableId, table, measure, entity, where } = place
  const index = indexModel(model)
  return {
    ref: place.ref,
    tableId,
    tableTitle: table.title ?? tableId,
    entity,
    each: table.each ?? null,
    title: measure.title,
    description: measure.description ?? table.description ?? '',
    unit: measure.unit,
    kind: measure.kind,
    bad: measure.bad,
    seasonality: measure.seasonality,
    dimensions: place.dimensions.map((name) => ({ name, values: valuesOfDimension(model, name).slice(0, mostValues) })),
    where,
    source: table.source ?? null,
    expression: selectionOf(measure),
    ...(measure.formula === undefined ? {} : { formula: measure.formula }),
    ...(measure.inputs === undefined ? {} : { inputs: measure.inputs }),
    usedBy: await usedBy(services, namesOf(model, place.ref)),
    provenance: (entity === null ? undefined : index.entity(entity)?.from) ?? null,
  }
}

/** @throws DataError `unknown-measure` */
export function findPlace(model: Model, ref: string): MeasurePlace {
  const index = indexModel(model)
  const place = index.measure(ref)
  if (place) return place
  const beside = index.measuresUnder(ref.split('.')[0] ?? '').map((one) => one.ref)
  throw new DataError('unknown-measure', `The model has no measure "${ref}".`, {
    fix: beside.length > 0 ? suggest(ref, beside, 'measure') : 'Search the catalogue for it.',
  })
}

function selectionOf({ kind, select, of, per, formula, aggregate, quantile }: MeasurePlace['measure']): string {
  switch (kind) {
    case 'counter':
      return select ?? ''
    case 'gauge':
      return `${aggregate} of ${select ?? ''}`
    case 'histogram':
      return `${quantile ?? 0.95} quantile of ${select ?? ''}`
    case 'ratio':
      return `${of ?? ''} / ${per ?? ''}`
    case 'derived':
      return formula ?? ''
  }
}
