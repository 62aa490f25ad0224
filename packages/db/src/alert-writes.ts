/** How alerts and their groups are written. */
import { createHash } from 'node:crypto'
import type { AlertSeverity } from './alert-row.ts'
import type { Transaction } from './store.ts'
import { outsideJson } from './stored.ts'

/** An alert as a source tells of it. Times are unix milliseconds. */
export interface ReceivedAlert {
  fingerprint: string
  name: string
  severity: AlertSeverity
  labels: Record<string, string>
  annotations: Record<string, string>
  startsAt: number
  /** null while it fires. */
  endsAt: number | null
  generatorUrl: string
  entity: string | null
  measure: string | null
}

/** Id of a firing; until it is judged, it is a group of its own under this name. */
export const firingKey = ({ fingerprint, startsAt }: { fingerprint: string; startsAt: number }): string =>
  `${plain.test(fingerprint) ? fingerprint : createHash('sha256').update(fingerprint).digest('hex').slice(0, 32)}-${startsAt.toString(36)}`

/** As Alertmanager writes them. */
const plain = /^[0-9a-f]{1,64}$/

/** Two processes may tell of one firing at the same time: the second adds nothing. */
export async function insertAlerts(
  tx: Transaction,
  { source, at }: { source: string; at: Date },
  alerts: readonly ReceivedAlert[],
): Promise<void> {
  await tx.alertGroup.createMany({
    data: alerts.map((alert) => ({
      key: firingKey(alert),
      title: titleOf(alert),
      entity: alert.entity,
      severity: alert.severity,
      firstSeen: new Date(alert.startsAt),
      lastSeen: alert.endsAt === null ? at : new Date(alert.endsAt),
      open: alert.endsAt === null,
    })),
    skipDuplicates: true,
  })
  await tx.alert.createMany({
    data: alerts.map((alert) => ({
      id: firingKey(alert),
      fingerprint: alert.fingerprint,
      startsAt: new Date(alert.startsAt),
      endsAt: alert.endsAt === null ? null : new Date(alert.endsAt),
      name: alert.name,
      severity: alert.severity,
      labels: outsideJson(alert.labels),
      annotations: outsideJson(alert.annotations),
      source,
      seenAt: at,
      generatorUrl: alert.generatorUrl,
      entity: alert.entity,
      measure: alert.measure,
      groupKey: firingKey(alert),
    })),
    skipDuplicates: true,
  })
}

function titleOf({ name, labels, entity }: ReceivedAlert): string {
  const place = entity ?? labels['service'] ?? labels['instance'] ?? labels['job']
  return place === undefined ? name : `${name} on ${place}`
}

/** Makes groups say what their alerts say; those that have none left and no label go. */
export async function refreshGroups(tx: Transaction, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return
  await tx.$executeRaw`
    UPDATE "alert_group" AS "g" SET "open" = "a"."open", "firstSeen" = "a"."first", "lastSeen" = "a"."last",
      "severity" = CASE "a"."worst" WHEN 3 THEN 'critical' WHEN 2 THEN 'warning' ELSE 'info' END
    FROM (
      SELECT "groupKey", bool_or("endsAt" IS NULL) AS "open", min("startsAt") AS "first",
        max(coalesce("endsAt", "seenAt")) AS "last",
        max(CASE "severity" WHEN 'critical' THEN 3 WHEN 'warning' THEN 2 ELSE 1 END) AS "worst"
      FROM "alert" WHERE "groupKey" = ANY(${[...keys]}::text[]) GROUP BY "groupKey"
    ) AS "a" WHERE "g"."key" = "a"."groupKey"`
  await tx.alertGroup.deleteMany({ where: { key: { in: [...keys] }, label: null, alerts: { none: {} } } })
}
