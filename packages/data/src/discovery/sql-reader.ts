/** A database's catalogue for discovery's rules. */
import type { SourceAddress } from '../source.ts'
import { openSchema } from '../sources/sql/read-schema.ts'
import type { RelationsReader } from './readers.ts'

export function sqlReader({ address, source }: { address: SourceAddress; source: string }): RelationsReader & {
  close(): Promise<void>
} {
  const schema = openSchema(address)
  const read = schema.relations()
  // It is looked at when relations are asked for; until then a failure is nobody's.
  read.catch(() => undefined)
  return {
    shape: 'relations',
    source,
    async relations() {
      return (await read).map(({ schema: of, name, columns, primaryKey, foreignKeys }) => ({
        schema: of,
        name,
        columns,
        primaryKey,
        foreignKeys,
      }))
    },
    async distinct(relation, column, most) {
      const found = (await read).find(({ schema: of, name }) => of === relation.schema && name === relation.name)
      return found ? schema.distinct(found, column, most) : { values: [], whole: true }
    },
    close: () => schema.close(),
  }
}
