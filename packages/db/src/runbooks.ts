import { parseRunbook, type Plan, type Trigger } from '@tenon/runbook'
import * as z from 'zod'
import { BoundedMap } from './bounded-map.ts'
import { DbError, isUniqueViolation, unknownRunbook } from './db-error.ts'
import type { Prisma } from './generated/client.ts'
import { movePointer, pointerRow, type PointerRow } from './pointers.ts'
import type { Plans } from './plans.ts'
import type { Statement, Store, Transaction } from './store.ts'
import { iso } from './stored.ts'
import { triggerColumns, triggerRow, type TriggerRow } from './triggers.ts'

/** Times are ISO 8601. */
export interface RunbookRow {
  id: string
  name: string
  title: string
  /** The version that is live in `production`; null before the first publish. */
  publishedVersion: number | null
  /** What is live, by environment. */
  pointers: PointerRow[]
  /** Of the live versions. */
  triggers: TriggerRow[]
  draftRevision: number
  savedAt: string
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
  /** What the publisher says about it. */
  note: string
  publishedBy: string
  publishedAt: string
}

export interface VersionRecord extends VersionRow {
  runbookId: string
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
  /** The document's. */
  triggers: Record<string, Trigger>
  by: string
  note?: string
  /** Whose pointer moves: `production` without it. */
  environment?: string
}

const live = { include: { draft: { omit: { source: true } }, pointers: true, triggers: triggerColumns } } as const

const published: Statement = {
  name: 'runbook-published',
  text: `
SELECT "runbook"."id", "pointer"."version" FROM "runbook"
LEFT JOIN "runbook_pointer" AS "pointer" ON "pointer"."runbookId" = "runbook"."id" AND "pointer"."environment" = $2
WHERE "runbook"."name" = $1`,
}
const publishedRow = z.object({ id: z.string(), version: z.number().nullable() })

