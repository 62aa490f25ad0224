import { publishDraft, type RunbookRow } from '@tenon/db'
import { parseRunbook, type Parameter } from '@tenon/runbook'
import * as z from 'zod'
import { actorKey, labelOf } from '../actor.ts'
import { ApiError, problemOf } from '../errors.ts'
import { syncSchedule } from '../schedules.ts'
import type { Services } from '../services.ts'
import { procedure, router } from './trpc.ts'

const name = z.string().min(1).max(64)
/** A little more than the compiler takes, so that it is the one who refuses, with a place. */
const source = z.string().max(600_000)

/** Drafts, published versions and schedules. */
export const runbooksRouter = router({
  list: procedure.query(async ({ ctx }) => {
    const { db } = ctx.services
    const rows = await db.runbooks.list()
    const newest = await db.runs.newestOf(rows.map(({ id }) => id))
    return Promise.all(
      rows.map(async (row) => ({
        ...row,
        nextFiring: await nextFiring(ctx.services, row),
        lastRun: newest.get(row.id) ?? null,
        diagnoses: await diagnoses(ctx.services, row),
      })),
    )
  }),

  get: procedure.input(z.object({ name })).query(async ({ ctx, input }) => {
    const { db } = ctx.services
    const row = await existing(ctx.services, input.name)
    const [draft, versions] = await Promise.all([db.runbooks.draft(row.name), db.runbooks.versions(row.name)])
    const { document, problems } = check(ctx.services, draft.source)
    const published = row.publishedVersion === null ? null : await db.runbooks.version(row.name, row.publishedVersion)
    return {
      ...row,
      draft,
      document,
      problems,
      versions,
      publishedSource: published?.source ?? null,
      nextFiring: await nextFiring(ctx.services, row),
      params: document?.params ?? ({} as Record<string, Parameter>),
    }
  }),

  /** What the compiler says of a text; nothing is saved. */
  check: procedure.input(z.object({ source })).query(({ ctx, input }) => check(ctx.services, input.source)),

  create: procedure.input(z.object({ source })).mutation(async ({ ctx, input }) => {
    const { document, problems } = parseRunbook(input.source)
    if (!document) throw invalid(problems)
    const by = labelOf(ctx.actor)
    await ctx.services.db.runbooks.create({ name: document.name, title: document.title, source: input.source, by })
    await audit(ctx, 'runbooks.create', document.name)
    return { name: document.name }
  }),

  saveDraft: procedure
    .input(z.object({ name, baseRevision: z.number().int().min(0), source }))
    .mutation(async ({ ctx, input }) => {
      const title = parseRunbook(input.source).document?.title
      const by = labelOf(ctx.actor)
      const { revision, savedAt } = await ctx.services.db.runbooks.saveDraft({
        ...input,
        by,
        ...(title === undefined ? {} : { title }),
      })
      return { revision, savedAt }
    }),

  publish: procedure.input(z.object({ name, revision: z.number().int() })).mutation(async ({ ctx, input }) => {
    const { db, compile } = ctx.services
    const made = await publishDraft(db, { ...input, by: labelOf(ctx.actor) }, compile)
    if (!made.ok) throw invalid(made.problems)
    await audit(ctx, 'runbooks.publish', input.name, { version: made.version, planHash: made.planHash })
    await syncOrSay(ctx.services, made.runbookId, `Version ${made.version} is published`)
    return { version: made.version, planHash: made.planHash }
  }),

  rollback: procedure.input(z.object({ name, version: z.number().int().min(1) })).mutation(async ({ ctx, input }) => {
    const { db } = ctx.services
    const { source: old } = await db.runbooks.version(input.name, input.version)
    // Not compiled: what the node types of today say of an older version must not cost it its schedule.
    const schedule = parseRunbook(old).document?.schedule ?? null
    const { runbookId } = await db.runbooks.rollback(input.name, input.version, schedule)
    await audit(ctx, 'runbooks.rollback', input.name, { version: input.version })
    await syncOrSay(ctx.services, runbookId, `Version ${input.version} is published`)
    return { version: input.version }
  }),

  setSchedulePaused: procedure.input(z.object({ name, paused: z.boolean() })).mutation(async ({ ctx, input }) => {
    const { runbookId } = await ctx.services.db.runbooks.setSchedulePaused(input.name, input.paused)
    await audit(ctx, 'runbooks.setSchedulePaused', input.name, { paused: input.paused })
    await syncOrSay(ctx.services, runbookId, input.paused ? 'The pause is saved' : 'The end of the pause is saved')
  }),

  delete: procedure.input(z.object({ name })).mutation(async ({ ctx, input }) => {
    const row = await existing(ctx.services, input.name)
    // Their workflows would go on, and act, where nobody sees them.
    const running = await ctx.services.db.runs.list({ name: row.name, status: 'running', limit: 1 })
    if (running.length > 0) {
      throw new ApiError({
        status: 409,
        code: 'runs-going-on',
        message: `"${row.title}" cannot be deleted while a run of it goes on.`,
        fix: 'Wait until it has ended, or cancel it.',
      })
    }
    // The schedule first: one that fires for a runbook that is gone would fail for ever.
    await ctx.services.engine.removeSchedule(row.id)
    await ctx.services.db.runbooks.delete(input.name)
    await audit(ctx, 'runbooks.delete', input.name)
  }),
})

