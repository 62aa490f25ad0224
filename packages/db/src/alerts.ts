import type { TriageAction, TriageVerdict } from '@tenon/analysis'
import type { Evidence } from '@tenon/runbook'
import { alertFacts, alertRow, groupRow, type AlertGroupRow, type AlertLabel, type AlertRow } from './alert-row.ts'
import { receiveAlerts } from './alert-receive.ts'
import { refreshGroups, type ReceivedAlert } from './alert-writes.ts'
import { DbError } from './db-error.ts'
import type { Prisma } from './generated/client.ts'
import type { Store } from './store.ts'
import { iso, outsideJson } from './stored.ts'

/** What a judge says of one alert. */
export interface AlertDecision {
  id: string
  action: TriageAction
  verdict: TriageVerdict
  reason: string
  evidence: readonly Evidence[]
  /** Key of the group that it belongs to. */
  group: string
}

export interface AlertGroupQuery {
  state?: 'open' | 'closed'
  verdict?: TriageVerdict
  /** In the title, the entity or the reason. */
  text?: string
  /** Of the model: groups that are about it, or have an alert that is. */
  entity?: string
  /** At most 200; 50 without it. */
  limit?: number
  /** `cursor` of the page before. */
  cursor?: string
}

/** How well alerts are told of. Shares are null when there is nothing to count. */
export interface AlertPrecision {
  /** Of all alerts, those that were real. */
  before: number | null
  /** Of those that people are still told of, those that were real. */
  after: number | null
  /** Groups that people labelled. */
  labelled: number
  /** `verdicts`: nobody labelled a group yet, so the judge is measured by its own word. */
  basis: 'labels' | 'verdicts'
  /** 1 - alerts that page / alerts that were judged. */
  reduction: number | null
  alerts: number
  pages: number
  /** ISO 8601. */
  since: string
}

const day = 86_400_000
const precisionDays = 30
/** Told alerts are kept for the figures, and no longer. */
const keptDays = 90

