import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { PrismaClient, type Prisma } from './generated/client.ts'
import { channel, type LiveMessage } from './live.ts'

export type Transaction = Prisma.TransactionClient

/** A statement that PostgreSQL plans once a connection; `name` stands for its text. */
export interface Statement {
  readonly name: string
  readonly text: string
}

export type Run = (statement: Statement, values: unknown[]) => Promise<Record<string, unknown>[]>

/** What repositories share: the client, and the ways to write. */
export interface Store {
  readonly client: PrismaClient
  /**
   * Runs `work` in one transaction. What it tells is sent to listeners when, and only when, the transaction commits.
   */
  write<T>(work: (tx: Transaction, tell: (message: LiveMessage) => void) => Promise<T>): Promise<T>
  /**
   * Runs one statement, which is a transaction of its own: one round trip, and a tenth of the work that the client makes of it. For what happens at
   * every run. Rows are outside data: parse them. A statement that changes something ends with `telling(...)`.
   */
  run: Run
  /**
   * Runs statements in one transaction, serial among all who name the same `lock`. A process that is held up between two statements loses its turn, and
   * the transaction fails, rather than to hold up all others.
   */
  serial<T>(lock: string, work: (run: Run) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** SQL that tells listeners of a row when the statement commits. `id` is the SQL of its id. */
export const telling = (topic: LiveMessage['topic'], id: string): string =>
  `pg_notify('${channel}', json_build_object('topic', '${topic}', 'id', ${id})::text)::text`

const timestampOid = 1114

/** Times are stored as UTC without saying so; the driver would take them for local ones. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    oid === timestampOid
      ? (text: string) => new Date(`${text.replace(' ', 'T')}Z`)
      : pg.types.getTypeParser(oid, format),
}

const heldUpSeconds = 10

const runOn =
  (connection: pg.Pool | pg.PoolClient): Run =>
  async (statement, values) =>
    (await connection.query<Record<string, unknown>>({ ...statement, values, types })).rows

/** Connects lazily: the first query opens the first connection. */
export function openStore(url: string, options: { connections?: number } = {}): Store {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.connections ?? 10,
    connectionTimeoutMillis: 5_000,
    // As the client does: times are stored as UTC and no session may say otherwise.
    options: '-c timezone=UTC',
  })
  // An idle connection that breaks is replaced at the next query, which reports what is wrong.
  pool.on('error', () => undefined)
  // So is one that breaks right when it is handed out: nobody listens to it for that moment, and the process would end.
  pool.on('connect', (connection) => connection.on('error', () => undefined))
  const client = new PrismaClient({ adapter: new PrismaPg(pool, { disposeExternalPool: false }) })
  return {
    client,
    write: (work) =>
      client.$transaction(
        async (tx) => {
          const told = new Map<string, LiveMessage>()
          const result = await work(tx, (message) => told.set(`${message.topic}/${message.id}`, message))
          if (told.size > 0) {
            const messages = [...told.values()].map((message) => JSON.stringify(message))
            await tx.$executeRaw`SELECT pg_notify(${channel}, message) FROM unnest(${messages}::text[]) AS message`
          }
          return result
        },
        { maxWait: 10_000, timeout: 15_000 },
      ),
    run: runOn(pool),
    async serial(lock, work) {
      const connection = await pool.connect()
      let broken = true
      try {
        // One round trip. The lock comes before the first snapshot, so each sees what the one before it wrote.
        await connection.query(`
BEGIN; SET LOCAL idle_in_transaction_session_timeout = '${heldUpSeconds}s';
SELECT pg_advisory_xact_lock(hashtextextended(${pg.escapeLiteral(lock)}, 0))`)
        const result = await work(runOn(connection))
        await connection.query('COMMIT')
        broken = false
        return result
      } finally {
        // Its connection is closed, which ends the transaction whatever state it is in.
        connection.release(broken)
      }
    },
    async close() {
      await client.$disconnect()
      await pool.end()
    },
  }
}