type Context = Parameters<Parameters<typeof procedure.query>[0]>[0]['ctx']

function audit({ services, actor }: Context, action: string, subject: string, detail?: Record<string, unknown>) {
  return services.db.audit.append({ actor: actorKey(actor), action, subject, ...(detail ? { detail } : {}) })
}

/** What was saved stays saved when Temporal cannot be told; it is told again at the next start. */
async function syncOrSay(services: Services, runbookId: string, done: string): Promise<void> {
  try {
    await syncSchedule(services, runbookId)
  } catch (cause) {
    const { message, ...problem } = problemOf(cause)
    throw new ApiError({ ...problem, message: `${done}, but its schedule could not be changed: ${message}` }, { cause })
  }
}

function check({ compile }: Pick<Services, 'compile'>, text: string) {
  const compiled = compile(text)
  const document = compiled.ok ? compiled.document : parseRunbook(text).document
  return { document, problems: compiled.problems }
}

async function existing({ db }: Pick<Services, 'db'>, wanted: string): Promise<RunbookRow> {
  const row = await db.runbooks.get(wanted)
  if (row) return row
  throw new ApiError({
    status: 404,
    code: 'unknown-runbook',
    message: `There is no runbook "${wanted}".`,
    fix: 'Look at the list of runbooks; names are case-sensitive.',
  })
}

/** Lists must show although Temporal is away: then the next firing is not known. */
async function nextFiring({ engine }: Pick<Services, 'engine'>, row: RunbookRow): Promise<string | null> {
  if (!row.schedule || row.schedule.paused || row.publishedVersion === null) return null
  return engine.nextFiring(row.id).catch(() => null)
}

/** Whether "Diagnose" can run it: its published version takes a chain. */
async function diagnoses({ db }: Pick<Services, 'db'>, row: RunbookRow): Promise<boolean> {
  const published = row.publishedVersion === null ? null : await db.runbooks.published(row.name)
  return Object.values(published?.plan.params ?? {}).some(({ type }) => type === 'chain')
}

function invalid(problems: ReturnType<typeof parseRunbook>['problems']): ApiError {
  const first = problems.find(({ severity }) => severity === 'error') ?? problems[0]
  return new ApiError({
    status: 422,
    code: 'document-invalid',
    message: first?.message ?? 'The document has problems.',
    fix: first?.fix ?? 'Correct the problems that the editor shows.',
    detail: { problems },
  })
}
