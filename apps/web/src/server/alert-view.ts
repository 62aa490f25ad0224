/** Alerts as pages and the REST API show them: what is asked, and what people say of them. */
import type { AlertGroupQuery, AlertLabel, Database } from '@tenon/db'
import { actorKey, labelOf, type Actor } from './actor.ts'
import { ApiError } from './errors.ts'

interface Parts {
  db: Pick<Database, 'alerts' | 'audit'>
}

/** A page of groups, newest first. `counts` are of all groups: by state, and of the open ones by verdict. */
export async function listAlertGroups({ db }: Parts, query: AlertGroupQuery) {
  const [{ groups, cursor }, counts] = await Promise.all([db.alerts.list(query), db.alerts.counts()])
  return { groups, cursor, counts }
}

/** One alert with the group that it belongs to. @throws ApiError `unknown-alert` */
export async function getAlert({ db }: Parts, id: string) {
  const alert = await db.alerts.get(id)
  const group = alert && (await db.alerts.group(alert.groupKey))
  if (group) return { alert, group }
  throw new ApiError({
    status: 404,
    code: 'unknown-alert',
    message: 'There is no such alert.',
    fix: 'Alerts are kept for 90 days after they ended. Look at the list of alerts.',
  })
}

/** Says that a group was real or noise; null takes it back. @throws DbError `unknown-alert-group` */
export async function labelAlertGroup(
  { db }: Parts,
  { key, label, actor }: { key: string; label: AlertLabel | null; actor: Actor },
) {
  const group = await db.alerts.label(key, label, labelOf(actor))
  await db.audit.append({ actor: actorKey(actor), action: 'alerts.label', subject: key, detail: { label } })
  return group
}
