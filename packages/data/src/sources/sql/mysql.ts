/** MariaDB and MySQL. */
import { connect, isIP } from 'node:net'
import { createPool, type Pool, type PoolConnection } from 'mysql2'
import { DataError } from '../../data-error.ts'
import type { SourceAddress, SourceKind } from '../source.ts'
import { allowedOnly } from '../http/send-request.ts'
import { abortable } from './abortable.ts'
import { mysqlColumnKind, mysqlDialect, mysqlParameter } from './mysql-dialect.ts'
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
import { bound, raw, sql, type Sql } from './sql-text.ts'

export const mysqlKind: SourceKind = {
  kind: 'mysql',
  title: 'MySQL, MariaDB',
  open: (address, { fetch }) => sqlSource(openMysql(address), { dialect: mysqlDialect, fetch }),
}

/** Connects when it is first asked. Every statement is a transaction of its own that can only read. */
export function openMysql(given: SourceAddress, limits: Limits = usualLimits): Database {
  let opened: { pool: Pool; address: DatabaseAddress } | null = null

  /** An address that cannot be read is told when it is used, as one that cannot be reached is. */
  function connected(): { pool: Pool; address: DatabaseAddress } {
    if (opened) return opened
    const address = parseAddress(given, {
      protocols: ['mysql:', 'mariadb:'],
      port: 3306,
      example: 'mysql://db.example:3306/shop',
    })
    const { host, port, database, user, password } = address
    // The driver compares a certificate with names only.
    if (address.tls === 'verify-full' && isIP(host) !== 0) throw needsName(address)
    const pool = createPool({
      host,
      port,
      database,
      user,
      password,
      ssl: tlsOptions(address),
      // A host's address is looked at when it is called: a name may lead elsewhere than when the connection was made.
      stream: () => connect({ host, port, lookup: allowedOnly() }),
      connectionLimit: 4,
      queueLimit: 200,
      connectTimeout: limits.connectSeconds * 1000,
      idleTimeout: 15_000,
      charset: 'utf8mb4',
      // Read as text: nothing of an answer is a time or a big number to us.
      dateStrings: true,
      supportBigNumbers: true,
      multipleStatements: false,
      // The server keeps them, and all its clients together may have 16,382.
      maxPreparedStatements: 64,
      // A server could ask for any file of this machine.
      flags: ['-LOCAL_FILES'],
    })
    opened = { pool, address }
    return opened
  }

  async function query(statement: Sql, signal?: AbortSignal): Promise<Cell[][]> {
    const { pool, address } = connected()
    let connection: PoolConnection | null = null
    let isSound = false
    try {
      connection = await taken(pool)
      await prepare(connection, limits)
      const rows = await abortable(readRows(connection, { statement, limits }), signal)
      await command(connection, 'COMMIT')
      isSound = true
      return rows
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      throw mysqlError(error, { place: address, limits })
    } finally {
      // In what state a failed one is, only its server knows.
      if (isSound) connection?.release()
      else connection?.destroy()
      // A server notices that nobody waits only when it sends; best effort, its own time limit holds anyway.
      if (signal?.aborted && connection && !isSound)
        pool.query(`KILL QUERY ${Number(connection.threadId)}`, () => undefined)
    }
  }

  return {
    query,
    async columns({ schema, name }) {
      const place = schema === null ? raw('DATABASE()') : sql`${{ type: 'text', value: schema }}`
      const found = await query(sql`SELECT column_name, data_type FROM information_schema.columns
        WHERE table_schema = ${place} AND table_name = ${{ type: 'text', value: name }} AND privileges LIKE '%select%'`)
      return found.map(([column, type]) => ({
        name: String(column),
        type: String(type),
        kind: mysqlColumnKind(String(type)),
      }))
    },
    test: () => testing(() => accessOf(query)),
    async close() {
      const pool = opened?.pool
      if (pool) await new Promise<void>((resolve) => pool.end(() => resolve()))
    },
  }
}

function taken(pool: Pool): Promise<PoolConnection> {
  return new Promise((resolve, reject) => {
    pool.getConnection((error, connection) => (error ? reject(error) : resolve(connection)))
  })
}

/** Connections whose session is set up. */
const prepared = new WeakSet<PoolConnection>()

async function prepare(connection: PoolConnection, limits: Limits): Promise<void> {
  if (!prepared.has(connection)) {
    await command(connection, "SET time_zone = '+00:00', sql_mode = 'NO_ENGINE_SUBSTITUTION', lock_wait_timeout = 5")
    await limitTime(connection, limits)
    prepared.add(connection)
  }
  await command(connection, 'START TRANSACTION READ ONLY')
}

