/**
 * From a database's own catalogue to tables: rows of a relation with a time are events, and its columns say of what, how it ended, how much
 * and how long. Relations without a time are left out, except for those in which the database tells how it is now.
 */
import { measure as measureSchema, type Relation, type Table } from '../model/model.ts'
import type { Discovered, DiscoveryOptions } from './discovered.ts'
import { entityRegistry, type EntityRegistry } from './entity-registry.ts'
import { wordJudge } from './judge-by-words.ts'
import { linksOf } from './metric-entities.ts'
import { wordsOf } from './metric-families.ts'
import { outcomeOf } from './outcome-values.ts'
import { idOf, idOfWords, titleOfWords } from './plain-words.ts'
import type { RelationsReader, TableRelation } from './readers.ts'
import { measuresOfRelation } from './relation-measures.ts'
import { rolesOf, type ColumnRoles } from './relation-columns.ts'
import type { DiscoveryRules } from './rules.ts'
import { scopeOf } from './table-registry.ts'

/** More different texts are names or addresses, not a dimension. */
const mostValues = 50
/** Of what a database tells of now: its tables and indexes. */
const mostNames = 1_000
/** Of what exists. */
const mostEntities = 5_000
/** Columns of a relation that are looked at for their values. */
const mostTexts = 12
/** A database with more is read in part. */
const mostRelations = 500

export async function discoverRelations(
  reader: RelationsReader,
  { rules, known, written }: DiscoveryOptions,
): Promise<Discovered> {
  const { source } = reader
  const all = await reader.relations()
  const own = Object.entries(known?.tables ?? {}).filter(([, table]) => table.source === source)
  const byFrom = new Map(own.map(([id, table]) => [table.from ?? '', [id, table] as const]))
  const entities = entityRegistry(known?.entities ?? [], { source, prefixed: rules.prefixed })
  const names = takenNames(known?.tables ?? {})
  const ids = new Set([...Object.keys(known?.tables ?? {}), ...written])
  const tables: Record<string, Table> = {}
  const found: Relation[] = []
  let whole = all.length <= mostRelations
  let skipped = 0

  for (const relation of all.slice(0, mostRelations)) {
    const from = fromOf(relation)
    const kept = byFrom.get(from)
    if (kept) {
      tables[kept[0]] = kept[1]
      continue
    }
    const roles = rolesOf(relation, rules)
    if (roles.time === null || roles.time === undefined) {
      skipped++
      continue
    }
    const made = await tableOf(relation, roles, { reader, rules, entities, names })
    whole &&= made.whole
    if (Object.keys(made.table.measures).length === 0) continue
    const id = freeId(relation, (wanted) => ids.has(wanted) || entities.has(wanted))
    ids.add(id)
    tables[id] = made.table
    for (const name of Object.keys(made.table.measures)) note(names, scopeOf(made.table), name)
  }
  found.push(...linksOf(entities, { rules, source }))
  const before = (known?.relations ?? []).filter(({ by }) => by?.startsWith(`${source}: `) ?? false)
  const relations = new Map([...before, ...found].map((one) => [`${one.from} ${one.kind} ${one.to}`, one]))
  const notes = [
    ...(skipped > 0 ? [`${source}: ${skipped} relations without a time of what happened were left out.`] : []),
    ...(all.length > mostRelations ? [`${source}: only ${mostRelations} of ${all.length} relations were read.`] : []),
  ]
  return {
    content: { tenonModel: 1, entities: entities.all(), tables, relations: [...relations.values()], chains: [] },
    whole,
    notes,
  }
}

interface Means {
  reader: RelationsReader
  rules: DiscoveryRules
  entities: EntityRegistry
  names: Map<string, Set<string>>
}

async function tableOf(
  relation: TableRelation,
  roles: ColumnRoles,
  { reader, rules, entities, names }: Means,
): Promise<{ table: Table; whole: boolean }> {
  let whole = true
  const values = new Map<string, ReadonlySet<string>>()
  const dimensions: [string, string][] = []
  for (const column of roles.texts.slice(0, mostTexts)) {
    const listing = await reader.distinct(relation, column, roles.time === 'now' ? mostNames : mostValues)
    // Neither what is all different nor what is all the same tells rows apart.
    if (!listing.whole || listing.values.length === 0) continue
    values.set(column, new Set(listing.values))
    dimensions.push([column, column])
  }
  const outcome = outcomeOf(new Map([...values].map(([column, set]) => [column.toLowerCase(), set])), rules.outcomes)
  for (const [kind, column] of roles.kinds) {
    dimensions.push([kind, column])
    const listing = await reader.distinct(relation, column, mostEntities)
    whole &&= listing.whole
    for (const value of listing.values) entities.add(kind, value)
  }
  const primary = rules.primary.find((kind) => roles.kinds.has(kind))
  const column = outcome === null ? null : (roles.texts.find((name) => name.toLowerCase() === outcome.label) ?? null)
  const head = {
    title: titleOfWords(wordsOf(relation.name)),
    source: reader.source,
    from: fromOf(relation),
    time: roles.time ?? 'time',
    dimensions: Object.fromEntries(dimensions.filter(([name]) => name !== column)),
    ...(primary === undefined
      ? { entity: entities.add('database', reader.source, { title: titleOfWords(wordsOf(reader.source)) }) }
      : { each: primary }),
  }
  const scope = scopeOf(head)
  const measures = measuresOfRelation(relation, roles, {
    judge: wordJudge(rules),
    outcome: outcome && column !== null ? { ...outcome, label: column } : null,
    isTaken: (id) => primary !== undefined && (names.get(scope)?.has(id) ?? false),
  })
  return {
    table: {
      ...head,
      measures: Object.fromEntries(measures.map(({ id, measure }) => [id, measureSchema.parse(measure)])),
    },
    whole,
  }
}

function takenNames(tables: Readonly<Record<string, Table>>): Map<string, Set<string>> {
  const names = new Map<string, Set<string>>()
  for (const table of Object.values(tables))
    for (const name of Object.keys(table.measures)) note(names, scopeOf(table), name)
  return names
}

function note(names: Map<string, Set<string>>, scope: string, name: string): void {
  const found = names.get(scope)
  if (found) found.add(name)
  else names.set(scope, new Set([name]))
}

/** As a table's `from` names it: quoted where a name has a dot or a quote in it. */
function fromOf({ schema, name }: Pick<TableRelation, 'schema' | 'name'>): string {
  const part = (text: string) => (/^[^".]+$/.test(text) ? text : `"${text.replaceAll('"', '""')}"`)
  return `${part(schema)}.${part(name)}`
}

function freeId({ schema, name }: TableRelation, isTaken: (id: string) => boolean): string {
  const short = idOf(name, 'table')
  const long = idOfWords([...wordsOf(schema), ...wordsOf(name)], 'table')
  for (const id of [short, long]) if (!isTaken(id)) return id
  for (let number = 2; ; number++) if (!isTaken(`${long}-${number}`)) return `${long}-${number}`
}
