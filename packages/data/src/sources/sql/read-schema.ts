/**
 * What is in a database, for discovery: a few statements whatever the number of tables, which read the database's own catalogue and no
 * rows; and the values that a column has, read from a bounded part of its rows.
 */
import { DataError } from '../../data-error.ts'
import type { SourceAddress } from '../source.ts'
import { clickhouseColumnKind, clickhouseDialect } from './clickhouse-dialect.ts'
import { openClickhouse } from './clickhouse.ts'
import type { ColumnKind, Dialect } from './dialect.ts'
import { mysqlColumnKind, mysqlDialect } from './mysql-dialect.ts'
import { openMysql } from './mysql.ts'
import { postgresColumnKind, postgresDialect } from './postgres-dialect.ts'
import { openPostgres } from './postgres.ts'
import type { Limits } from './limits.ts'
import { Relation } from './relation.ts'
import type { Cell, Database } from './sql-source.ts'
import { raw, sql } from './sql-text.ts'

export interface SchemaColumn {
  name: string
  /** The database's own name of the type. */
  type: string
  kind: ColumnKind
  nullable: boolean
}

export interface ForeignKey {
  columns: string[]
  schema: string
  relation: string
  references: string[]
}

/** A table or view that the user may read. */
export interface SchemaRelation {
  schema: string
  name: string
  isView: boolean
  columns: SchemaColumn[]
  /** How many rows the database believes that it has; null when it does not say. */
  rows: number | null
  primaryKey: string[]
  foreignKeys: ForeignKey[]
}

export interface SchemaReader {
  /** By schema and name. PostgreSQL: of all schemas; MySQL and ClickHouse: of the connection's database. */
  relations(): Promise<SchemaRelation[]>
  /**
   * The values of a column, the most frequent first, at most `most`; not whole when there are more or not all rows were read. Without the
   * empty text and NULL.
   */
  distinct(relation: SchemaRelation, column: string, most: number): Promise<{ values: string[]; whole: boolean }>
  close(): Promise<void>
}

/** A catalogue of 50,000 tables is long, and is read once in a while. */
const schemaLimits: Limits = { statementSeconds: 120, connectSeconds: 10, bytes: 256 * 1024 * 1024 }

/** Rows of a relation that are looked at for the values of a column. */
const maximumRowsRead = 1_000_000

/** @throws DataError `unknown-source` for a kind that is no SQL database; its methods what the source throws */
export function openSchema(address: SourceAddress): SchemaReader {
  const { database, dialect, read } = opened(address)
  return {
    async relations() {
      const found = await read(database)
      return found.sort((a, b) => (a.schema === b.schema ? compare(a.name, b.name) : compare(a.schema, b.schema)))
    },
    async distinct({ schema, name, columns }, column, most) {
      const relation = new Relation({ schema, name }, columns, dialect)
      const label = dialect.label(relation.column(column))
      const rows = await database.query(sql`SELECT l_, n_, sum(n_) OVER () AS all_
        FROM (SELECT l_, count(*) AS n_
          FROM (SELECT ${label} AS l_ FROM ${raw(relation.text)} LIMIT ${raw(String(maximumRowsRead))}) AS r GROUP BY l_) AS g
        ORDER BY n_ DESC, l_ LIMIT ${raw(String(most + 2))}`)
      const values = rows.map(([value]) => String(value ?? '')).filter((value) => value !== '')
      const isAll = Number(rows[0]?.[2] ?? 0) < maximumRowsRead
      return { values: values.slice(0, most), whole: isAll && values.length <= most && rows.length < most + 2 }
    },
    close: () => database.close(),
  }
}

