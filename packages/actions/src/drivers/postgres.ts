/**
 * One statement of a PostgreSQL database. It runs in a serializable transaction together with its check: what the check reads is compared before and
 * after it, rows that changed are counted (by triggers and cascades too), and anything unexpected is rolled back. The server itself ends a transaction
 * whose COMMIT does not come in time, so that a process that was stopped in it cannot land it late.
 *
 * Sources: PostgreSQL's documentation, "SET TRANSACTION", "pg_stat_xact_user_tables" (cumulative statistics), "idle_in_transaction_session_timeout".
 */
import pg from 'pg'
import { ActionError, messageOf } from '../action-error.ts'
import type { ApplyCall, Driver, Intent, TargetState } from '../driver.ts'
import { stateVersion } from '../state-version.ts'
import { assertMaySend } from './may-send.ts'
import { cannotSet } from './names.ts'

export interface PostgresOptions {
  /** `postgres://host:port/database`, with `?sslmode=require` or `verify-full` for TLS. */
  address: string
  /** `user:password`. */
  secret: string | null
  /** Of all of one change; 8,000 by default. */
  timeoutMs?: number
}

type StatementIntent = Extract<Intent, { kind: 'run-statement' }>

/** The one target of a database: its statements go one at a time. */
export const statementTarget = 'sql'

/** SQLSTATE of a transaction that lost to another one: nothing of it is there. */
const LOST_RACE = new Set(['40001', '40P01', '55P03'])
const CHANGED_ROWS =
  'SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_catalog.pg_stat_xact_user_tables'

/** A driver for the statements of one database. */
export function createPostgresDriver(options: PostgresOptions): Driver {
  const timeoutMs = options.timeoutMs ?? 8000
  // Check, statement, check and COMMIT, each with its pause.
  const stepMs = Math.max(50, Math.floor(timeoutMs / 4))

  async function within<Result>(
    signal: AbortSignal | undefined,
    work: (client: pg.Client) => Promise<Result>,
  ): Promise<Result> {
    signal?.throwIfAborted()
    const client = new pg.Client({
      ...connectionOf(options),
      connectionTimeoutMillis: stepMs,
      query_timeout: stepMs * 2,
      application_name: 'tenon',
      types: { getTypeParser: () => (text: unknown) => text },
    })
    // Without a listener an error of an idle connection would end this process; the query that meets it says so.
    client.on('error', () => undefined)
    const end = (): void => void client.end().catch(() => undefined)
    const timer = setTimeout(end, timeoutMs)
    signal?.addEventListener('abort', end, { once: true })
    try {
      await client.connect()
      return await work(client)
    } catch (error) {
      throw error instanceof ActionError ? error : failureOf(error)
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      end()
    }
  }

  async function begin(client: pg.Client, mode: string): Promise<void> {
    await client.query(
      `BEGIN TRANSACTION ISOLATION LEVEL SERIALIZABLE ${mode};
       SET LOCAL statement_timeout = ${stepMs}; SET LOCAL lock_timeout = ${stepMs};
       SET LOCAL idle_in_transaction_session_timeout = ${stepMs}; SET LOCAL TIME ZONE 'UTC'`,
    )
  }

  async function change(client: pg.Client, intent: StatementIntent, to: ApplyCall): Promise<void> {
    await begin(client, 'READ WRITE')
    const before = await readCheck(client, intent)
    // In effect already: running it once more would be running it twice.
    if (before === intent.expected) return
    if (to.expect !== null && versionOf(before) !== to.expect)
      throw new ActionError('stale', `The check reads ${shown(before)}, which is not what was judged.`, {
        fix: 'Nothing was changed. Run the step again for a new plan.',
      })
    const counted = await countRows(client)
    assertMaySend(to)
    const { rowCount } = await one(client, intent.statement, intent.parameters)
    const rows = Math.max(rowCount ?? 0, (await countRows(client)) - counted)
    if (rows > intent.maximumRows)
      throw new ActionError('target-refused', `The statement changes ${rows} rows, more than ${intent.maximumRows}.`, {
        fix: 'It was rolled back. Narrow the statement, or allow more rows after a look at what it changes.',
      })
    const after = await readCheck(client, intent)
    if (after !== intent.expected)
      throw new ActionError(
        'target-refused',
        `The check reads ${shown(after)} after the statement, not ${intent.expected}.`,
        { fix: 'It was rolled back. Correct the statement, its check, or what is expected.' },
      )
    assertMaySend(to)
    await client.query('COMMIT')
  }

  return {
    name: 'postgres',
    inFlightSeconds: timeoutMs / 1000,
    forgets: false,

    async observe(target, signal, about) {
      assertStatementTarget(target)
      if (about?.kind !== 'run-statement') return stateOf(target, {})
      assertKinds(about)
      return within(signal, async (client) => {
        await begin(client, 'READ ONLY')
        return stateOf(target, { check: await readCheck(client, about) })
      })
    },

    async apply(intent, to) {
      if (intent.kind !== 'run-statement') throw cannotSet('A database', intent)
      assertStatementTarget(intent.target)
      assertKinds(intent)
      // Closing the connection without a COMMIT rolls back.
      await within(to.signal, (client) => change(client, intent, to))
    },
  }
}

