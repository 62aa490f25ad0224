/** Everything that can be asked for, as one list: what the catalogue's search, the pickers and the generated SDKs are made from. */
import type { Chain, Entity, Measure, Model, Table } from '../model/model.ts'

export type CatalogueKind = 'measure' | 'entity' | 'table' | 'chain'
export const catalogueKinds: readonly CatalogueKind[] = ['measure', 'entity', 'table', 'chain']

/** `ref` is what a query, a node or an address names it by. */
export type DataServiceItem =
  | { kind: 'measure'; ref: string; tableId: string; table: Table; measureId: string; measure: Measure }
  | { kind: 'entity'; ref: string; entity: Entity }
  | { kind: 'table'; ref: string; table: Table }
  | { kind: 'chain'; ref: string; chain: Chain }

/**
 * In the model's order: measures by table, then entities, tables and chains. A table of `each` gives one measure for all its entities;
 * `<entity>.<measure>` is worked out where it is asked for, since there are as many as entities times measures.
 */
export function* listDataServices(model: Model): Generator<DataServiceItem> {
  for (const [tableId, table] of Object.entries(model.tables)) {
    for (const [measureId, measure] of Object.entries(table.measures))
      yield { kind: 'measure', ref: `${tableId}.${measureId}`, tableId, table, measureId, measure }
  }
  for (const entity of model.entities) yield { kind: 'entity', ref: entity.id, entity }
  for (const [ref, table] of Object.entries(model.tables)) yield { kind: 'table', ref, table }
  for (const chain of model.chains) yield { kind: 'chain', ref: chain.id, chain }
}
