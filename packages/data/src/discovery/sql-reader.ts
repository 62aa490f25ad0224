/** A database's catalogue for discovery's rules, and of PostgreSQL the statistics that it keeps of itself. */
import type { SourceAddress } from '../sources/source.ts'
import { openSchema, type SchemaColumn, type SchemaRelation } from '../sources/sql/read-schema.ts'
import { postgresStatistics } from './postgres-statistics.ts'
import type { RelationsReader, TableRelation } from './readers.ts'

export type SqlReader = RelationsReader & { close(): Promise<void> }

export function sqlReader({ address, source }: { address: SourceAddress; source: string }): SqlReader {
  const schema = openSchema(address)
  let read: Promise<SchemaRelation[]> | null = null
  const all = (): Promise<SchemaRelation[]> =>
    (read ??= schema
      .relations()
      .then((found) => [...found, ...(address.kind === 'postgres' ? postgresStatistics : [])]))
  return {
    shape: 'relations',
    source,
    async relations() {
      return (await all()).map((one): TableRelation => ({ ...one, columns: one.columns.map(named) }))
    },
    async distinct(relation, column, most) {
      const found = (await all()).find(({ schema: of, name }) => of === relation.schema && name === relation.name)
      return found ? schema.distinct(found, column, most) : { values: [], whole: true }
    },
    close: () => schema.close(),
  }
}

/** Types that hold no name of anything. */
const shapeless =
  /json|bytea|blob|binary|\[\]|xml|point|polygon|geometry|vector|range|uuid|oid|interval|bit|inet|cidr|array|map|tuple/i

/** Enumerations and names are texts, too. */
function named({ name, type, kind }: SchemaColumn): TableRelation['columns'][number] {
  return { name, kind: kind === 'other' && !shapeless.test(type) ? 'text' : kind }
}
