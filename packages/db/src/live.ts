/** Who wrote what, told to every process by PostgreSQL's LISTEN/NOTIFY. */
import pg from 'pg'
import * as z from 'zod'

export const channel = 'tenon_live'

export const liveMessage = z.object({
  /** `action` also tells of the kill switch, `settings` of connections and users, `inbound` of a trigger's decision (its id), `model` of its files, `proposal` of what discovery proposes for it. */
  topic: z.enum([
    'run',
    'approval',
    'action',
    'change',
    'inbox',
    'runbook',
    'settings',
    'inbound',
    'event-wait',
    'backtest',
    'model',
    'proposal',
    'view',
    'alert',
  ]),
  id: z.string(),
})
export type LiveMessage = z.infer<typeof liveMessage>

export interface Listening {
  close(): Promise<void>
}

const firstRetryMs = 250
const longestRetryMs = 5_000

/**
 * Calls `onMessage` for each write of any process. When the connection breaks, or could not be made at first, it is made again, and `onGap` is
 * called once it is there: what was written meanwhile was missed, so listeners must read anew.
 */
export function listen(
  url: string,
  onMessage: (message: LiveMessage) => void,
  onGap: () => void = () => {},
): Listening {
  let closed = false
  let current: pg.Client | null = null
  let retry: NodeJS.Timeout | undefined
  let wait = firstRetryMs
  let missed = false

  async function connect(): Promise<void> {
    const client = new pg.Client({ connectionString: url, keepAlive: true, connectionTimeoutMillis: 5_000 })
    current = client
    let over = false
    const again = () => {
      if (over || closed) return
      over = true
      missed = true
      client.end().catch(() => undefined)
      retry = setTimeout(() => void connect(), wait)
      wait = Math.min(wait * 2, longestRetryMs)
    }
    client.on('error', again)
    client.on('end', again)
    client.on('notification', ({ payload }) => {
      const message = parse(payload)
      if (message) onMessage(message)
    })
    try {
      await client.connect()
      await client.query(`LISTEN ${channel}`)
      wait = firstRetryMs
      if (missed) onGap()
      missed = false
    } catch {
      // PostgreSQL is not there yet or went away: the retry below is the answer.
      again()
    }
  }

  void connect()
  return {
    async close() {
      closed = true
      clearTimeout(retry)
      await current?.end().catch(() => undefined)
    },
  }
}

/** Anyone who may connect may NOTIFY, so a payload is outside data; one that is not ours is passed over. */
function parse(payload: string | undefined): LiveMessage | null {
  if (!payload) return null
  try {
    return liveMessage.safeParse(JSON.parse(payload)).data ?? null
  } catch {
    return null
  }
}
