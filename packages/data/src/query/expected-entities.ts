/** What must report for an answer to be whole, as the model says it. */
import { attributesOf, candidates, type Attributes } from './entity-query.ts'
import type { Entity, Model, Table } from '../model/model.ts'
import { dimensionValue } from '../model/model-index.ts'

export interface Dimension {
  name: string
  label: string
}

export interface DimensionFilter extends Dimension {
  values: string[]
}

/** `label` of the source holds the entities' ids. */
export interface Expected {
  label: string
  kind: string
  entities: Entity[]
}

/**
 * The table's expected entities that the filters leave. A filter by an entity's id or attribute narrows them; one by anything else
 * (a version) does not, since the model does not know who has it.
 */
export function expectedEntities(model: Model, table: Table, where: readonly DimensionFilter[]): Expected | null {
  if (table.expected === undefined) return null
  const { kind = 'host', ...attributes } = table.expected
  const label = table.dimensions[kind]
  if (label === undefined) return null
  const strict = Object.entries(attributes).map(([name, value]) => ({ name, values: [value] }))
  const entities = candidates(model, kind, [...strict, ...where]).filter((entity) => {
    const known = attributesOf(model, entity)
    if (!Object.entries(attributes).every(([key, value]) => known.get(key)?.has(value) ?? false)) return false
    return where.every((filter) => couldBe(entity, { known, kind, filter }))
  })
  return { label, kind, entities }
}

/** Whether the model says who has a value of this dimension: an id, or an attribute that all expected entities have. */
export function isKnownDimension(model: Model, expected: Expected, name: string): boolean {
  if (name === expected.kind) return true
  return expected.entities.length > 0 && expected.entities.every((entity) => attributesOf(model, entity).has(name))
}

/** The expected entities of which the model does not say that they have another value of these dimensions. */
export function expectedWith(model: Model, { kind, entities }: Expected, dimensions: Record<string, string>): Entity[] {
  return entities.filter((entity) => {
    const known = attributesOf(model, entity)
    return Object.entries(dimensions).every(([name, value]) =>
      couldBe(entity, { known, kind, filter: { name, values: [value] } }),
    )
  })
}

function couldBe(
  entity: Entity,
  { known, kind, filter }: { known: Attributes; kind: string; filter: Pick<DimensionFilter, 'name' | 'values'> },
): boolean {
  if (filter.name === kind) return filter.values.includes(dimensionValue(entity))
  const own = known.get(filter.name)
  return own === undefined || filter.values.some((value) => own.has(value))
}
