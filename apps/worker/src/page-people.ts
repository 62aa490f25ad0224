/** Posts critical notices to the channel that Settings name, besides the inbox: each until it is taken, or is a day old. */
import { stepErrorFrom } from '@tenon/activities'
import type { Database } from '@tenon/db'
import { postWebhook } from './webhook.ts'

export interface PagerDeps {
  db: Pick<Database, 'paging' | 'connections'>
  /** Without a slash at its end; null: notices carry no link. */
  publicUrl: string | null
}

export interface Pager {
  /** Posts what waits, one after the other. @returns titles of those that were taken. */
  round(signal: AbortSignal): Promise<string[]>
}

/**
 * The inbox is the outbox, so nothing is lost with a worker. A notice that was taken right before its worker died is posted once more, under the
 * same `Idempotency-Key`.
 */
export function createPager({ db: { paging, connections }, publicUrl }: PagerDeps): Pager {
  return {
    async round(signal) {
      const taken: string[] = []
      const channel = await paging.channel()
      if (channel === null) return taken
      for (const { id, key, title, body, link, createdAt } of await paging.waiting()) {
        signal.throwIfAborted()
        const url = link === null || publicUrl === null ? {} : { url: publicUrl + link }
        const message = { title, body, severity: 'critical', at: createdAt, ...url }
        try {
          await postWebhook(connections, { connection: channel.connection, body: message, key, signal })
        } catch (error) {
          signal.throwIfAborted()
          // Others may be taken all the same: a receiver can refuse one alone.
          const { message: what, fix } = stepErrorFrom(error, 'worker')
          await paging.failed([what, fix].join(' ').trim())
          continue
        }
        await paging.sent(id)
        taken.push(title)
      }
      return taken
    },
  }
}
