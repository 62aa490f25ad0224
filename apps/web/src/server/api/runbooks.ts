import { migrateDocument, nodes } from '@tenon/activities'
import type { RunbookRow, TriggerRow } from '@tenon/db'
import { nextFires, parseRunbook, type Parameter } from '@tenon/runbook'
import * as z from 'zod'
import { actorKey, labelOf } from '../actor.ts'
import { compareVersions, versionReference } from '../compare-versions.ts'
import { diagnosingRunbooks } from '../diagnosis/candidates.ts'
import { draftDiffers } from '../draft-differs.ts'
import { defaultEnvironment, environmentName } from '../environments.ts'
import { ApiError } from '../errors.ts'
import { exportRunbook } from '../export-runbook.ts'
import { documentInvalid, makeVersionLive, publishRunbook } from '../publish-runbook.ts'
import { hasSchedules, syncSoon } from '../schedule-sync.ts'
import { isSchedule } from '../schedules.ts'
import type { Services } from '../services.ts'
import { procedure, router } from './trpc.ts'

const name = z.string().min(1).max(64)
/** A little more than the compiler takes, so that it is the one who refuses, with a place. */
const source = z.string().max(600_000)
const environment = environmentName.default(defaultEnvironment)
const versionNumber = z.number().int().min(1)

/** Drafts, versions, and which of them are live where. */
export const runbooksRouter = router({
  list: procedure.query(async ({ ctx }) => {
    const { db } = ctx.services
    const rows = await db.runbooks.list()
    const [newest, candidates] = await Promise.all([db.runs.newestOf(rows.map(({ id }) => id)), diagnosingRunbooks(db)])
    const diagnosing = new Set(candidates.map((one) => one.name))
    return Promise.all(
      rows.map(async (row) => ({
        ...row,
        schedules: schedulesOf(row.triggers),
        lastRun: newest.get(row.id) ?? null,
        diagnoses: diagnosing.has(row.name),
        draftDiffers: await draftDiffers(db, row),
      })),
    )
  }),

  get: procedure.input(z.object({ name })).query(async ({ ctx, input }) => {
    const { db } = ctx.services
    const row = await existing(ctx.services, input.name)
    const [draft, versions, environments] = await Promise.all([
      db.runbooks.draft(row.name),
      db.runbooks.versions(row.name),
      db.settings.environments(),
    ])
    const { document, problems } = await check(ctx.services, draft.source)
    return {
      ...row,
      draft,
      document,
      problems,
      versions,
      environments,
      schedules: schedulesOf(row.triggers),
      params: document?.params ?? ({} as Record<string, Parameter>),
    }
  }),

  /** Runbooks that ship, with their texts: to begin a new one with. */
  templates: procedure.query(({ ctx }) => ctx.services.templates()),

  /** What the compiler says of a text; nothing is saved. */
  check: procedure.input(z.object({ source })).query(({ ctx, input }) => check(ctx.services, input.source)),

  /** The text with its steps brought to the newest node versions that lead on from theirs; nothing is saved. */
  upgrade: procedure.input(z.object({ source })).query(({ input }) => {
    const { document, problems } = parseRunbook(input.source)
    if (!document) throw documentInvalid(problems)
    return migrateDocument(document, nodes)
  }),

  create: procedure.input(z.object({ source })).mutation(async ({ ctx, input }) => {
    const { document, problems } = parseRunbook(input.source)
    if (!document) throw documentInvalid(problems)
    const by = labelOf(ctx.actor)
    await ctx.services.db.runbooks.create({ name: document.name, title: document.title, source: input.source, by })
    await audit(ctx, 'runbooks.create', document.name)
    return { name: document.name }
  }),

  /** A stale save is refused with the newer draft; who saves has the text that both began with, and merges the three. */
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

  publish: procedure
    .input(z.object({ name, revision: z.number().int(), environment, note: z.string().trim().max(500).default('') }))
    .mutation(({ ctx, input }) => publishRunbook(ctx.services, { ...input, actor: ctx.actor })),

  /** Makes a version live that exists: an older one, or one that is live elsewhere. */
  rollback: procedure
    .input(z.object({ name, version: versionNumber, environment }))
    .mutation(({ ctx, input }) => makeVersionLive(ctx.services, { ...input, actor: ctx.actor })),

  /** A version with its text. */
  version: procedure.input(z.object({ name, number: versionNumber })).query(async ({ ctx, input }) => {
    const { plan: _, ...version } = await ctx.services.db.runbooks.version(input.name, input.number)
    return version
  }),

  /** As a project of code: a version, a text that is not saved yet, or the draft. */
  export: procedure
    .input(z.object({ name, version: versionNumber.optional(), source: source.optional() }))
    .mutation(({ ctx, input }) => exportRunbook(ctx.services, input)),

  /** What differs between two versions, the draft, or what is live. */
  diff: procedure
    .input(z.object({ name, from: versionReference, to: versionReference, environment }))
    .query(({ ctx, input }) => compareVersions(ctx.services, input)),

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
    const scheduled = await hasSchedules(ctx.services, row.name)
    await ctx.services.db.runbooks.delete(input.name)
    await audit(ctx, 'runbooks.delete', input.name)
    return { warning: scheduled ? await syncSoon(ctx.services, row.name) : null }
  }),
})

type Context = Parameters<Parameters<typeof procedure.query>[0]>[0]['ctx']

function audit({ services, actor }: Context, action: string, subject: string) {
  return services.db.audit.append({ actor: actorKey(actor), action, subject })
}

async function check({ compile }: Pick<Services, 'compile'>, text: string) {
  const compiled = await compile(text)
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

/** Worked out here, not asked of Temporal: lists must show, and fast, although it is away. */
function schedulesOf(triggers: readonly TriggerRow[]) {
  return triggers.filter(isSchedule).map(({ name: trigger, environment: where, paused, pausedReason, content }) => {
    const [next] = paused ? [] : nextFires(content, { after: Date.now(), count: 1 })
    return {
      trigger,
      environment: where,
      paused,
      pausedReason,
      next: next === undefined ? null : new Date(next).toISOString(),
    }
  })
}
