import type { Plan, Problem, RunbookDocument } from '@tenon/runbook'
import type { Database } from './database.ts'

/** What a runbook's text compiles to. */
export type Compiled =
  | { ok: true; document: RunbookDocument; plan: Plan; problems: Problem[] }
  | { ok: false; problems: Problem[] }

/** The compiler of packages/runbook, bound to a catalogue of node types. */
export type Compile = (source: string) => Compiled | Promise<Compiled>

export type Published =
  | { ok: true; runbookId: string; version: number; planHash: string; triggers: RunbookDocument['triggers'] }
  | { ok: false; problems: Problem[] }

/**
 * Publishes a draft: compiles it, makes an immutable version and points to it. Nothing is saved when it does not compile. The caller then tells
 * Temporal about its schedules, which are kept in the database as well, so that a crash in between is repaired at the next start.
 *
 * @throws DbError `draft-conflict` when the draft is not at `revision` any more; `unknown-runbook`.
 */
export async function publishDraft(
  db: Pick<Database, 'runbooks'>,
  draft: { name: string; revision: number; by: string; note?: string; environment?: string },
  compile: Compile,
): Promise<Published> {
  const { source } = await db.runbooks.draft(draft.name)
  const compiled = await compile(source)
  if (!compiled.ok) return compiled
  const { document, plan } = compiled
  if (document.name !== draft.name) return { ok: false, problems: [renamed(draft.name, document.name)] }
  const made = await db.runbooks.publish({
    ...draft,
    title: document.title,
    source,
    plan,
    triggers: document.triggers,
  })
  return { ok: true, ...made, triggers: document.triggers }
}

/**
 * Publishes a runbook that comes with the product or a pack. One that exists is left as people made it, unless nobody but the seed ever saved it.
 *
 * @returns `unchanged` when there was nothing to do.
 */
export async function seedRunbook(
  db: Pick<Database, 'runbooks'>,
  seed: { source: string; by: string },
  compile: Compile,
): Promise<Published | { ok: true; unchanged: true }> {
  const compiled = await compile(seed.source)
  if (!compiled.ok) return compiled
  const { name, title } = compiled.document
  const existing = await db.runbooks.get(name)
  if (!existing) {
    await db.runbooks.create({ name, title, source: seed.source, by: seed.by })
    return publishDraft(db, { name, revision: 1, by: seed.by }, compile)
  }
  const draft = await db.runbooks.draft(name)
  if (draft.savedBy !== seed.by || (draft.source === seed.source && existing.publishedVersion !== null)) {
    return { ok: true, unchanged: true }
  }
  const saved = await db.runbooks.saveDraft({
    name,
    title,
    baseRevision: draft.revision,
    source: seed.source,
    by: seed.by,
  })
  return publishDraft(db, { name, revision: saved.revision, by: seed.by }, compile)
}

/** Addresses, schedules and API callers use the name. */
function renamed(is: string, wanted: string): Problem {
  return {
    code: 'name-changed',
    severity: 'error',
    message: `This runbook is named "${is}"; its document says "${wanted}".`,
    fix: `Write "name: ${is}", or make a new runbook named "${wanted}".`,
    path: ['name'],
  }
}
