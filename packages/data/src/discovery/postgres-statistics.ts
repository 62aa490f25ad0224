/** What every supported PostgreSQL says of itself: views that are in no user's schema. */
import type { SchemaColumn, SchemaRelation } from '../sources/sql/read-schema.ts'

const view = (name: string, { names, numbers }: { names: string; numbers: string }): SchemaRelation => ({
  schema: 'pg_catalog',
  name,
  isView: true,
  columns: [
    ...names.split(' ').map((column): SchemaColumn => ({ name: column, type: 'name', kind: 'other', nullable: true })),
    ...numbers
      .split(' ')
      .map((column): SchemaColumn => ({ name: column, type: 'bigint', kind: 'number', nullable: true })),
  ],
  rows: null,
  primaryKey: [],
  foreignKeys: [],
})

export const postgresStatistics: readonly SchemaRelation[] = [
  view('pg_stat_database', {
    names: 'datname',
    numbers:
      'numbackends xact_commit xact_rollback blks_read blks_hit tup_returned tup_fetched tup_inserted tup_updated tup_deleted conflicts temp_files temp_bytes deadlocks',
  }),
  view('pg_stat_user_tables', {
    names: 'schemaname relname',
    numbers:
      'seq_scan seq_tup_read idx_scan n_tup_ins n_tup_upd n_tup_del n_live_tup n_dead_tup vacuum_count autovacuum_count',
  }),
  view('pg_stat_user_indexes', {
    names: 'schemaname relname indexrelname',
    numbers: 'idx_scan idx_tup_read idx_tup_fetch',
  }),
]
