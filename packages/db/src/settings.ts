import type { WriteStop } from '@tenon/actions'
import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import type { Severity } from './inbox.ts'
import type { Statement, Store } from './store.ts'
import { stopKey, writesKey } from './stop-key.ts'

const stopped = z.object({ reason: z.string() })
const readStops: Statement = {
  name: 'write-stops',
  text: `
SELECT "key", "value", "updatedBy" AS "by", "updatedAt" AS "at" FROM "setting"
WHERE "key" = $1 OR starts_with("key", $1 || ':') ORDER BY "updatedAt" DESC`,
}
const stopRows = z.array(z.object({ key: z.string(), value: z.unknown(), by: z.string(), at: z.date() }))

export interface WritesStopped {
  by: string
  at: string
  reason: string
}

/** Limits of blast radius, rate and autonomy are lifted until then. Times are ISO 8601. */
export interface BrokenGlass extends WritesStopped {
  until: string
}

export interface GlassBreak {
  /** As people know them. */
  by: string
  /** For the audit log. */
  actor: string
  reason: string
  /** At most 60. */
  minutes: number
  /** What everyone is told. */
  notice: { title: string; body: string; link: string }
}

const glassKey = 'broken-glass'
const glassRows = z.array(
  z.object({ value: z.object({ reason: z.string(), until: z.iso.datetime() }), by: z.string(), at: z.date() }),
)

const environmentsKey = 'environments'
const environmentList = z.array(z.string()).min(1)
/** As long as nobody says otherwise. */
const usualEnvironments = ['production', 'staging']

const triageKey = 'alert-triage'
const triageSettings = z.object({ suppression: z.boolean() })

/** Settings of the whole installation. */
export function createSettings(store: Store) {
  return {
    /** The stop on all writes: null when there is none. Narrower ones are in `writeStops`. */
    async writesStopped(): Promise<WritesStopped | null> {
      const row = await store.client.setting.findUnique({ where: { key: writesKey } })
      if (!row) return null
      return { by: row.updatedBy, at: row.updatedAt.toISOString(), reason: stopped.parse(row.value).reason }
    },

    /** The kill switch, newest first. The worker reads it right before every call to a target. One whose reason is unreadable holds all the same. */
    async writeStops(): Promise<WriteStop[]> {
      const rows = stopRows.parse(await store.run(readStops, [writesKey]))
      return rows.map(({ key, by, at, value }) => ({
        scope: key === writesKey ? 'all' : key.slice(writesKey.length + 1),
        by,
        at: at.getTime(),
        reason: stopped.safeParse(value).data?.reason ?? 'no reason can be read',
      }))
    },

    /** @param scope as packages/actions `stopScopeText` writes it. A second stop of one scope replaces the first. */
    async stopWrites(by: string, reason: string, scope = 'all'): Promise<void> {
      await store.write(async (tx, tell) => {
        const data = { value: { reason }, updatedBy: by }
        const key = stopKey(scope)
        await tx.setting.upsert({ where: { key }, create: { key, ...data }, update: data })
        tell({ topic: 'action', id: writesKey })
      })
    },

    /** Ends the stop of a scope; the others hold on. */
    async resumeWrites(scope = 'all'): Promise<void> {
      await store.write(async (tx, tell) => {
        await tx.setting.deleteMany({ where: { key: stopKey(scope) } })
        tell({ topic: 'action', id: writesKey })
      })
    },

    /** Whether somebody broke the glass, and until when; null when it is whole, or whole again. By the database's clock. */
    async brokenGlass(): Promise<BrokenGlass | null> {
      const [row] = glassRows.parse(
        await store.client.$queryRaw`
SELECT "value", "updatedBy" AS "by", "updatedAt" AS "at" FROM "setting"
WHERE "key" = ${glassKey} AND ("value"->>'until')::timestamptz > clock_timestamp()`,
      )
      if (!row) return null
      return { by: row.by, at: row.at.toISOString(), until: row.value.until, reason: row.value.reason }
    },

    /**
     * On record and told before it counts: the audit event and the notice are of its own transaction. Breaking it again while it is broken
     * replaces the end.
     * @throws RangeError for other than 1 to 60 whole minutes.
     */
    async breakGlass({ by, actor, reason, minutes, notice }: GlassBreak): Promise<void> {
      if (!Number.isInteger(minutes) || minutes < 1 || minutes > 60)
        throw new RangeError(`The glass is broken for 1 to 60 minutes, not ${minutes}.`)
      await store.write(async (tx, tell) => {
        await tx.auditEvent.create({
          data: { actor, action: 'writes.break-glass', subject: 'writes', detail: { reason, minutes } },
        })
        const { key } = await tx.inboxItem.create({
          data: { ...notice, key: `broken-glass/${randomUUID()}`, severity: 'critical' satisfies Severity },
        })
        await tx.$executeRaw`
INSERT INTO "setting" ("key", "value", "updatedBy", "updatedAt")
VALUES (
  ${glassKey},
  jsonb_build_object('reason', ${reason}::text, 'until', to_char(
    (clock_timestamp() + make_interval(mins => ${minutes}::int)) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')),
  ${by}, clock_timestamp()
)
ON CONFLICT ("key") DO UPDATE SET "value" = excluded."value", "updatedBy" = excluded."updatedBy", "updatedAt" = excluded."updatedAt"`
        tell({ topic: 'inbox', id: key })
        tell({ topic: 'action', id: glassKey })
      })
    },

    /** Also when it is whole already. */
    async mendGlass({ actor }: Pick<GlassBreak, 'actor'>): Promise<void> {
      await store.write(async (tx, tell) => {
        await tx.setting.deleteMany({ where: { key: glassKey } })
        await tx.auditEvent.create({ data: { actor, action: 'writes.mend-glass', subject: 'writes', detail: {} } })
        tell({ topic: 'action', id: glassKey })
      })
    },

    /** Whether alerts that are noise may be silenced at their source; off until somebody switches it on. */
    async alertSuppression(): Promise<{ on: boolean; by: string | null; at: string | null }> {
      const row = await store.client.setting.findUnique({ where: { key: triageKey } })
      if (!row) return { on: false, by: null, at: null }
      return { on: triageSettings.parse(row.value).suppression, by: row.updatedBy, at: row.updatedAt.toISOString() }
    },

    async setAlertSuppression(on: boolean, by: string): Promise<void> {
      await store.write(async (tx, tell) => {
        const data = { value: { suppression: on }, updatedBy: by }
        await tx.setting.upsert({ where: { key: triageKey }, create: { key: triageKey, ...data }, update: data })
        tell({ topic: 'alert', id: triageKey })
      })
    },

    /** Where versions can be live, `production` first. */
    async environments(): Promise<string[]> {
      const row = await store.client.setting.findUnique({ where: { key: environmentsKey } })
      return row ? environmentList.parse(row.value) : usualEnvironments
    },

    async setEnvironments(names: readonly string[], by: string): Promise<void> {
      await store.write(async (tx, tell) => {
        const data = { value: [...names], updatedBy: by }
        await tx.setting.upsert({
          where: { key: environmentsKey },
          create: { key: environmentsKey, ...data },
          update: data,
        })
        tell({ topic: 'settings', id: environmentsKey })
      })
    },
  }
}

export type Settings = ReturnType<typeof createSettings>
