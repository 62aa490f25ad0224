/** A lock that lives as long as a connection: of several processes one does a thing, and when it is gone another does. */
import pg from 'pg'

export interface SessionLock {
  /** Whether this process holds the lock now; tries to take it when nobody does. Never throws: a database that is away means no. */
  take(): Promise<boolean>
  /** Lets go. */
  close(): Promise<void>
}

/** Without a word for so long a session is ended by the server: a holder that hangs, or whose machine is gone, loses the lock. */
const silentMilliseconds = 5_000
const answerMilliseconds = 2_000

/**
 * An advisory lock of PostgreSQL on a connection of its own. Ask `take` again before each piece of work, every second or so; a holder that
 * was cut off may believe in its lock for one more piece, so the work itself must bear to be done twice.
 */
export function createSessionLock(url: string, name: string): SessionLock {
  let client: pg.Client | null = null
  let held = false

  const drop = async (): Promise<void> => {
    const old = client
    client = null
    held = false
    await old?.end().catch(() => undefined)
  }

  const open = async (): Promise<pg.Client> => {
    const opened = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: answerMilliseconds,
      query_timeout: answerMilliseconds,
      options: `-c idle_session_timeout=${silentMilliseconds}`,
    })
    // A connection that ends took the lock with it; the next `take` makes another.
    const gone = (): void => {
      if (client !== opened) return
      client = null
      held = false
    }
    opened.on('error', gone)
    opened.on('end', gone)
    await opened.connect()
    client = opened
    return opened
  }

  return {
    async take() {
      try {
        const current = client ?? (await open())
        if (held) {
          await current.query('SELECT 1')
          return held
        }
        const { rows } = await current.query<{ held: boolean }>(
          'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS held',
          [`tenon-session:${name}`],
        )
        held = client === current && rows[0]?.held === true
        return held
      } catch {
        await drop()
        return false
      }
    },
    close: drop,
  }
}
