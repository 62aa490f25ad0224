/** Critical notices beyond the inbox: the connection that they are posted to, which ones wait for it, and what its last trouble was. */
import * as z from 'zod'
import type { InboxRow } from './inbox.ts'
import type { Store } from './store.ts'
import { iso } from './stored.ts'

/** Where critical notices go besides the inbox. Times are ISO 8601. */
export interface PagingChannel {
  /** Name of a webhook connection. */
  connection: string
  by: string
  /** Older notices are not posted. */
  since: string
}

/** Why the last notice was not taken; it is tried again. */
export interface PagingTrouble {
  at: string
  message: string
}

/** One that waits to be posted. `key` makes repeats recognisable to the receiver. */
export type WaitingPage = Pick<InboxRow, 'id' | 'title' | 'body' | 'link' | 'createdAt'> & { key: string }

const channelKey = 'paging'
const troubleKey = 'paging-trouble'
const channel = z.object({ connection: z.string(), since: z.iso.datetime() })
const trouble = z.object({ message: z.string() })
/** What is older is no news any more. */
const longestWaitHours = 24
const mostAtOnce = 20

/** Makes the storage of it. The inbox itself is the outbox: a critical item waits until the channel took it. */
export function createPaging(store: Store) {
  const readChannel = async (): Promise<PagingChannel | null> => {
    const row = await store.client.setting.findUnique({ where: { key: channelKey } })
    return row && { ...channel.parse(row.value), by: row.updatedBy }
  }

  return {
    /** null: critical notices are in the inbox alone. */
    channel: readChannel,

    /** What waits for one channel goes to the next. @param connection null ends it. */
    async setChannel(connection: string | null, by: string): Promise<void> {
      await store.write(async (tx, tell) => {
        await tx.setting.deleteMany({ where: { key: troubleKey } })
        if (connection === null) await tx.setting.deleteMany({ where: { key: channelKey } })
        else {
          const before = await tx.setting.findUnique({ where: { key: channelKey } })
          const since = channel.safeParse(before?.value).data?.since ?? new Date().toISOString()
          const data = { value: { connection, since }, updatedBy: by }
          await tx.setting.upsert({ where: { key: channelKey }, create: { key: channelKey, ...data }, update: data })
        }
        tell({ topic: 'settings', id: channelKey })
      })
    },

    /** Critical notices that the channel has not taken yet, oldest first; none without a channel. */
    async waiting(): Promise<WaitingPage[]> {
      const to = await readChannel()
      if (to === null) return []
      const news = new Date(Date.now() - longestWaitHours * 3_600_000)
      const since = new Date(to.since)
      const rows = await store.client.inboxItem.findMany({
        where: { severity: 'critical', pagedAt: null, createdAt: { gte: since > news ? since : news } },
        orderBy: { createdAt: 'asc' },
        take: mostAtOnce,
      })
      return rows.map(({ id, key, title, body, link, createdAt }) => ({
        id,
        key,
        title,
        body,
        link,
        createdAt: iso(createdAt),
      }))
    },

    /** The channel took it. */
    async sent(id: string): Promise<void> {
      await store.write(async (tx, tell) => {
        await tx.inboxItem.updateMany({ where: { id, pagedAt: null }, data: { pagedAt: new Date() } })
        await tx.setting.deleteMany({ where: { key: troubleKey } })
        tell({ topic: 'inbox', id })
      })
    },

    async failed(message: string): Promise<void> {
      await store.write(async (tx) => {
        const data = { value: { message }, updatedBy: 'system' }
        await tx.setting.upsert({ where: { key: troubleKey }, create: { key: troubleKey, ...data }, update: data })
      })
    },

    /** null: the last notice was taken, or there was none. */
    async trouble(): Promise<PagingTrouble | null> {
      const row = await store.client.setting.findUnique({ where: { key: troubleKey } })
      return row && { at: iso(row.updatedAt), message: trouble.parse(row.value).message }
    },

    /** ISO 8601; null: nothing was ever posted. */
    async lastSent(): Promise<string | null> {
      const { _max } = await store.client.inboxItem.aggregate({ _max: { pagedAt: true } })
      return _max.pagedAt && iso(_max.pagedAt)
    },
  }
}

export type Paging = ReturnType<typeof createPaging>
