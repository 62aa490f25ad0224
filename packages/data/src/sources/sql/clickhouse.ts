/** ClickHouse, by its HTTP interface: `http(s)://host:8123/database`. */
import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { ClickHouseLogLevel, createClient, type ClickHouseClient } from '@clickhouse/client'
import { DataError } from '../../data-error.ts'
import type { SourceAddress, SourceKind } from '../source.ts'
import { allowedOnly } from '../http/send-request.ts'
import { abortable } from './abortable.ts'
import { clickhouseColumnKind, clickhouseDialect } from './clickhouse-dialect.ts'
import { usualLimits, type Limits } from './limits.ts'
import { parseAddress, type DatabaseAddress } from './sql-address.ts'
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

export const clickhouseKind: SourceKind = {
  kind: 'clickhouse',
  title: 'ClickHouse',
  open: (address, { fetch }) => sqlSource(openClickhouse(address), { dialect: clickhouseDialect, fetch }),
}

/** What may be set with a statement. A user of `readonly = 1` may set nothing, and needs to. */
type Settings = Record<string, string>

interface Opened {
  client: ClickHouseClient
  address: DatabaseAddress
  settings: Promise<Settings> | null
}

/** Every statement is sent as one that can only read. */
export function openClickhouse(given: SourceAddress, limits: Limits = usualLimits): Database {
  let opened: Opened | null = null

  /** An address that cannot be read is told when it is used, as one that cannot be reached is. */
  function connected(): Opened {
    if (opened) return opened
    const isSecure = given.url.startsWith('https:')
    const address = parseAddress(given, {
      protocols: ['http:', 'https:'],
      port: isSecure ? 443 : 80,
      database: 'default',
      example: 'http://db.example:8123/default',
    })
    const { host, port, database, user, password } = address
    const name = host.includes(':') ? `[${host}]` : host
    const client = createClient({
      url: `${isSecure ? 'https' : 'http'}://${name}:${port}`,
      database,
      username: user === '' ? 'default' : user,
      password,
      application: 'tenon',
      http_agent: new (isSecure ? HttpsAgent : HttpAgent)({
        keepAlive: true,
        maxSockets: 4,
        timeout: idleMilliseconds,
        lookup: allowedOnly(),
      }),
      // The server stops a statement first; this is for one that does not answer at all.
      request_timeout: (limits.statementSeconds + 5) * 1000,
      use_multipart_params_auto: true,
      // Its log would show addresses and statements.
      log: { level: ClickHouseLogLevel.OFF },
    })
    opened = { client, address, settings: null }
    return opened
  }

  /** A user who may change settings is bound for each statement; for another its profile already does. */
  function settingsOf(one: Opened): Promise<Settings> {
    one.settings ??= send(one, { limits, statement: raw("SELECT getSetting('readonly')"), settings: {} }).then(
      ([row]): Settings => {
        const bounds = {
          max_execution_time: String(limits.statementSeconds),
          max_result_bytes: String(limits.bytes),
          result_overflow_mode: 'throw',
          // Nobody waits for what nobody reads.
          cancel_http_readonly_queries_on_client_close: '1',
        }
        switch (String(row?.[0] ?? '')) {
          case '0':
            return { ...bounds, readonly: '1' }
          case '2':
            return bounds
          case '1':
            return {}
          default:
            throw notClickhouse(one.address)
        }
      },
    )
    one.settings.catch(() => (one.settings = null))
    return one.settings
  }

  async function query(statement: Sql, signal?: AbortSignal): Promise<Cell[][]> {
    const one = connected()
    try {
      const settings = await settingsOf(one)
      signal?.throwIfAborted()
      return await abortable(send(one, { limits, statement, settings, signal }), signal)
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      throw clickhouseError(error, { place: one.address, limits })
    }
  }

  return {
    query,
    async columns({ schema, name }) {
      const database = schema === null ? raw('currentDatabase()') : sql`${{ type: 'text', value: schema }}`
      const found = await query(sql`SELECT name, type FROM system.columns
        WHERE database = ${database} AND table = ${{ type: 'text', value: name }}`)
      return found.map(([column, type]) => ({
        name: String(column),
        type: String(type),
        kind: clickhouseColumnKind(String(type)),
      }))
    },
    test: () => testing(() => accessOf(query)),
    async close() {
      await opened?.client.close()
    },
  }
}

