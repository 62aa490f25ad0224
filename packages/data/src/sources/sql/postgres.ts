/** PostgreSQL, and what speaks its protocol. */
import { Socket } from 'node:net'
import pg from 'pg'
import { DataError } from '../../data-error.ts'
import type { SourceAddress, SourceKind, SourceTest } from '../source.ts'
import { allowedOnly } from '../http/send-request.ts'
import { abortable } from './abortable.ts'
import { postgresColumnKind, postgresDialect } from './postgres-dialect.ts'
import type { RelationName } from './relation.ts'
import { usualLimits, type Limits } from './limits.ts'
import { parseAddress, tlsOptions, type DatabaseAddress } from './sql-address.ts'
import {
  failureOf,
  missingDatabase,
  networkError,
  notAllowed,
  otherRefusal,
  refusedLogin,
  tookTooLong,
  tooManyBytes,
  tooManyConnections,
} from './sql-error.ts'
import { sqlSource, type Cell, type Database } from './sql-source.ts'
import { testing, type Access } from './sql-test.ts'
import { bound, raw, sql, type Sql, type SqlValue } from './sql-text.ts'

export const postgresKind: SourceKind = {
  kind: 'postgres',
  title: 'PostgreSQL',
  open: (address, { fetch }) => sqlSource(openPostgres(address), { dialect: postgresDialect, fetch }),
}

/** Connects when it is first asked. Every statement is a transaction of its own that can only read. */
export function openPostgres(given: SourceAddress, limits: Limits = usualLimits): Database {
  let opened: { pool: pg.Pool; address: DatabaseAddress } | null = null

  /** An address that cannot be read is told when it is used, as one that cannot be reached is. */
  function connected(): { pool: pg.Pool; address: DatabaseAddress } {
    if (opened) return opened
    const address = parseAddress(given, {
      protocols: ['postgres:', 'postgresql:'],
      port: 5432,
      example: 'postgres://db.example:5432/shop',
    })
    const { host, port, database, user, password } = address
    const pool = new pg.Pool({
      host,
      port,
      database,
      user,
      password,
      ssl: tlsOptions(address) ?? false,
      max: 4,
      connectionTimeoutMillis: limits.connectSeconds * 1000,
      idleTimeoutMillis: 15_000,
      allowExitOnIdle: true,
      keepAlive: true,
      stream: guardedSocket,
      application_name: 'tenon',
      // The server stops a statement first; this is for one that does not answer at all.
      query_timeout: (limits.statementSeconds + 5) * 1000,
      types: { getTypeParser: () => (text: unknown) => text },
    })
    // An idle connection that the server closes is no failure of a question: the next one connects anew.
    pool.on('error', () => undefined)
    opened = { pool, address }
    return opened
  }

  async function query(statement: Sql, signal?: AbortSignal): Promise<Cell[][]> {
    const { pool, address } = connected()
    let client: pg.PoolClient | null = null
    let isSound = false
    try {
      client = await pool.connect()
      // SET LOCAL ends with the transaction, so that nothing stays in a session that a pooler shares.
      await client.query(
        `BEGIN TRANSACTION READ ONLY; SET LOCAL statement_timeout = ${limits.statementSeconds * 1000}; SET LOCAL TIME ZONE 'UTC'; SET LOCAL lock_timeout = 5000`,
      )
      const rows = await abortable(readRows(client, { statement, limits }), signal)
      await client.query('COMMIT')
      isSound = true
      return rows
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      throw postgresError(error, { place: address, limits })
    } finally {
      const process = client && 'processID' in client ? Number(client.processID) : null
      // In what state a failed one is, only its server knows.
      client?.release(!isSound)
      // A server notices that nobody waits only when it sends; best effort, its own time limit holds anyway.
      if (signal?.aborted && client && !isSound)
        pool.query('SELECT pg_cancel_backend($1)', [process]).catch(() => undefined)
    }
  }

  return {
    query,
    async columns(relation) {
      const found = await query(columnsStatement(relation))
      return found.map(([name, type]) => ({
        name: String(name),
        type: String(type),
        kind: postgresColumnKind(String(type)),
      }))
    },
    test: (): Promise<SourceTest> => testing(async () => accessOf((await query(accessStatement))[0] ?? [])),
    async close() {
      await opened?.pool.end()
    },
  }
}