/** MariaDB counts seconds, MySQL milliseconds, each under a name that the other does not know. */
async function limitTime(connection: PoolConnection, { statementSeconds }: Limits): Promise<void> {
  try {
    await command(connection, `SET max_statement_time = ${statementSeconds}`)
  } catch (error) {
    if (failureOf(error).code !== 'ER_UNKNOWN_SYSTEM_VARIABLE') throw error
    await command(connection, `SET max_execution_time = ${statementSeconds * 1000}`)
  }
}

function command(connection: PoolConnection, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.query({ sql: text, timeout: usualLimits.connectSeconds * 1000 }, (error) =>
      error ? reject(error) : resolve(),
    )
  })
}

/** Row by row, so that an endless answer ends the connection instead of this process. */
function readRows(
  connection: PoolConnection,
  { statement, limits }: { statement: Sql; limits: Limits },
): Promise<Cell[][]> {
  const { text, values } = bound(statement, (value, index) => mysqlDialect.placeholder(value, index))
  return new Promise((resolve, reject) => {
    const rows: Cell[][] = []
    let bytes = 0
    const asked = connection.execute({
      sql: text,
      values: values.map(mysqlParameter),
      rowsAsArray: true,
      // The server stops a statement first; this is for one that does not answer at all.
      timeout: (limits.statementSeconds + 5) * 1000,
    })
    asked.on('result', (row: unknown) => {
      const cells = cellsOf(row)
      for (const cell of cells) bytes += typeof cell === 'string' ? cell.length + 8 : 8
      if (bytes <= limits.bytes) rows.push(cells)
      else reject(tooManyBytes(limits))
    })
    asked.on('error', reject)
    asked.on('end', () => resolve(rows))
  })
}

function cellsOf(row: unknown): Cell[] {
  if (!Array.isArray(row)) return []
  return row.map((cell: unknown): Cell => {
    if (typeof cell === 'string' || typeof cell === 'number') return cell
    // Labels come as bytes, since bytes are what they are compared by.
    return Buffer.isBuffer(cell) ? cell.toString('utf8') : null
  })
}

async function accessOf(query: Database['query']): Promise<Access> {
  const [facts, grants] = await Promise.all([
    query(
      raw(`SELECT VERSION(), (SELECT count(*) FROM information_schema.tables WHERE table_schema = DATABASE()),
      (SELECT count(DISTINCT table_name) FROM information_schema.columns WHERE table_schema = DATABASE() AND privileges LIKE '%select%')`),
    ),
    query(raw('SHOW GRANTS')),
  ])
  const [version, tables, readable] = facts[0] ?? []
  // `GRANT SELECT, INSERT ON ...`: what stands between GRANT and ON, or a role's name, which has no ON.
  const given = grants.map(([line]) => /^GRANT (.*?) ON /.exec(String(line ?? ''))?.[1] ?? '').join(', ')
  const writes = /\b(ALL PRIVILEGES|INSERT|UPDATE|DELETE|DROP|ALTER|CREATE|SUPER)\b/.exec(given)?.[1]
  // It calls itself `10.11.19-MariaDB-0+deb12u1`.
  const [number = '', isMariadb] = String(version ?? '').split('-')
  return {
    title: isMariadb === 'MariaDB' ? 'MariaDB' : 'MySQL',
    version: number,
    tables: Number(tables),
    readable: Number(readable),
    canWrite: writes === undefined ? null : `it has ${writes}`,
  }
}

function needsName({ shown }: DatabaseAddress): DataError {
  return new DataError('source-refused', `${shown} has no name that its certificate could be compared with.`, {
    fix: 'Write the name of the host instead of its number, or use sslmode=require.',
  })
}

function mysqlError(error: unknown, { place, limits }: { place: DatabaseAddress; limits: Limits }): DataError {
  if (error instanceof DataError) return error
  const failure = failureOf(error)
  switch (failure.code) {
    case 'ER_ACCESS_DENIED_ERROR':
    case 'ER_ACCESS_DENIED_NO_PASSWORD_ERROR':
    case 'AUTH_SWITCH_PLUGIN_ERROR':
      return refusedLogin(place)
    case 'ER_BAD_DB_ERROR':
    case 'ER_DBACCESS_DENIED_ERROR':
      return missingDatabase(place)
    case 'ER_TABLEACCESS_DENIED_ERROR':
    case 'ER_COLUMNACCESS_DENIED_ERROR':
    case 'ER_SPECIFIC_ACCESS_DENIED_ERROR':
      return notAllowed(place, failure.message)
    // MariaDB's own, without a name.
    case '1969':
    case 'ER_QUERY_TIMEOUT':
    case 'ER_LOCK_WAIT_TIMEOUT':
    case 'PROTOCOL_SEQUENCE_TIMEOUT':
      return tookTooLong(place, limits)
    case 'ER_CON_COUNT_ERROR':
    case 'ER_TOO_MANY_USER_CONNECTIONS':
    case 'ER_USER_LIMIT_REACHED':
      return tooManyConnections(place)
    default:
      return networkError(failure, place) ?? otherRefusal(place, failure)
  }
}