interface Sending {
  statement: Sql
  settings: Settings
  limits: Limits
  signal?: AbortSignal | undefined
}

/** A server of ClickHouse closes what is idle for 3 s. */
const idleMilliseconds = 2_500

/** Row by row, so that an endless answer ends the connection instead of this process. */
async function send({ client }: Opened, { statement, settings, limits, signal }: Sending): Promise<Cell[][]> {
  const { text, values } = bound(statement, (value, index) => clickhouseDialect.placeholder(value, index))
  const answer = await client.query({
    query: text,
    format: 'JSONCompactEachRow',
    query_params: Object.fromEntries(values.map((value, index) => [`p${index + 1}`, parameter(value)])),
    clickhouse_settings: settings,
    ...(signal ? { abort_signal: signal } : {}),
  })
  const rows: Cell[][] = []
  let bytes = 0
  const stream = answer.stream()
  for await (const chunk of stream) {
    for (const { text: line } of chunk) {
      bytes += line.length
      if (bytes > limits.bytes) {
        stream.destroy()
        throw tooManyBytes(limits)
      }
      rows.push(cellsOf(JSON.parse(line)))
    }
  }
  return rows
}

function parameter(value: SqlValue): string | number | string[] {
  return value.type === 'texts' ? [...value.value] : value.value
}

function cellsOf(row: unknown): Cell[] {
  if (!Array.isArray(row)) return []
  return row.map((cell: unknown) => (typeof cell === 'string' || typeof cell === 'number' ? cell : null))
}

async function accessOf(query: Database['query']): Promise<Access> {
  const [facts, grants] = await Promise.all([
    query(
      raw(`SELECT version(), getSetting('readonly'),
      (SELECT count() FROM system.tables WHERE database = currentDatabase()),
      (SELECT uniqExact(table) FROM system.columns WHERE database = currentDatabase())`),
    ),
    query(raw('SHOW GRANTS')),
  ])
  const [version, readonly, tables, readable] = facts[0] ?? []
  const given = grants.map(([line]) => /^GRANT (.*?) ON /.exec(String(line ?? ''))?.[1] ?? '').join(', ')
  const writes = /\b(ALL|INSERT|ALTER|CREATE|DROP|TRUNCATE)\b/.exec(given)?.[1]
  return {
    title: 'ClickHouse',
    version: String(version ?? ''),
    tables: Number(tables),
    readable: Number(readable),
    canWrite: writes === undefined || String(readonly) !== '0' ? null : `it has ${writes}`,
  }
}

function clickhouseError(error: unknown, { place, limits }: { place: DatabaseAddress; limits: Limits }): DataError {
  if (error instanceof DataError) return error
  if (error instanceof SyntaxError) return notClickhouse(place)
  const failure = failureOf(error)
  switch (failure.code) {
    case '192':
    case '193':
    case '194':
    case '516':
      return refusedLogin(place)
    case '81':
      return missingDatabase(place)
    case '497':
      return notAllowed(place, failure.message)
    case '159':
    case '160':
      return tookTooLong(place, limits)
    case '202':
      return tooManyConnections(place)
    case '396':
      return tooManyBytes(limits)
    default:
      return networkError(failure, place) ?? otherRefusal(place, failure)
  }
}

function notClickhouse({ shown }: DatabaseAddress): DataError {
  return new DataError('source-refused', `${shown} did not answer as ClickHouse does, or not whole.`, {
    fix: 'Check the address and its port: it is that of the HTTP interface, usually 8123.',
  })
}