function stateOf(target: string, values: TargetState['values']): TargetState {
  return { target, version: versionOf(values['check'] ?? null), instance: null, servers: [], values, notes: {} }
}

function versionOf(check: string | number | boolean | null): string {
  return stateVersion([], { check })
}

function assertStatementTarget(target: string): void {
  if (target === statementTarget) return
  throw new ActionError('unknown-target', `A database has no ${JSON.stringify(target.slice(0, 80))}.`, {
    fix: `Its statements are the target "${statementTarget}".`,
  })
}

/** Others could end the transaction that holds them (COMMIT), or cannot be rolled back. */
function assertKinds({ statement, check }: StatementIntent): void {
  if (!/^(insert|update|delete|merge)$/.test(firstWord(statement)))
    throw new ActionError('bad-request', 'Only INSERT, UPDATE, DELETE and MERGE can be run.', {
      fix: 'Write one such statement, without another before or after it.',
    })
  if (firstWord(check) !== 'select')
    throw new ActionError('bad-request', 'The check must be a SELECT.', {
      fix: 'Write a SELECT of one row and one column.',
    })
}

function firstWord(statement: string): string {
  return /^\s*([a-z]+)\b/i.exec(statement)?.[1]?.toLowerCase() ?? ''
}

/** By the extended protocol, which takes one statement only. */
function one(client: pg.Client, text: string, values: unknown[] = []): Promise<pg.QueryArrayResult<unknown[]>> {
  const config: pg.QueryArrayConfig & { queryMode: 'extended' } = {
    text,
    values,
    rowMode: 'array',
    queryMode: 'extended',
  }
  return client.query<unknown[]>(config)
}

async function readCheck(client: pg.Client, { check }: StatementIntent): Promise<string | null> {
  const { rows, fields } = await one(client, check)
  const value = rows[0]?.[0]
  if (rows.length === 1 && fields.length === 1 && (value === null || typeof value === 'string')) return value
  throw new ActionError('bad-answer', `The check gave ${rows.length} rows of ${fields.length} columns.`, {
    fix: 'Write a SELECT of one row and one column, for example with count(*).',
  })
}

async function countRows(client: pg.Client): Promise<number> {
  const { rows } = await one(client, CHANGED_ROWS)
  return Number(rows[0]?.[0])
}

function connectionOf({ address, secret }: PostgresOptions): pg.ClientConfig {
  const url = URL.canParse(address) ? new URL(address) : null
  const tls = url?.searchParams.get('sslmode') ?? 'disable'
  if (!url || !/^postgres(ql)?:$/.test(url.protocol) || !/^(disable|require|verify-full)$/.test(tls))
    throw new ActionError('bad-request', 'The connection has no address of a PostgreSQL database.', {
      fix: 'Set it to postgres://host:port/database in Settings, and its secret to user:password.',
    })
  const colon = secret?.indexOf(':') ?? -1
  const [user, password] =
    secret === null || secret === ''
      ? [decodeURIComponent(url.username), decodeURIComponent(url.password)]
      : colon < 0
        ? [secret, '']
        : [secret.slice(0, colon), secret.slice(colon + 1)]
  return {
    host: decodeURIComponent(url.hostname).replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? 5432 : Number(url.port),
    database: decodeURIComponent(url.pathname.slice(1)),
    user,
    password,
    ssl: tls === 'disable' ? false : { rejectUnauthorized: tls === 'verify-full' },
  }
}

/** What PostgreSQL refused, or that it was not there. */
function failureOf(error: unknown): ActionError {
  if (error instanceof pg.DatabaseError) {
    const { code = '' } = error
    if (LOST_RACE.has(code))
      return new ActionError('stale', `Another transaction changed the same rows: ${error.message}.`, {
        fix: 'It was rolled back. Run the step again.',
      })
    if (code === '3D000')
      return new ActionError('unknown-target', `The database is not there: ${error.message}.`, {
        fix: 'Correct the address of its connection in Settings.',
        cause: error,
      })
    // Cancelled by its time limit, ended by the server, or the server is going away.
    if (/^(57|08|53|25P03)/.test(code))
      return new ActionError('target-unreachable', `The database did not finish it: ${error.message}.`, {
        fix: 'The target is read back. Check its load and its locks.',
        cause: error,
      })
    return new ActionError('target-refused', `The database refused it: ${error.message}.`, {
      fix: 'It was rolled back. The message above says what it does not accept.',
      cause: error,
    })
  }
  return new ActionError('target-unreachable', `The database did not answer: ${messageOf(error)}.`, {
    fix: 'Check that it runs and that the connection in Settings has its address.',
    cause: error,
  })
}

function shown(value: string | null): string {
  return value ?? 'NULL'
}
