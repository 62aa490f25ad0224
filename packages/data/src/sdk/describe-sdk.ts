/**
 * One description of all that can be asked, from which every generated thing is written: SDKs, JSON Schemas, OpenAPI. It is in domains,
 * each a file of its own, so that a program (and its editor) loads what it uses and not 50,000 services.
 */
import { valuesOfDimension } from '../catalogue/dimension-values.ts'
import { mapInSlices } from '../give-way.ts'
import type { Measure, Model, Table } from '../model/model.ts'
import { indexModel } from '../model/model-index.ts'
import { kebabCase, uniqueNames } from './identifiers.ts'

export interface SdkMeasure {
  id: string
  /** `<table>.<measure>`. */
  ref: string
  measure: Measure
}

export interface SdkDimension {
  name: string
  /** As far as the model tells; empty when it does not, or when there are too many to choose from. */
  values: readonly string[]
}

export interface SdkTable {
  id: string
  table: Table
  dimensions: SdkDimension[]
  measures: SdkMeasure[]
}

export interface SdkDomain {
  /** Name of its file: the kind of its entities, or what the names of its tables begin with. */
  id: string
  /** Of its entities; null for a group of tables that tell of none. */
  kind: string | null
  tables: SdkTable[]
  /** Tables that tell of every entity of the kind. */
  each: string[]
  /** Each with the tables of its own. */
  entities: { id: string; tables: string[] }[]
}

/** A choice of more is no help while writing. */
const mostValues = 60

/** Domains with something to ask, by name. */
export async function describeSdk(model: Model): Promise<SdkDomain[]> {
  const index = indexModel(model)
  const byKind = new Map<string, SdkTable[]>()
  const byGroup = new Map<string, SdkTable[]>()
  const own = new Map<string, string[]>()
  const tables = await mapInSlices(Object.entries(model.tables), ([id, table]) => toTable(model, id, table))
  for (const described of tables) {
    const { id, table } = described
    const kind = table.each ?? (table.entity === undefined ? undefined : index.entity(table.entity)?.kind)
    if (kind === undefined) push(byGroup, groupOf(id), described)
    else push(byKind, kind, described)
    if (table.entity !== undefined) push(own, table.entity, id)
  }
  const name = uniqueNames(kebabCase, reservedFiles)
  const kinds = [...byKind].map(([kind, tables]): SdkDomain => {
    const each = tables.flatMap(({ id, table }) => (table.each === undefined ? [] : id))
    const entities = index.entitiesOfKind(kind).flatMap(({ id }) => {
      const tablesOf = own.get(id) ?? []
      return each.length > 0 || tablesOf.length > 0 ? [{ id, tables: tablesOf }] : []
    })
    return { id: name(kind), kind, tables, each, entities }
  })
  const groups = [...byGroup].map(([group, tables]): SdkDomain => ({
    id: name(group),
    kind: null,
    tables,
    each: [],
    entities: [],
  }))
  return [...kinds, ...groups].toSorted((a, b) => (a.id < b.id ? -1 : 1))
}

/** Files that every SDK has, and names that no module may have. */
const reservedFiles = ['index', 'package', 'con', 'prn', 'aux', 'nul']

/** Tables of no entity belong together by how their names begin: `node-memory`, `node-network`. */
const groupOf = (id: string): string => id.split('-')[0]!

function toTable(model: Model, id: string, table: Table): SdkTable {
  return {
    id,
    table,
    dimensions: Object.keys(table.dimensions).map((name) => {
      const values = valuesOfDimension(model, name)
      return { name, values: values.length <= mostValues ? values : [] }
    }),
    measures: Object.entries(table.measures).map(([measureId, measure]) => ({
      id: measureId,
      ref: `${id}.${measureId}`,
      measure,
    })),
  }
}

/** One line a measure, as doc comments and schemas say it. */
export function describeMeasure({ ref, measure }: SdkMeasure): string {
  const { title, description, unit, kind, bad, formula } = measure
  const bads = { down: 'less is bad', up: 'more is bad', both: 'both directions are bad' }
  const facts = [unitText(unit), kind, bads[bad], formula === undefined ? '' : `= ${formula}`].filter(
    (fact) => fact !== '',
  )
  return `${title} (${facts.join(', ')})${description === undefined ? '' : `: ${description}`}. ${ref}`
}

export function describeTable({ id, table: { title, description } }: SdkTable): string {
  return description === undefined ? `${title ?? id}.` : `${title ?? id}. ${description}`
}

const unitText = (unit: string): string => (unit === 'ratio' ? '0..1' : unit)

function push<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}