/** What alert receivers tell, in groups of one cause, with what they turned out to be. */
export function createAlerts(store: Store) {
  const included = {
    // Evidence is long: hundreds of points for each alert. Whoever opens one gets its own.
    alerts: { orderBy: [{ startsAt: 'desc' }, { id: 'asc' }], take: 50, omit: { evidence: true } },
    _count: { select: { alerts: true } },
  } satisfies Prisma.AlertGroupInclude

  return {
    /**
     * Puts alerts on record. Idempotent: a firing is one by its fingerprint and the time when it began, whoever tells of it and however often; what
     * ended stays ended.
     *
     * @param options.pulled `source` is a connection that tells all that fires there: what it told before and does not tell now has ended.
     * @returns how many were new.
     */
    receive: (
      source: string,
      alerts: readonly ReceivedAlert[],
      { pulled = false }: { pulled?: boolean } = {},
    ): Promise<{ fresh: number }> => receiveAlerts(store, source, { alerts, pulled }),

    /**
     * Those that fire and those that began after `since` (unix milliseconds), oldest first. Of each at most so many, the newest; a storm of what ended
     * does not push out what fires.
     */
    async current(since: number, { open = 2_000, ended = 5_000 } = {}): Promise<Omit<AlertRow, 'evidence'>[]> {
      const newest = {
        orderBy: [{ startsAt: 'desc' }, { id: 'desc' }],
        omit: { evidence: true },
      } satisfies Prisma.AlertFindManyArgs
      const [firing, over] = await Promise.all([
        store.client.alert.findMany({ where: { endsAt: null }, ...newest, take: open }),
        store.client.alert.findMany({
          where: { endsAt: { not: null }, startsAt: { gte: new Date(since) } },
          ...newest,
          take: ended,
        }),
      ])
      return [...firing, ...over]
        .toSorted((a, b) => a.startsAt.getTime() - b.startsAt.getTime() || (a.id < b.id ? -1 : 1))
        .map(alertFacts)
    },

    async get(id: string): Promise<AlertRow | null> {
      const row = await store.client.alert.findUnique({ where: { id } })
      return row && alertRow(row)
    },

    async group(key: string): Promise<AlertGroupRow | null> {
      const row = await store.client.alertGroup.findUnique({ where: { key }, include: included })
      return row && groupRow(row)
    },

    /** Newest first. `cursor`: for the next page; null at the end. */
    async list(query: AlertGroupQuery = {}): Promise<{ groups: AlertGroupRow[]; cursor: string | null }> {
      const take = Math.min(query.limit ?? 50, 200)
      const contains = query.text === undefined ? undefined : ({ contains: query.text, mode: 'insensitive' } as const)
      const rows = await store.client.alertGroup.findMany({
        where: {
          open: query.state === undefined ? undefined : query.state === 'open',
          verdict: query.verdict,
          ...(contains ? { OR: [{ title: contains }, { entity: contains }, { reason: contains }] } : {}),
          ...(query.entity === undefined
            ? {}
            : { AND: [{ OR: [{ entity: query.entity }, { alerts: { some: { entity: query.entity } } }] }] }),
        },
        orderBy: [{ firstSeen: 'desc' }, { key: 'asc' }],
        take: take + 1,
        ...(query.cursor === undefined ? {} : { cursor: { key: query.cursor } }),
        include: included,
      })
      return { groups: rows.slice(0, take).map(groupRow), cursor: rows[take]?.key ?? null }
    },

    /** Groups by state, and open ones by verdict (`waiting`: not judged yet). */
    async counts(): Promise<{ open: number; closed: number; verdicts: Record<string, number> }> {
      const rows = await store.client.alertGroup.groupBy({ by: ['open', 'verdict'], _count: { _all: true } })
      const sum = (open: boolean) =>
        rows.filter((row) => row.open === open).reduce((all, row) => all + row._count._all, 0)
      const verdicts = Object.fromEntries(
        rows.filter(({ open }) => open).map((row) => [row.verdict ?? 'waiting', row._count._all]),
      )
      return { open: sum(true), closed: sum(false), verdicts }
    },

    /**
     * Writes what a judge says. Idempotent. An alert of a group that people labelled stays in it: their word holds for what they saw.
     *
     * @param by.groups title, verdict and reason of the groups that the alerts belong to from now on.
     */
    async decide(
      decisions: readonly AlertDecision[],
      by: {
        runId: string | null
        at: number
        groups: readonly { key: string; title: string; entity: string | null; verdict: TriageVerdict; reason: string }[]
      },
    ): Promise<void> {
      if (decisions.length === 0) return
      await store.write(async (tx, tell) => {
        const rows = await tx.alert.findMany({
          where: { id: { in: decisions.map(({ id }) => id) } },
          select: { id: true, groupKey: true, startsAt: true, severity: true, group: { select: { label: true } } },
        })
        const known = new Map(rows.map((row) => [row.id, row]))
        for (const { key, title, entity, verdict, reason } of by.groups) {
          const first = decisions.find(({ id, group }) => group === key && known.has(id))
          if (!first) continue
          const { startsAt, severity } = known.get(first.id)!
          const data = { title, entity, verdict, reason, runId: by.runId }
          const create = { key, ...data, severity, firstSeen: startsAt, lastSeen: startsAt }
          await tx.alertGroup.upsert({ where: { key }, create, update: data })
        }
        const touched = new Set<string>()
        const there = new Set(
          (
            await tx.alertGroup.findMany({
              where: { key: { in: decisions.map(({ group }) => group) } },
              select: { key: true },
            })
          ).map(({ key }) => key),
        )
        for (const { id, action, verdict, reason, evidence, group } of decisions) {
          const row = known.get(id)
          if (!row) continue
          const groupKey = row.group.label === null && there.has(group) ? group : row.groupKey
          const data = { action, verdict, reason, evidence: outsideJson(evidence), runId: by.runId, groupKey }
          await tx.alert.update({ where: { id }, data: { ...data, decidedAt: new Date(by.at) } })
          touched.add(row.groupKey).add(groupKey)
        }
        const paged = decisions.flatMap(({ action, group }) => (action === 'page' ? [group] : []))
        await tx.alertGroup.updateMany({
          where: { key: { in: paged }, notifiedAt: null },
          data: { notifiedAt: new Date(by.at) },
        })
        await refreshGroups(tx, [...touched])
        tell({ topic: 'alert', id: 'decided' })
      })
    },

    /** What people say. null takes it back. @throws DbError `unknown-alert-group` */
    async label(key: string, label: AlertLabel | null, by: string): Promise<AlertGroupRow> {
      await store.write(async (tx, tell) => {
        const { count } = await tx.alertGroup.updateMany({
          where: { key },
          data: { label, labelledBy: label && by, labelledAt: label && new Date() },
        })
        if (count === 0) {
          throw new DbError('unknown-alert-group', 'There is no such group of alerts.', {
            fix: 'It was merged into another one, or is too old to be kept. Look at the list again.',
          })
        }
        tell({ topic: 'alert', id: key })
      })
      return groupRow(await store.client.alertGroup.findUniqueOrThrow({ where: { key }, include: included }))
    },

    /**
     * Notes that an alert is held back at its source until `until` (unix milliseconds), or that it is no longer (null).
     *
     * @param silence.id of the action, `silence.link` where it is shown.
     */
    async setSilence(id: string, silence: { id: string; until: number; link: string } | null): Promise<void> {
      await store.write(async (tx, tell) => {
        const row = await tx.alert.findUnique({ where: { id }, select: { groupKey: true } })
        if (!row) return
        const until = silence ? new Date(silence.until) : null
        await tx.alert.update({ where: { id }, data: { silencedUntil: until } })
        await tx.alertGroup.update({
          where: { key: row.groupKey },
          data: { silenceId: silence?.id ?? null, silenceUntil: until, silenceLink: silence?.link ?? null },
        })
        tell({ topic: 'alert', id })
      })
    },

    /** Of the last 30 days before `now` (unix milliseconds). */
    async precision(now = Date.now()): Promise<AlertPrecision> {
      const since = new Date(now - precisionDays * day)
      const groups = await store.client.alertGroup.findMany({
        where: { alerts: { some: { startsAt: { gte: since }, verdict: { not: null } } } },
        select: { key: true, label: true, verdict: true },
      })
      const counts = await store.client.alert.groupBy({
        by: ['groupKey', 'action'],
        where: { startsAt: { gte: since }, verdict: { not: null } },
        _count: { _all: true },
      })
      const labelled = groups.filter(({ label }) => label !== null)
      const basis = labelled.length > 0 ? 'labels' : 'verdicts'
      const judged = new Map((basis === 'labels' ? labelled : groups).map((group) => [group.key, group]))
      const total = { alerts: 0, pages: 0, real: 0, all: 0, realPages: 0, allPages: 0 }
      for (const { groupKey, action, _count } of counts) {
        const number = _count._all
        const pages = action === 'page' ? number : 0
        total.alerts += number
        total.pages += pages
        const group = judged.get(groupKey)
        if (!group) continue
        const real = basis === 'labels' ? group.label === 'real' : group.verdict === 'real'
        total.all += number
        total.allPages += pages
        if (!real) continue
        total.real += number
        total.realPages += pages
      }
      const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole)
      const paging = share(total.pages, total.alerts)
      return {
        before: share(total.real, total.all),
        after: share(total.realPages, total.allPages),
        labelled: labelled.length,
        basis,
        reduction: paging === null ? null : 1 - paging,
        alerts: total.alerts,
        pages: total.pages,
        since: iso(since),
      }
    },

    /** Ends what no source repeated for a day, forgets what ended long ago. @returns how many alerts were forgotten. */
    async forgetOld(now = Date.now()): Promise<number> {
      return store.write(async (tx, tell) => {
        const silent = await tx.alert.findMany({
          where: { endsAt: null, seenAt: { lt: new Date(now - day) } },
          select: { id: true, groupKey: true },
        })
        await tx.alert.updateMany({
          where: { id: { in: silent.map(({ id }) => id) } },
          data: { endsAt: new Date(now) },
        })
        const { count } = await tx.alert.deleteMany({ where: { endsAt: { lt: new Date(now - keptDays * day) } } })
        await refreshGroups(tx, [...new Set(silent.map(({ groupKey }) => groupKey))])
        await tx.alertGroup.deleteMany({ where: { alerts: { none: {} } } })
        if (count + silent.length > 0) tell({ topic: 'alert', id: 'old' })
        return count
      })
    },
  }
}

export type Alerts = ReturnType<typeof createAlerts>