/** A host's address is looked at when it is called: a name may lead elsewhere than when the connection was made. */
function guardedSocket(): Socket {
  const socket = new Socket()
  const connect = socket.connect.bind(socket)
  return Object.assign(socket, {
    connect: (port: number, host: string) => connect({ port, host, lookup: allowedOnly() }),
  })
}

/** Row by row, so that an endless answer ends the connection instead of this process. */
function readRows(client: pg.PoolClient, { statement, limits }: { statement: Sql; limits: Limits }): Promise<Cell[][]> {
  const { text, values } = bound(statement, (value, index) => postgresDialect.placeholder(value, index))
  return new Promise((resolve, reject) => {
    const rows: Cell[][] = []
    let bytes = 0
    const config: pg.QueryArrayConfig = { text, values: values.map(parameter), rowMode: 'array' }
    const asked = new pg.Query(config, (error) => (error ? reject(error) : resolve(rows)))
    asked.on('row', (row: unknown) => {
      const cells = cellsOf(row)
      for (const cell of cells) bytes += typeof cell === 'string' ? cell.length + 8 : 8
      if (bytes <= limits.bytes) rows.push(cells)
      else reject(tooManyBytes(limits))
    })
    client.query(asked)
  })
}

function parameter(value: SqlValue): string | number | string[] {
  switch (value.type) {
    case 'time':
      return new Date(value.value).toISOString()
    case 'texts':
      // No text of PostgreSQL has this character, so none equals one that has.
      return value.value.filter((text) => !text.includes('\0'))
    case 'text':
    case 'integer':
      return value.value
  }
}

function cellsOf(row: unknown): Cell[] {
  if (!Array.isArray(row)) return []
  return row.map((cell: unknown) => (typeof cell === 'string' ? cell : null))
}

function columnsStatement({ schema, name }: RelationName): Sql {
  const relation = [...(schema === null ? [] : [schema]), name]
    .map((part) => postgresDialect.identifier(part))
    .join('.')
  return sql`SELECT a.attname, format_type(a.atttypid, NULL)
    FROM pg_catalog.pg_attribute a
    WHERE a.attrelid = to_regclass(${{ type: 'text', value: relation }}) AND a.attnum > 0 AND NOT a.attisdropped
      AND has_column_privilege(a.attrelid, a.attnum, 'SELECT')`
}

const accessStatement = raw(`SELECT current_setting('server_version'), count(*),
  count(*) FILTER (WHERE has_table_privilege(c.oid, 'SELECT') OR has_any_column_privilege(c.oid, 'SELECT')),
  min(format('%I.%I', n.nspname, c.relname)) FILTER (WHERE has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')),
  (SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.rolname = current_user)
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
    AND n.nspname !~ '^pg_(toast|temp)'`)

function accessOf([version, tables, readable, writable, isSuperuser]: Cell[]): Access {
  const canWrite = isSuperuser === 't' ? 'it is a superuser' : writable ? `e.g. ${writable}` : null
  return {
    title: 'PostgreSQL',
    version: String(version ?? '').split(' ')[0] ?? '',
    tables: Number(tables),
    readable: Number(readable),
    canWrite,
  }
}

function postgresError(error: unknown, { place, limits }: { place: DatabaseAddress; limits: Limits }): DataError {
  if (error instanceof DataError) return error
  const failure = failureOf(error)
  switch (failure.code) {
    case '28P01':
    case '28000':
      return refusedLogin(place)
    case '3D000':
      return missingDatabase(place)
    case '42501':
      return /database/.test(failure.message) ? missingDatabase(place) : notAllowed(place, failure.message)
    case '57014':
    case '55P03':
      return tookTooLong(place, limits)
    case '53300':
      return tooManyConnections(place)
    case '57P01':
    case '57P02':
    case '57P03':
      return new DataError('source-unreachable', `${place.shown} is starting or stopping.`, {
        fix: 'Try again in a moment.',
      })
    default:
      return networkError(failure, place) ?? otherRefusal(place, failure)
  }
}
