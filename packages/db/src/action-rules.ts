/** What actions may do: the installation's policy, and how far each runbook is trusted. The rules are packages/actions'. */
import {
  actionKind,
  actionPolicy,
  autonomyLevel,
  autonomyNow,
  defaultActionPolicy,
  grantRefusal,
  type ActionKind,
  type ActionPolicy,
  type Autonomy,
  type AutonomyGrant,
  type AutonomyLevel,
  type AutonomyRecord,
} from '@tenon/actions'
import * as z from 'zod'
import type { Prisma } from './generated/client.ts'
import type { Store, Transaction } from './store.ts'
import { jsonValue } from './stored.ts'

/** What a runbook may do with one kind of action, and what it did. */
export interface AutonomyRow extends Autonomy {
  runbook: string
  kind: ActionKind
  /** Why the level was granted; null where none was. */
  reason: string | null
  supervisedSuccesses: number
}

const policyKey = 'action-policy'

export type ActionRules = ReturnType<typeof createActionRules>

/** Makes the storage of policy and autonomy. */
export function createActionRules(store: Store) {
  return {
    /** @throws when what is stored cannot be read: then nothing may be done. */
    policy: () => readPolicy(store.client),

    async setPolicy(policy: ActionPolicy, by: string): Promise<void> {
      await store.write(async (tx, tell) => {
        const data = { value: jsonValue(actionPolicy.parse(policy)), updatedBy: by }
        await tx.setting.upsert({ where: { key: policyKey }, create: { key: policyKey, ...data }, update: data })
        tell({ topic: 'action', id: policyKey })
      })
    },

    /** What holds now: the grant, and what happened since. */
    async autonomyOf(runbook: string, kind: ActionKind): Promise<Autonomy> {
      const grant = await store.client.actionAutonomy.findUnique({ where: { runbook_kind: { runbook, kind } } })
      const [record] = await readRecords(store.client, { runbook, kind })
      return autonomyNow(grant && grantOf(grant), record ?? nothing, await readPolicy(store.client))
    },

    /** Of all that a level was granted to, and all that ever acted. By name, then kind. */
    async autonomies(): Promise<AutonomyRow[]> {
      const policy = await readPolicy(store.client)
      const grants = await store.client.actionAutonomy.findMany()
      const records = await readRecords(store.client, null)
      const all = new Map(
        [...records, ...grants.map((grant) => ({ runbook: grant.runbook, kind: actionKind.parse(grant.kind) }))].map(
          ({ runbook, kind }) => [JSON.stringify([runbook, kind]), { runbook, kind }],
        ),
      )
      return [...all.values()]
        .map(({ runbook, kind }) => {
          const isSame = (one: { runbook: string; kind: string }) => one.runbook === runbook && one.kind === kind
          const grant = grants.find(isSame)
          const record = records.find(isSame) ?? nothing
          const now = autonomyNow(grant ? grantOf(grant) : null, record, policy)
          return {
            runbook,
            kind,
            ...now,
            reason: grant?.reason ?? null,
            supervisedSuccesses: record.supervisedSuccesses,
          }
        })
        .toSorted((a, b) => a.runbook.localeCompare(b.runbook, 'en') || a.kind.localeCompare(b.kind, 'en'))
    },

    /**
     * Grants a level, unless the ladder refuses it.
     *
     * @returns what stands against it; null when it was granted.
     */
    grant: (wanted: { runbook: string; kind: ActionKind; level: AutonomyLevel; reason: string; by: string }) =>
      store.write(async (tx, tell) => {
        const { runbook, kind, level, reason, by } = wanted
        // Nothing may fail between the look at the record and the grant, which forgives what was before it. Readers are not held up.
        await tx.$executeRaw`LOCK TABLE "action" IN EXCLUSIVE MODE`
        const held = await tx.actionAutonomy.findUnique({ where: { runbook_kind: { runbook, kind } } })
        const [found] = await readRecords(tx, { runbook, kind })
        const record = found ?? nothing
        const policy = await readPolicy(tx)
        const refusal = grantRefusal(level, autonomyNow(held && grantOf(held), record, policy), record, policy)
        if (refusal) return refusal
        await tx.$executeRaw`
INSERT INTO "action_autonomy" ("runbook", "kind", "level", "reason", "grantedBy", "grantedAt")
VALUES (${runbook}, ${kind}, ${level}, ${reason}, ${by}, clock_timestamp())
ON CONFLICT ("runbook", "kind") DO UPDATE
SET "level" = excluded."level", "reason" = excluded."reason", "grantedBy" = excluded."grantedBy", "grantedAt" = excluded."grantedAt"`
        tell({ topic: 'action', id: policyKey })
        return null
      }),
  }
}

