import type { Store } from './store.ts'
import { iso, jsonValue, storedObject } from './stored.ts'

export interface AuditRow {
  at: string
  actor: string
  action: string
  subject: string
  detail: Record<string, unknown>
}

/** Who did what: append-only. */
export function createAudit(store: Store) {
  return {
    /** @param event.action as in the policy table, e.g. `runbooks.publish`. Never put secrets into `detail`. */
    async append(event: {
      actor: string
      action: string
      subject: string
      detail?: Record<string, unknown>
    }): Promise<void> {
      await store.client.auditEvent.create({ data: { ...event, detail: jsonValue(event.detail) } })
    },

    /** Newest first. */
    async list(limit = 200): Promise<AuditRow[]> {
      const rows = await store.client.auditEvent.findMany({ orderBy: { id: 'desc' }, take: limit })
      return rows.map(({ at, actor, action, subject, detail }) => ({
        at: iso(at),
        actor,
        action,
        subject,
        detail: storedObject.parse(detail),
      }))
    },
  }
}

export type Audit = ReturnType<typeof createAudit>
