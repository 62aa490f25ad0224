import * as z from 'zod'
import type { Store } from './store.ts'
import { iso, isoOrNull } from './stored.ts'

const severity = z.enum(['info', 'warning', 'critical'])
export type Severity = z.infer<typeof severity>

export interface InboxRow {
  id: string
  title: string
  body: string
  severity: Severity
  link: string | null
  createdAt: string
  readAt: string | null
  readBy: string | null
}

/** Notices for everyone who is signed in. */
export function createInbox(store: Store) {
  return {
    /** Idempotent by `key`: a step that is tried twice posts once. */
    async post(item: { title: string; body: string; severity: Severity; link?: string; key: string }): Promise<void> {
      await store.write(async (tx, tell) => {
        const { count } = await tx.inboxItem.createMany({ data: [item], skipDuplicates: true })
        if (count > 0) tell({ topic: 'inbox', id: item.key })
      })
    },

    /** Newest first. */
    async list(limit = 100): Promise<InboxRow[]> {
      const rows = await store.client.inboxItem.findMany({ orderBy: { createdAt: 'desc' }, take: limit })
      return rows.map((row) => ({
        id: row.id,
        title: row.title,
        body: row.body,
        severity: severity.parse(row.severity),
        link: row.link,
        createdAt: iso(row.createdAt),
        readAt: isoOrNull(row.readAt),
        readBy: row.readBy,
      }))
    },

    unread: (): Promise<number> => store.client.inboxItem.count({ where: { readAt: null } }),

    async markRead(id: string, by: string): Promise<void> {
      await store.write(async (tx, tell) => {
        await tx.inboxItem.updateMany({ where: { id, readAt: null }, data: { readAt: new Date(), readBy: by } })
        tell({ topic: 'inbox', id })
      })
    },
  }
}

export type Inbox = ReturnType<typeof createInbox>
