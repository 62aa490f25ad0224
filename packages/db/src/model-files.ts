import * as z from 'zod'
import { DbError } from './db-error.ts'
import type { Statement, Store, Transaction } from './store.ts'
import { iso } from './stored.ts'

/** A file of the data model, without its text. Times are ISO 8601. */
export interface ModelFileRow {
  path: string
  revision: number
  /** Written by discovery; what people write lies over it. */
  generated: boolean
  updatedBy: string
  updatedAt: string
}

export interface ModelFileText {
  path: string
  text: string
  revision: number
  generated: boolean
  updatedBy: string
}

/** All files at one moment. */
export interface ModelSnapshot {
  /** Rises with every change of any file. */
  version: number
  files: ModelFileText[]
}

/** `text` null removes the file. */
export interface ModelFileChange {
  path: string
  text: string | null
  generated: boolean
}

export interface ModelRevisionRow {
  revision: number
  /** Its text is null then. */
  removed: boolean
  savedBy: string
  savedAt: string
}

const version = `(SELECT coalesce(sum("newest"), 0)::int FROM
  (SELECT max("revision") AS "newest" FROM "model_revision" GROUP BY "path") AS "paths")`

const snapshot: Statement = {
  name: 'model-snapshot',
  text: `SELECT ${version} AS "version", "file"."path", "file"."text", "file"."revision", "file"."generated", "file"."updatedBy"
FROM (VALUES (1)) AS "one" LEFT JOIN "model_file" AS "file" ON true
ORDER BY "file"."path"`,
}
const versionRow = z.object({ version: z.number() })
const fileRow = versionRow.extend({
  path: z.string(),
  text: z.string(),
  revision: z.number(),
  generated: z.boolean(),
  updatedBy: z.string(),
})
const snapshotRow = z.union([fileRow, versionRow.extend({ path: z.null() })])

/** How many texts of a file are kept, and how many bytes of them: what discovery writes may be long. The newest is kept in any case. */
const keptRevisions = 50
const keptBytes = 64 * 1024 * 1024
/** Of the lock under which the model is written, one writer at a time; any number that nothing else takes. */
const lock = 7_466_001

/** The data model's files and their history. Whether they fit together is for the caller to check, before it writes. */
export function createModelFiles(store: Store) {
  return {
    async list(): Promise<ModelFileRow[]> {
      const rows = await store.client.modelFile.findMany({ omit: { text: true }, orderBy: { path: 'asc' } })
      return rows.map((row) => ({ ...row, updatedAt: iso(row.updatedAt) }))
    },

    async get(path: string): Promise<ModelFileText | null> {
      return store.client.modelFile.findUnique({ where: { path }, omit: { updatedAt: true } })
    },

    /** In one look, so that the files belong together. */
    async snapshot(): Promise<ModelSnapshot> {
      const rows = z.array(snapshotRow).parse(await store.run(snapshot, []))
      const files = rows.flatMap((row) => {
        if (row.path === null) return []
        const { version: _, ...file } = row
        return [file]
      })
      return { version: rows[0]?.version ?? 0, files }
    },

    /** Cheap: whether anything changed since a snapshot. */
    async version(): Promise<number> {
      const [row] = await store.run({ name: 'model-version', text: `SELECT ${version} AS "version"` }, [])
      return versionRow.parse(row).version
    },

    /**
     * Writes files together, or none.
     *
     * @param write.version of the snapshot that the changes were made and checked from
     * @throws DbError `model-conflict` when anything was written meanwhile: read, check and write again
     * @returns the new revision of each, in their order
     */
    async write(write: {
      version: number
      changes: readonly ModelFileChange[]
      by: string
    }): Promise<{ path: string; revision: number }[]> {
      return store.write(async (tx, tell) => {
        await tx.$executeRaw`SELECT pg_advisory_xact_lock(${lock})`
        const [now] = await tx.$queryRawUnsafe<unknown[]>(`SELECT ${version} AS "version"`)
        if (versionRow.parse(now).version !== write.version) throw conflict()
        const written: { path: string; revision: number }[] = []
        // One after another: they are few, and a transaction has one connection.
        for (const change of write.changes) {
          written.push({ path: change.path, revision: await writeOne(tx, change, write.by) })
          tell({ topic: 'model', id: change.path })
        }
        return written
      })
    },

    /** Newest first. */
    async history(path: string): Promise<ModelRevisionRow[]> {
      const rows = await store.client.$queryRaw<unknown[]>`
        SELECT "revision", "text" IS NULL AS "removed", "savedBy", "savedAt" FROM "model_revision"
        WHERE "path" = ${path} ORDER BY "revision" DESC`
      return z
        .array(z.object({ revision: z.number(), removed: z.boolean(), savedBy: z.string(), savedAt: z.date() }))
        .parse(rows)
        .map((row) => ({ ...row, savedAt: iso(row.savedAt) }))
    },

    /** The text that a file had; null when there is no such revision, or when it removed the file. */
    async textOf(path: string, revision: number): Promise<string | null> {
      const row = await store.client.modelRevision.findUnique({ where: { path_revision: { path, revision } } })
      return row?.text ?? null
    },
  }
}

export type ModelFiles = ReturnType<typeof createModelFiles>

const conflict = () =>
  new DbError('model-conflict', 'The model was changed meanwhile.', { fix: 'Read it again and make the change on it.' })

async function writeOne(tx: Transaction, change: ModelFileChange, by: string): Promise<number> {
  const { path, generated } = change
  const newest = await tx.modelRevision.aggregate({ where: { path }, _max: { revision: true } })
  const revision = (newest._max.revision ?? 0) + 1
  // NUL, which PostgreSQL refuses, means nothing in YAML either.
  const text = change.text?.replaceAll('\0', '\uFFFD') ?? null
  if (text === null) await tx.modelFile.deleteMany({ where: { path } })
  else {
    const data = { text, revision, generated, updatedBy: by, updatedAt: new Date() }
    await tx.modelFile.upsert({ where: { path }, create: { path, ...data }, update: data })
  }
  await tx.modelRevision.create({ data: { path, revision, text, savedBy: by } })
  await tx.$executeRaw`
    DELETE FROM "model_revision" WHERE "path" = ${path} AND "revision" IN (
      SELECT "revision" FROM (
        SELECT "revision", row_number() OVER "newest" AS "position", sum(coalesce(octet_length("text"), 0)) OVER "newest" AS "bytes"
        FROM "model_revision" WHERE "path" = ${path} WINDOW "newest" AS (ORDER BY "revision" DESC)
      ) AS "kept" WHERE "revision" < ${revision} AND ("position" > ${keptRevisions} OR "bytes" > ${keptBytes})
    )`
  return revision
}
