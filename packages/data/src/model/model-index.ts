/** A model made quick to ask: at 50,000 measures and entities nothing may be looked for one by one. */
import type { Entity, Measure, Model, Relation, Table } from './model.ts'

/** A measure where it is asked: of its table as a whole, or of one entity's part of a table of `each`. */
export interface MeasurePlace {
  /** As it is written: `<table>.<measure>` or `<entity>.<measure>`. */
  ref: string
  tableId: string
  table: Table
  measureId: string
  measure: Measure
  /** As it stands alone: "Payment attempts" for an entity's part of a table that says "Attempts" of each. */
  title: string
  /** What the reference already filters by: `{ service: 'payment' }` of `payment.succeeded` in a table of each service. */
  where: Record<string, string>
  /** The entity that it tells of; null for a table of `each` as a whole. */
  entity: string | null
  /** What it can be filtered and grouped by: the table's dimensions but for those of `where`. */
  dimensions: string[]
}

export interface ModelIndex {
  readonly model: Model
  entity(id: string): Entity | null
  entitiesOfKind(kind: string): readonly Entity[]
  /** Null when there is none. A table of the same id comes before an entity's part of a table of `each`. */
  measure(ref: string): MeasurePlace | null
  /** Of its own tables, then of tables of `each` of its kind; what those have under a reference of its own is not among them. */
  measuresOf(entity: string): MeasurePlace[]
  /** All that can be asked under the head of a reference: a table's measures, then an entity's. Empty when there is neither. */
  measuresUnder(head: string): MeasurePlace[]
  relationsFrom(entity: string): readonly Relation[]
  relationsTo(entity: string): readonly Relation[]
}

/** What a source calls an entity in the dimension of its kind: its id, or its attribute of the kind's name (`zone-A` is the zone `A`). */
export function dimensionValue({ id, kind, attributes }: Entity): string {
  return (Object.hasOwn(attributes, kind) ? attributes[kind] : undefined) ?? id
}

/** `CPU busy` keeps its capitals. */
const withSmallInitial = (text: string): string => text.replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase())

const indexes = new WeakMap<Model, ModelIndex>()

/** Made once a model. */
export function indexModel(model: Model): ModelIndex {
  const known = indexes.get(model)
  if (known) return known
  const made = makeIndex(model)
  indexes.set(model, made)
  return made
}

function makeIndex(model: Model): ModelIndex {
  const entities = new Map(model.entities.map((entity) => [entity.id, entity]))
  const kinds = Map.groupBy(model.entities, ({ kind }) => kind)
  const tables = Object.entries(model.tables)
  const ofEntity = Map.groupBy(tables, ([, table]) => table.entity ?? '')
  const ofKind = Map.groupBy(tables, ([, table]) => table.each ?? '')
  const from = Map.groupBy(model.relations, (relation) => relation.from)
  const to = Map.groupBy(model.relations, (relation) => relation.to)

  const whole = (tableId: string, table: Table, measureId: string): MeasurePlace | null => {
    const measure = Object.hasOwn(table.measures, measureId) ? table.measures[measureId] : undefined
    if (!measure) return null
    const dimensions = Object.keys(table.dimensions)
    const ref = `${tableId}.${measureId}`
    const { title } = measure
    return { ref, tableId, table, measureId, measure, title, where: {}, entity: table.entity ?? null, dimensions }
  }
  const partOf = (entity: Entity, tableId: string, table: Table, measureId: string): MeasurePlace | null => {
    const place = whole(tableId, table, measureId)
    if (!place) return null
    const dimensions = place.dimensions.filter((name) => name !== entity.kind)
    const where = { [entity.kind]: dimensionValue(entity) }
    const title = `${entity.title ?? entity.id} ${withSmallInitial(place.title)}`
    return { ...place, ref: `${entity.id}.${measureId}`, title, where, entity: entity.id, dimensions }
  }

  const ofTable = (tableId: string, table: Table) =>
    Object.keys(table.measures).flatMap((name) => whole(tableId, table, name) ?? [])
  const measuresOf = (id: string): MeasurePlace[] => {
    const entity = entities.get(id)
    if (!entity) return []
    const parts = (ofKind.get(entity.kind) ?? []).flatMap(([tableId, table]) =>
      Object.keys(table.measures).flatMap((name) => partOf(entity, tableId, table, name) ?? []),
    )
    return distinct([...(ofEntity.get(id) ?? []).flatMap(([tableId, table]) => ofTable(tableId, table)), ...parts])
  }

  return {
    model,
    entity: (id) => entities.get(id) ?? null,
    entitiesOfKind: (kind) => kinds.get(kind) ?? [],
    measure(ref) {
      const [head = '', measureId = '', ...more] = ref.split('.')
      if (more.length > 0) return null
      const own = Object.hasOwn(model.tables, head) ? whole(head, model.tables[head]!, measureId) : null
      if (own) return own
      const entity = entities.get(head)
      if (!entity) return null
      for (const [id, table] of ofKind.get(entity.kind) ?? []) {
        const place = partOf(entity, id, table, measureId)
        if (place) return place
      }
      return null
    },
    measuresOf,
    measuresUnder(head) {
      const table = Object.hasOwn(model.tables, head) ? model.tables[head] : undefined
      return distinct([...(table ? ofTable(head, table) : []), ...measuresOf(head)]).filter(({ ref }) =>
        ref.startsWith(`${head}.`),
      )
    },
    relationsFrom: (id) => from.get(id) ?? [],
    relationsTo: (id) => to.get(id) ?? [],
  }
}

/** The first of each reference is the one that it means. */
function distinct(places: readonly MeasurePlace[]): MeasurePlace[] {
  const seen = new Set<string>()
  return places.filter(({ ref }) => !seen.has(ref) && seen.add(ref))
}
