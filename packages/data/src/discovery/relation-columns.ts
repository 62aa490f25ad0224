/** What the columns of a relation are, by their names and types: the time, what it tells of, dimensions, amounts and durations. */
import type { Column, TableRelation } from './readers.ts'
import type { DiscoveryRules } from './rules.ts'
import { wordsOf } from './metric-families.ts'

export interface ColumnRoles {
  /** `now` of a relation that tells only what is now; null of one that cannot be asked over time. */
  time: string | null
  /** Columns that name entities: kind -> column. */
  kinds: ReadonlyMap<string, string>
  /** Columns of which the few values tell rows apart. */
  texts: string[]
  /** Numbers that are no keys. */
  numbers: Column[]
}

/** Names that a time of what happened usually has, the likeliest first; others only when it is the one time that a relation has. */
const timeNames = [
  'time',
  'ts',
  'timestamp',
  'at',
  'event_time',
  'occurred_at',
  'happened_at',
  'logged_at',
  'recorded_at',
  'measured_at',
  'created_at',
  'created',
  'creation_time',
  'inserted_at',
  'started_at',
  'date',
]

/** Views in which a database tells how it is now. */
const statistics = /^(pg_stat_|pg_statio_)/

export function rolesOf(relation: TableRelation, rules: DiscoveryRules): ColumnRoles {
  const keys = new Set([...relation.primaryKey, ...relation.foreignKeys.flatMap(({ columns }) => columns)])
  const kinds = new Map<string, string>()
  for (const [label, rule] of Object.entries(rules.labels)) {
    if (!rule || rule.fallback || kinds.has(rule.kind)) continue
    if (rule.whenNamed && !wordsOf(relation.name).some((word) => word === rule.kind || word === `${rule.kind}s`))
      continue
    const column = relation.columns.find(({ name, kind }) => name.toLowerCase() === label && kind === 'text')
    if (column) kinds.set(rule.kind, column.name)
  }
  const isKey = ({ name }: Column) => keys.has(name) || /((^|_)(id|oid|uuid|key|hash|pid)|[a-z]Id)$/.test(name)
  const naming = new Set(kinds.values())
  return {
    time: statistics.test(relation.name) ? 'now' : timeOf(relation.columns),
    kinds,
    texts: relation.columns
      .filter(
        (column) => (column.kind === 'text' || column.kind === 'boolean') && !isKey(column) && !naming.has(column.name),
      )
      .map(({ name }) => name),
    numbers: relation.columns.filter((column) => column.kind === 'number' && !isKey(column)),
  }
}

function timeOf(columns: readonly Column[]): string | null {
  const times = columns.filter(({ kind }) => kind === 'time').map(({ name }) => name)
  const usual = timeNames.find((name) => times.some((time) => time.toLowerCase() === name))
  const named = usual === undefined ? undefined : times.find((time) => time.toLowerCase() === usual)
  return named ?? (times.length === 1 ? (times[0] ?? null) : null)
}