const nothing: AutonomyRecord = { supervisedSuccesses: 0, trouble: null }

async function readPolicy(tx: Transaction): Promise<ActionPolicy> {
  const row = await tx.setting.findUnique({ where: { key: policyKey } })
  return row ? actionPolicy.parse(row.value) : defaultActionPolicy
}

function grantOf(row: Prisma.ActionAutonomyGetPayload<object>): AutonomyGrant {
  return { level: autonomyLevel.parse(row.level), by: row.grantedBy, at: row.grantedAt.getTime() }
}

const recordRow = z
  .object({
    runbook: z.string(),
    kind: actionKind,
    successes: z.bigint(),
    id: z.string().nullable(),
    title: z.string().nullable(),
    what: z.string().nullable(),
    at: z.date().nullable(),
  })
  .transform(({ runbook, kind, successes, id, title, what, at }) => ({
    runbook,
    kind,
    supervisedSuccesses: Number(successes),
    trouble:
      id === null || at === null ? null : { actionId: id, title: title ?? '', status: what ?? '', at: at.getTime() },
  }))

/**
 * What the ledger says. Trouble: not done, unknown (also one that a person settled), harm, or a verification that failed.
 * A success was approved by people, ended as meant, and all that was verified was as meant.
 */
async function readRecords(tx: Transaction, of: { runbook: string; kind: ActionKind } | null) {
  const rows = await tx.$queryRaw`
WITH "mine" AS (
  SELECT * FROM "action"
  WHERE "runbook" IS NOT NULL AND "kind" <> 'silence'
    AND (${of === null} OR ("runbook" = ${of?.runbook ?? ''} AND "kind" = ${of?.kind ?? ''}))
), "trouble" AS (
  SELECT DISTINCT ON (a."runbook", a."kind") a."runbook", a."kind", a."id", a."title", t."what", t."at"
  FROM "mine" a CROSS JOIN LATERAL (
    SELECT CASE e."kind" WHEN 'unknown' THEN 'unknown' WHEN 'harm' THEN 'with harm' ELSE 'unverified' END AS "what", e."at"
    FROM "action_event" e
    WHERE e."actionId" = a."id"
      AND (e."kind" IN ('unknown', 'harm') OR (e."kind" = 'verify' AND a."verification" @> '[{"pass": false}]'))
    UNION ALL
    SELECT 'not done', coalesce(a."endedAt", a."createdAt") WHERE a."status" = 'not-done'
  ) t
  ORDER BY a."runbook", a."kind", t."at" DESC
)
SELECT a."runbook", a."kind", t."id", t."title", t."what", t."at",
  count(*) FILTER (
    WHERE a."approvedHash" IS NOT NULL AND a."status" IN ('done', 'reverted', 'expired', 'kept')
      AND a."verification" IS NOT NULL AND a."createdAt" > coalesce(t."at", '-infinity')
  ) AS "successes"
FROM "mine" a LEFT JOIN "trouble" t ON t."runbook" = a."runbook" AND t."kind" = a."kind"
GROUP BY a."runbook", a."kind", t."id", t."title", t."what", t."at"
ORDER BY a."runbook", a."kind"
LIMIT 1000`
  return z.array(recordRow).parse(rows)
}
