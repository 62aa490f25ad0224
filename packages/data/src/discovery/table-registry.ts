/** The source's tables by what makes two of them one, so that a new metric joins the table of its like, and nothing known is renamed. */
import type { Model, Table } from '../model/model.ts'
import { groupKey } from './family-groups.ts'
import type { NamedMeasure } from './family-measures.ts'
import { wordsOf } from './metric-families.ts'
import { selectedMetric } from './metric-selector.ts'

export type TableHead = Omit<Table, 'measures'>

export interface TableRegistry {
  /** Whether a reference of this scope has the name already: `<kind>` for tables of each of the kind, an entity's id for its own. */
  isTaken(scope: string, measure: string): boolean
  /** The table's measures so far: of the key, with this head. */
  put(table: {
    key: string
    head: TableHead
    wanted: readonly string[]
    measures: readonly NamedMeasure[]
    /** Only a table with metrics of the same second word is its own. */
    isPart: boolean
  }): void
  all(): Record<string, Table>
}

/** A table with more measures is not added to. */
const mostMeasures = 400

export function tableRegistry(
  known: Model | null,
  {
    source,
    written,
    isThere,
    isEntity,
  }: {
    source: string
    written: ReadonlySet<string>
    isThere: (metric: string) => boolean
    isEntity: (id: string) => boolean
  },
): TableRegistry {
  const own = new Map<string, Table>()
  const byKey = new Map<string, string[]>()
  const names = new Map<string, Set<string>>()
  const taken = new Set([...Object.keys(known?.tables ?? {}), ...written])

  for (const [id, table] of Object.entries(known?.tables ?? {})) {
    const all = Object.entries(table.measures)
    for (const [name] of all) note(scopeOf(table), name)
    if (table.source !== source) continue
    const left = all.filter(([, measure]) => metricsOfMeasure(measure).every(isThere))
    if (left.length === 0) continue
    own.set(id, { ...table, measures: Object.fromEntries(left) })
    index(keyOfTable(table), id)
  }

  function note(scope: string, name: string): void {
    const found = names.get(scope)
    if (found) found.add(name)
    else names.set(scope, new Set([name]))
  }
  function index(key: string, id: string): void {
    const found = byKey.get(key)
    if (found) found.push(id)
    else byKey.set(key, [id])
  }
  /** An entity's own table may have its name; any other would stand before the entity's part of tables of each. */
  function free(wanted: readonly string[], entity: string | undefined): string {
    const isFree = (id: string) => !taken.has(id) && (id === entity || !isEntity(id))
    for (const id of wanted) if (isFree(id)) return id
    for (let number = 2; ; number++) {
      const id = `${wanted.at(-1) ?? 'table'}-${number}`
      if (isFree(id)) return id
    }
  }

  return {
    isTaken: (scope, measure) => names.get(scope)?.has(measure) ?? false,
    put({ key, head, wanted, measures, isPart }) {
      if (measures.length === 0) return
      const parts = new Set(measures.flatMap(({ measure }) => partsOf(measure)))
      const fit = (byKey.get(key) ?? []).filter((id) => Object.keys(own.get(id)?.measures ?? {}).length < mostMeasures)
      const akin = fit.find((id) =>
        Object.values(own.get(id)?.measures ?? {}).some((one) => partsOf(one).some((part) => parts.has(part))),
      )
      const place = akin ?? (isPart ? undefined : fit[0])
      const id = place ?? free(wanted, head.entity)
      const table = own.get(id) ?? { ...head, measures: {} }
      for (const { id: name, measure } of measures) {
        table.measures[name] = measure
        note(scopeOf(table), name)
      }
      own.set(id, table)
      taken.add(id)
      if (!place) index(key, id)
    },
    all: () => Object.fromEntries([...own].sort(([a], [b]) => (a < b ? -1 : 1))),
  }
}

/** Where its measures' names must differ. */
export const scopeOf = ({ each, entity }: Pick<Table, 'each' | 'entity'>): string =>
  each === undefined ? `one ${entity ?? ''}` : `each ${each}`

/** The metrics of a measure, as a Prometheus API names them. */
export function metricsOfMeasure({ select, of, per }: Table['measures'][string]): string[] {
  return [select, of, per].flatMap((text) => {
    const name = text === undefined ? null : selectedMetric(text)
    return name ? [name] : []
  })
}

/** The second words of its metrics' names. */
const partsOf = (measure: Table['measures'][string]): string[] =>
  metricsOfMeasure(measure).flatMap((metric) => wordsOf(metric)[1] ?? [])

function keyOfTable(table: Table): string {
  const [first] = Object.values(table.measures)
  const namespace = wordsOf(first ? (metricsOfMeasure(first)[0] ?? '') : '')[0] ?? ''
  return tableKey(namespace, table)
}

/** Tables of one entity are joined only by the same one. */
export function tableKey(namespace: string, { each, entity, dimensions }: TableHead): string {
  const kind = each === undefined ? `one ${entity ?? ''}` : each
  const label = each === undefined ? null : (dimensions[each] ?? null)
  return groupKey({ namespace, kind, label, labels: Object.values(dimensions) })
}
