/** Putting on record what a source tells: thousands of alerts at a time, every quarter of a minute. */
import * as z from 'zod'
import { firingKey, insertAlerts, refreshGroups, type ReceivedAlert } from './alert-writes.ts'
import type { Store } from './store.ts'

const inOneWrite = 500
const knownAlert = z.array(z.object({ id: z.string(), ended: z.boolean() }))
const groupKeys = z.array(z.object({ groupKey: z.string() }))

/** @returns how many were new. */
export async function receiveAlerts(
  store: Store,
  source: string,
  { alerts, pulled }: { alerts: readonly ReceivedAlert[]; pulled: boolean },
): Promise<{ fresh: number }> {
  const now = new Date()
  const told = new Map(alerts.map((alert) => [firingKey(alert), alert]))
  const rows = knownAlert.parse(
    await store.client.$queryRaw`
      SELECT "id", "endsAt" IS NOT NULL AS "ended" FROM "alert" WHERE "id" = ANY(${[...told.keys()]}::text[])`,
  )
  const known = new Map(rows.map(({ id, ended }) => [id, ended]))
  const fresh = [...told].flatMap(([key, alert]) => (known.has(key) ? [] : [alert]))
  for (let at = 0; at < fresh.length; at += inOneWrite) {
    await store.write((tx) => insertAlerts(tx, { source, at: now }, fresh.slice(at, at + inOneWrite)))
  }
  const over = [...told].flatMap(([id, { endsAt }]) =>
    known.get(id) === false && endsAt !== null ? [{ id, endsAt }] : [],
  )
  const seen = [...told].flatMap(([id, { endsAt }]) => (known.get(id) === false && endsAt === null ? [id] : []))
  await store.write(async (tx, tell) => {
    await tx.$executeRaw`
      UPDATE "alert" SET "seenAt" = ${now}, "source" = CASE WHEN ${pulled} THEN ${source} ELSE "source" END
      WHERE "id" = ANY(${seen}::text[]) AND "endsAt" IS NULL`
    await tx.$executeRaw`
      UPDATE "alert_group" SET "lastSeen" = ${now}
      WHERE "key" IN (SELECT "groupKey" FROM "alert" WHERE "id" = ANY(${seen}::text[]))`
    const ended = groupKeys.parse(
      await tx.$queryRaw`
        UPDATE "alert" SET "endsAt" = "told"."endsAt"
        FROM unnest(${over.map(({ id }) => id)}::text[], ${over.map(({ endsAt }) => new Date(endsAt))}::timestamp(3)[])
          AS "told" ("id", "endsAt")
        WHERE "alert"."id" = "told"."id" AND "alert"."endsAt" IS NULL RETURNING "alert"."groupKey"`,
    )
    // Whatever this source was the last to tell, and does not tell now.
    const absent = pulled
      ? groupKeys.parse(
          await tx.$queryRaw`
            UPDATE "alert" SET "endsAt" = ${now}
            WHERE "source" = ${source} AND "endsAt" IS NULL AND "seenAt" < ${now} RETURNING "groupKey"`,
        )
      : []
    const touched = [...new Set([...ended, ...absent].map(({ groupKey }) => groupKey))]
    await refreshGroups(tx, touched)
    if (fresh.length > 0 || touched.length > 0) tell({ topic: 'alert', id: source })
  })
  return { fresh: fresh.length }
}