/** Runbooks: drafts with revisions, immutable versions, and pointers to those that are live. */
export function createRunbooks(store: Store, plans: Plans) {
  // Versions never change, so that a call of a live one reads its pointer alone. By the runbook's id: a name may come back as another runbook.
  const versions = new BoundedMap<string, VersionRecord>(200)

  async function find(tx: Transaction, name: string) {
    const row = await tx.runbook.findUnique({ where: { name }, include: { draft: true } })
    if (!row) throw unknownRunbook(name)
    return row
  }

  async function versionOf(of: { id: string; name: string }, number: number): Promise<VersionRecord> {
    const key = `${of.id}/${number}`
    const known = versions.get(key)
    if (known) return known
    const row = await store.client.runbookVersion.findUnique({
      where: { runbookId_number: { runbookId: of.id, number } },
    })
    const plan = row && (await plans.get(row.planHash))
    if (!plan) throw unknownVersion(of.name, number)
    const record = { ...versionRow(row), runbookId: of.id, source: row.source, plan }
    versions.set(key, record)
    return record
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
            ...live,
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
      const rows = await store.client.runbook.findMany({ ...live, orderBy: { title: 'asc' } })
      return rows.map(runbookRow)
    },

    async get(name: string): Promise<RunbookRow | null> {
      const row = await store.client.runbook.findUnique({ where: { name }, ...live })
      return row && runbookRow(row)
    },

    async getById(id: string): Promise<RunbookRow | null> {
      const row = await store.client.runbook.findUnique({ where: { id }, ...live })
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
     * Makes an immutable version of a compiled draft and points an environment to it. Publishing what is published already makes no new version.
     * @throws DbError `draft-conflict` when the draft changed since it was compiled.
     */
    async publish(publication: Publication): Promise<{ runbookId: string; version: number; planHash: string }> {
      const { name, plan, source, by, environment = 'production' } = publication
      return store.write(async (tx, tell) => {
        const row = await lock(tx, name)
        assertRevision(draftRow(row.draft), publication.revision)
        const newest = await tx.runbookVersion.findFirst({
          where: { runbookId: row.id },
          orderBy: { number: 'desc' },
          select: { number: true, planHash: true, source: true },
        })
        // The source counts too: layout and descriptions are no part of the plan's hash.
        const same = newest?.planHash === plan.hash && newest.source === source
        const version = same ? newest.number : (newest?.number ?? 0) + 1
        if (!same) {
          await plans.putIn(tx, plan)
          const data = {
            runbookId: row.id,
            number: version,
            planHash: plan.hash,
            source,
            note: publication.note ?? '',
            publishedBy: by,
          }
          await tx.runbookVersion.create({ data, select: { id: true } })
        }
        if (row.title !== publication.title) {
          await tx.runbook.update({ where: { id: row.id }, data: { title: publication.title } })
        }
        await movePointer(tx, { runbookId: row.id, environment, version, by, triggers: publication.triggers })
        tell({ topic: 'runbook', id: row.name })
        return { runbookId: row.id, version, planHash: plan.hash }
      })
    },

    /**
     * Points an environment to a version that exists, older or newer. Drafts and runs that go on are not touched.
     * @throws DbError `unknown-version`; `version-unreadable` for a version whose text this release does not read.
     */
    async rollback(
      name: string,
      number: number,
      { environment = 'production', by }: { environment?: string; by: string },
    ): Promise<{ runbookId: string }> {
      const { source } = await this.version(name, number)
      const { document } = parseRunbook(source)
      if (!document) throw unreadable(name, number)
      return store.write(async (tx, tell) => {
        const row = await lock(tx, name)
        const there = await tx.runbookVersion.count({ where: { runbookId: row.id, number } })
        if (there === 0) throw unknownVersion(name, number)
        await movePointer(tx, { runbookId: row.id, environment, version: number, by, triggers: document.triggers })
        tell({ topic: 'runbook', id: row.name })
        return { runbookId: row.id }
      })
    },

    /**
     * What is live in an environment, or null before the first publish. One round trip for a version that this process has read before.
     * @throws DbError `unknown-runbook`.
     */
    async published(name: string, environment = 'production'): Promise<VersionRecord | null> {
      const [row] = await store.run(published, [name, environment])
      if (!row) throw unknownRunbook(name)
      const { id, version } = publishedRow.parse(row)
      return version === null ? null : versionOf({ id, name }, version)
    },

    /** By environment. */
    async pointers(name: string): Promise<PointerRow[]> {
      const rows = await store.client.runbookPointer.findMany({
        where: { runbook: { name } },
        orderBy: { environment: 'asc' },
      })
      return rows.map(pointerRow)
    },

    /** @throws DbError `unknown-runbook`, `unknown-version`. */
    async version(name: string, number: number): Promise<VersionRecord> {
      const row = await store.client.runbook.findUnique({ where: { name }, select: { id: true } })
      if (!row) throw unknownRunbook(name)
      return versionOf({ id: row.id, name }, number)
    },

    /** Newest first. */
    async versions(name: string): Promise<VersionRow[]> {
      const rows = await store.client.runbookVersion.findMany({
        where: { runbook: { name } },
        omit: { source: true },
        orderBy: { number: 'desc' },
        take: 100,
      })
      return rows.map(versionRow)
    },

    /** Triggers of live versions, of one environment or of all. */
    async triggersOf(name: string, environment?: string): Promise<TriggerRow[]> {
      const rows = await store.client.runbookTrigger.findMany({
        where: { runbook: { name }, environment },
        ...triggerColumns,
        orderBy: [{ environment: 'asc' }, { name: 'asc' }],
      })
      return rows.map(triggerRow)
    },

    async triggersOfKind(kind: Trigger['kind']): Promise<TriggerRow[]> {
      const rows = await store.client.runbookTrigger.findMany({
        where: { kind },
        ...triggerColumns,
        orderBy: [{ runbook: { name: 'asc' } }, { environment: 'asc' }, { name: 'asc' }],
      })
      return rows.map(triggerRow)
    },

    /** @throws DbError `unknown-trigger`. */
    async setTriggerPaused(change: {
      name: string
      environment: string
      trigger: string
      paused: boolean
      by: string
      reason: string
    }): Promise<TriggerRow> {
      const { name, environment, trigger, paused, by, reason } = change
      return store.write(async (tx, tell) => {
        const where = { environment, name: trigger, runbook: { name } }
        await tx.runbookTrigger.updateMany({
          where,
          data: {
            paused,
            pausedBy: paused ? by : null,
            pausedReason: paused ? reason : null,
            pausedAt: paused ? new Date() : null,
          },
        })
        const row = await tx.runbookTrigger.findFirst({ where, ...triggerColumns })
        if (!row) throw unknownTrigger(change)
        tell({ topic: 'runbook', id: name })
        return triggerRow(row)
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

const unreadable = (name: string, number: number) =>
  new DbError('version-unreadable', `The text of version ${number} of "${name}" cannot be read any more.`, {
    fix: 'Take its text over into the draft, correct what is marked there, and publish that.',
  })

const unknownTrigger = ({ name, environment, trigger }: { name: string; environment: string; trigger: string }) =>
  new DbError('unknown-trigger', `The runbook "${name}" has no trigger "${trigger}" in ${environment}.`, {
    fix: 'Look at its list of triggers; they are those of the published version.',
  })

function runbookRow(row: Prisma.RunbookGetPayload<typeof live>): RunbookRow {
  if (!row.draft) throw new Error('A runbook has no draft row.')
  return {
    id: row.id,
    name: row.name,
    title: row.title,
    publishedVersion: row.pointers.find(({ environment }) => environment === 'production')?.version ?? null,
    pointers: row.pointers.map(pointerRow),
    triggers: row.triggers.map(triggerRow),
    draftRevision: row.draft.revision,
    savedAt: iso(row.draft.savedAt),
  }
}

/** Every runbook is made with a draft; the type alone cannot say so. */
function draftRow(row: Prisma.RunbookDraftGetPayload<object> | null): DraftRow {
  if (!row) throw new Error('A runbook has no draft row.')
  return { revision: row.revision, source: row.source, savedBy: row.savedBy, savedAt: iso(row.savedAt) }
}

function versionRow(row: Omit<VersionRow, 'publishedAt'> & { publishedAt: Date }): VersionRow {
  const { number, planHash, note, publishedBy, publishedAt } = row
  return { number, planHash, note, publishedBy, publishedAt: iso(publishedAt) }
}
