import type { Plan } from '@tenon/runbook'
import { DbError, isUniqueViolation } from './db-error.ts'
import type { Prisma } from './generated/client.ts'
import type { Store, Transaction } from './store.ts'
import { iso, jsonValue, storedObject, storedPlan } from './stored.ts'

/** Times are ISO 8601. */
export interface RunbookRow {
  id: string
  name: string
  title: string
  publishedVersion: number | null
  draftRevision: number
  savedAt: string
  schedule: ScheduleRow | null
}

export interface ScheduleRow {
  cron: string
  timeZone: string
  params: Record<string, unknown>
  paused: boolean
}

export interface DraftRow {
  revision: number
  source: string
  savedBy: string
  savedAt: string
}

export interface VersionRow {
  number: number
  planHash: string
  publishedBy: string
  publishedAt: string
}

export interface VersionRecord extends VersionRow {
  source: string
  plan: Plan
}

export interface Publication {
  name: string
  /** The draft's revision that was compiled; another one by now is a conflict. */
  revision: number
  title: string
  source: string
  plan: Plan
  schedule: Omit<ScheduleRow, 'paused'> | null
  by: string
}

const withDraft = { include: { draft: true, schedule: true } } as const

/** Runbooks: drafts with revisions, immutable versions, and the pointer to the published one. */
export function createRunbooks(store: Store) {
  const unknown = (name: string) =>
    new DbError('unknown-runbook', `There is no runbook "${name}".`, {
      fix: 'Look at the list of runbooks; names are case-sensitive.',
    })

  async function find(tx: Transaction, name: string) {
    const row = await tx.runbook.findUnique({ where: { name }, ...withDraft })
    if (!row) throw unknown(name)
    return row
  }

  /** Writers of one runbook wait for each other, so that a revision or a version number is given once. */
  async function lock(tx: Transaction, name: string) {
    await tx.$queryRaw`SELECT "id" FROM "runbook" WHERE "name" = ${name} FOR UPDATE`
    return find(tx, name)
  }

  return {
    /** @throws DbError `name-taken`. */
    async create(runbook: { name: string; title: string; source: string; by: string }): Promise<RunbookRow> {
      try {
        return await store.write(async (tx, tell) => {
          const row = await tx.runbook.create({
            data: {
              name: runbook.name,
              title: runbook.title,
              draft: { create: { revision: 1, source: runbook.source, savedBy: runbook.by } },
            },
            ...withDraft,
          })
          tell({ topic: 'runbook', id: row.name })
          return runbookRow(row)
        })
      } catch (error) {
        if (!isUniqueViolation(error)) throw error
        throw new DbError('name-taken', `A runbook named "${runbook.name}" exists.`, { fix: 'Choose another name.' })
      }
    },

    async list(): Promise<RunbookRow[]> {
      const rows = await store.client.runbook.findMany({ ...withDraft, orderBy: { title: 'asc' } })
      return rows.map(runbookRow)
    },

    async get(name: string): Promise<RunbookRow | null> {
      const row = await store.client.runbook.findUnique({ where: { name }, ...withDraft })
      return row && runbookRow(row)
    },

    async getById(id: string): Promise<RunbookRow | null> {
      const row = await store.client.runbook.findUnique({ where: { id }, ...withDraft })
      return row && runbookRow(row)
    },

    /** @throws DbError `unknown-runbook`. */
    async draft(name: string): Promise<DraftRow> {
      return draftRow((await find(store.client, name)).draft)
    },

    /**
     * Saves a draft made from `baseRevision`.
     * @throws DbError `draft-conflict` with the newer draft in `detail`, so that the editor can show both.
     */
    async saveDraft(save: {
      name: string
      baseRevision: number
      source: string
      title?: string
      by: string
    }): Promise<DraftRow> {
      return store.write(async (tx, tell) => {
        const row = await lock(tx, save.name)
        const current = draftRow(row.draft)
        assertRevision(current, save.baseRevision)
        const draft = await tx.runbookDraft.upsert({
          where: { runbookId: row.id },
          create: { runbookId: row.id, revision: 1, source: save.source, savedBy: save.by },
          update: { revision: current.revision + 1, source: save.source, savedBy: save.by, savedAt: new Date() },
        })
        // A title is shown in lists at once; the name is the runbook's identity and stays.
        await tx.runbook.update({ where: { id: row.id }, data: { title: save.title ?? row.title } })
        tell({ topic: 'runbook', id: row.name })
        return draftRow(draft)
      })
    },

    /**
     * Makes an immutable version of a compiled draft and points to it. Publishing what is published already makes no new version.
     * @throws DbError `draft-conflict` when the draft changed since it was compiled.
     */
    async publish(publication: Publication): Promise<{ runbookId: string; version: number; planHash: string }> {
      return store.write(async (tx, tell) => {
        const row = await lock(tx, publication.name)
        assertRevision(draftRow(row.draft), publication.revision)
        const newest = await tx.runbookVersion.findFirst({ where: { runbookId: row.id }, orderBy: { number: 'desc' } })
        // The source counts too: layout and descriptions are no part of the plan's hash.
        const same = newest?.planHash === publication.plan.hash && newest.source === publication.source
        const number = same ? newest.number : (newest?.number ?? 0) + 1
        if (!same) {
          await tx.runbookVersion.create({
            data: {
              runbookId: row.id,
              number,
              planHash: publication.plan.hash,
              source: publication.source,
              plan: jsonValue(publication.plan),
              publishedBy: publication.by,
            },
          })
        }
        await tx.runbook.update({ where: { id: row.id }, data: { publishedVersion: number, title: publication.title } })
        await setSchedule(tx, row.id, publication.schedule)
        tell({ topic: 'runbook', id: row.name })
        return { runbookId: row.id, version: number, planHash: publication.plan.hash }
      })
    },

    /**
     * Points to an older version. Drafts and runs that go on are not touched.
     * @throws DbError `unknown-version`.
     */
    async rollback(
      name: string,
      number: number,
      schedule: Omit<ScheduleRow, 'paused'> | null,
    ): Promise<{ runbookId: string }> {
      return store.write(async (tx, tell) => {
        const row = await lock(tx, name)
        const version = await tx.runbookVersion.findUnique({
          where: { runbookId_number: { runbookId: row.id, number } },
        })
        if (!version) throw unknownVersion(name, number)
        await tx.runbook.update({ where: { id: row.id }, data: { publishedVersion: number } })
        await setSchedule(tx, row.id, schedule)
        tell({ topic: 'runbook', id: row.name })
        return { runbookId: row.id }
      })
    },

    /** The published version, or null before the first publish. */
    async published(name: string): Promise<VersionRecord | null> {
      const row = await find(store.client, name)
      return row.publishedVersion === null ? null : this.version(name, row.publishedVersion)
    },

    /** @throws DbError `unknown-version`. */
    async version(name: string, number: number): Promise<VersionRecord> {
      const row = await find(store.client, name)
      const version = await store.client.runbookVersion.findUnique({
        where: { runbookId_number: { runbookId: row.id, number } },
      })
      if (!version) throw unknownVersion(name, number)
      return { ...versionRow(version), source: version.source, plan: storedPlan.parse(version.plan) }
    },

    /** Newest first. */
    async versions(name: string): Promise<VersionRow[]> {
      const rows = await store.client.runbookVersion.findMany({
        where: { runbook: { name } },
        omit: { plan: true, source: true },
        orderBy: { number: 'desc' },
        take: 100,
      })
      return rows.map(versionRow)
    },

    async setSchedulePaused(name: string, paused: boolean): Promise<{ runbookId: string }> {
      return store.write(async (tx, tell) => {
        const row = await lock(tx, name)
        await tx.runbookSchedule.updateMany({ where: { runbookId: row.id }, data: { paused } })
        tell({ topic: 'runbook', id: row.name })
        return { runbookId: row.id }
      })
    },

    /** Removes a runbook with its versions and runs. */
    async delete(name: string): Promise<{ runbookId: string }> {
      return store.write(async (tx, tell) => {
        const row = await lock(tx, name)
        // A key that outlived its run would answer a repeated request with a run that is gone.
        await tx.$executeRaw`
          DELETE FROM "idempotency_key" WHERE "runId" IN (SELECT "id" FROM "run" WHERE "runbookId" = ${row.id})`
        await tx.runbook.delete({ where: { id: row.id } })
        tell({ topic: 'runbook', id: row.name })
        return { runbookId: row.id }
      })
    },
  }
}