function opened(address: SourceAddress): {
  database: Database
  dialect: Dialect
  read: (database: Database) => Promise<SchemaRelation[]>
} {
  switch (address.kind) {
    case 'postgres':
      return { database: openPostgres(address, schemaLimits), dialect: postgresDialect, read: readPostgres }
    case 'mysql':
      return { database: openMysql(address, schemaLimits), dialect: mysqlDialect, read: readMysql }
    case 'clickhouse':
      return { database: openClickhouse(address, schemaLimits), dialect: clickhouseDialect, read: readClickhouse }
    default:
      throw new DataError('unknown-source', `A connection of the kind "${address.kind}" has no tables.`, {
        fix: 'Use one of postgres, mysql and clickhouse.',
      })
  }
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** Joined here: three plain reads of the catalogue take a fraction of what one with its lists put together takes. */
async function readPostgres({ query }: Database): Promise<SchemaRelation[]> {
  const [relations, columns, keys] = await Promise.all([
    query(
      raw(`SELECT c.oid, n.nspname, c.relname, c.relkind, c.reltuples::bigint ${postgresRelations}
      AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')`),
    ),
    query(
      raw(`SELECT a.attrelid, a.attnum, a.attname, format_type(a.atttypid, NULL), a.attnotnull
      FROM pg_catalog.pg_attribute a WHERE a.attnum > 0 AND NOT a.attisdropped
        AND a.attrelid IN (SELECT c.oid ${postgresRelations})`),
    ),
    query(
      raw(`SELECT k.conrelid, k.contype, k.conkey, k.confrelid, k.confkey
      FROM pg_catalog.pg_constraint k WHERE k.contype IN ('p', 'f')`),
    ),
  ])
  const columnsOf = Map.groupBy(columns, ([relation]) => String(relation))
  const keysOf = Map.groupBy(keys, ([relation]) => String(relation))
  const nameOf = new Map(
    relations.map(([oid, schema, name]) => [String(oid), { schema: String(schema), relation: String(name) }]),
  )
  /** `{2,1}` of a relation: the names of its columns by their numbers. */
  const named = (oid: Cell | undefined, numbers: Cell | undefined): string[] => {
    const own = columnsOf.get(String(oid)) ?? []
    const wanted = String(numbers ?? '{}')
      .slice(1, -1)
      .split(',')
    return wanted.flatMap((number) => own.flatMap(([, at, name]) => (String(at) === number ? [String(name)] : [])))
  }
  return relations.map(([oid, schema, name, kind, estimate]): SchemaRelation => {
    const own = (columnsOf.get(String(oid)) ?? []).sort(([, a], [, b]) => Number(a) - Number(b))
    const constraints = keysOf.get(String(oid)) ?? []
    return {
      schema: String(schema),
      name: String(name),
      isView: kind === 'v' || kind === 'm',
      columns: own.map(([, , column, type, notNull]) => ({
        name: String(column),
        type: String(type),
        kind: postgresColumnKind(String(type)),
        nullable: notNull !== 't',
      })),
      // -1 until it is first analysed.
      rows: Number(estimate) < 0 || kind === 'v' ? null : Number(estimate),
      primaryKey: constraints.flatMap(([, type, numbers]) => (type === 'p' ? named(oid, numbers) : [])),
      foreignKeys: constraints.flatMap(([, type, numbers, other, otherNumbers]): ForeignKey[] => {
        const target = nameOf.get(String(other))
        if (type !== 'f' || !target) return []
        return [{ columns: named(oid, numbers), ...target, references: named(other, otherNumbers) }]
      }),
    }
  })
}

/** Tables, views and foreign tables of users; a part of a partitioned table is its parent's. */
const postgresRelations = `FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
    AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'`

async function readMysql({ query }: Database): Promise<SchemaRelation[]> {
  const [columns, tables, keys] = await Promise.all([
    query(
      raw(`SELECT table_name, column_name, data_type, is_nullable, column_key FROM information_schema.columns
      WHERE table_schema = DATABASE() AND privileges LIKE '%select%' ORDER BY table_name, ordinal_position`),
    ),
    query(
      raw(`SELECT table_name, table_schema, table_type, table_rows FROM information_schema.tables
      WHERE table_schema = DATABASE()`),
    ),
    query(
      raw(`SELECT table_name, constraint_name, column_name, referenced_table_schema, referenced_table_name,
      referenced_column_name FROM information_schema.key_column_usage
      WHERE table_schema = DATABASE() AND referenced_table_name IS NOT NULL
      ORDER BY table_name, constraint_name, ordinal_position`),
    ),
  ])
  return joinedRelations(tables, columns, { kindOf: mysqlColumnKind, foreignKeys: foreignKeysOf(keys) })
}

async function readClickhouse({ query }: Database): Promise<SchemaRelation[]> {
  const [columns, tables] = await Promise.all([
    query(
      raw(`SELECT table, name, type, if(type LIKE '%Nullable(%', 'YES', 'NO'), if(is_in_primary_key, 'PRI', '')
      FROM system.columns WHERE database = currentDatabase() ORDER BY table, position`),
    ),
    query(
      raw(`SELECT name, database, if(engine LIKE '%View', 'VIEW', 'TABLE'), total_rows
      FROM system.tables WHERE database = currentDatabase() AND NOT startsWith(name, '.inner')`),
    ),
  ])
  return joinedRelations(tables, columns, { kindOf: clickhouseColumnKind, foreignKeys: new Map() })
}

/** Tables `(name, schema, type, rows)` with their columns `(table, name, type, nullable, key)`; none that has no column to read. */
function joinedRelations(
  tables: Cell[][],
  columns: Cell[][],
  { kindOf, foreignKeys }: { kindOf: (type: string) => ColumnKind; foreignKeys: Map<string, ForeignKey[]> },
): SchemaRelation[] {
  const byTable = Map.groupBy(columns, ([table]) => String(table))
  return tables.flatMap(([table, schema, type, rows]): SchemaRelation[] => {
    const own = byTable.get(String(table))
    if (!own) return []
    return [
      {
        schema: String(schema),
        name: String(table),
        isView: String(type).includes('VIEW'),
        columns: own.map(([, name, columnType, nullable]) => ({
          name: String(name),
          type: String(columnType),
          kind: kindOf(String(columnType)),
          nullable: nullable === 'YES',
        })),
        rows: rows === null || rows === undefined ? null : Number(rows),
        primaryKey: own.flatMap(([, name, , , key]) => (key === 'PRI' ? [String(name)] : [])),
        foreignKeys: foreignKeys.get(String(table)) ?? [],
      },
    ]
  })
}

function foreignKeysOf(rows: Cell[][]): Map<string, ForeignKey[]> {
  const found = new Map<string, ForeignKey[]>()
  for (const [table, keys] of Map.groupBy(rows, ([name]) => String(name)))
    found.set(
      table,
      [...Map.groupBy(keys, ([, constraint]) => String(constraint)).values()].map((parts) => ({
        columns: parts.map(([, , column]) => String(column)),
        schema: String(parts[0]![3]),
        relation: String(parts[0]![4]),
        references: parts.map(([, , , , , column]) => String(column)),
      })),
    )
  return found
}
