import { batched } from './batch.ts'
import type { Statement, Store } from './store.ts'
import { iso, jsonText, storedObject } from './stored.ts'

export interface AuditRow {
  at: string
  actor: string
  action: string
  subject: string
  detail: Record<string, unknown>
}

interface NewAudit {
  actor: string
  action: string
  subject: string
  detail?: Record<string, unknown>
}

const append: Statement = {
  name: 'audit-append',
  text: `
INSERT INTO "audit_event" ("actor", "action", "subject", "detail")
SELECT "actor", "action", "subject", coalesce("detail", '{}')
FROM jsonb_to_recordset($1::jsonb) AS "new" ("actor" text, "action" text, "subject" text, "detail" jsonb)`,
}

/** Who did what: append-only. */
export function createAudit(store: Store) {
  const write = batched<NewAudit>((batch) => store.run(append, [jsonText(batch)]))
  return {
    /** @param event.action as in the policy table, e.g. `runbooks.publish`. Never put secrets into `detail`. */
    async append(event: NewAudit): Promise<void> {
      await write(event)
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