export type Runbooks = ReturnType<typeof createRunbooks>

/** Keeps whether people paused it: a publish must not start what someone stopped. */
async function setSchedule(tx: Transaction, runbookId: string, schedule: Publication['schedule']): Promise<void> {
  if (!schedule) {
    await tx.runbookSchedule.deleteMany({ where: { runbookId } })
    return
  }
  const data = { cron: schedule.cron, timeZone: schedule.timeZone, params: jsonValue(schedule.params) }
  await tx.runbookSchedule.upsert({ where: { runbookId }, create: { runbookId, ...data }, update: data })
}

function assertRevision(current: DraftRow, base: number): void {
  if (current.revision === base) return
  throw new DbError(
    'draft-conflict',
    `The draft is at revision ${current.revision} (saved by ${current.savedBy}), not ${base}.`,
    {
      fix: 'Take over the newer draft, or copy your changes into it.',
      detail: current,
    },
  )
}

const unknownVersion = (name: string, number: number) =>
  new DbError('unknown-version', `Runbook "${name}" has no version ${number}.`, {
    fix: 'Choose one from its list of versions.',
  })

function runbookRow(row: Prisma.RunbookGetPayload<typeof withDraft>): RunbookRow {
  const draft = draftRow(row.draft)
  return {
    id: row.id,
    name: row.name,
    title: row.title,
    publishedVersion: row.publishedVersion,
    draftRevision: draft.revision,
    savedAt: draft.savedAt,
    schedule: row.schedule && {
      cron: row.schedule.cron,
      timeZone: row.schedule.timeZone,
      params: storedObject.parse(row.schedule.params),
      paused: row.schedule.paused,
    },
  }
}

/** Every runbook is made with a draft; the type alone cannot say so. */
function draftRow(row: Prisma.RunbookDraftGetPayload<object> | null): DraftRow {
  if (!row) throw new Error('A runbook has no draft row.')
  return { revision: row.revision, source: row.source, savedBy: row.savedBy, savedAt: iso(row.savedAt) }
}

function versionRow(row: { number: number; planHash: string; publishedBy: string; publishedAt: Date }): VersionRow {
  return { number: row.number, planHash: row.planHash, publishedBy: row.publishedBy, publishedAt: iso(row.publishedAt) }
}
