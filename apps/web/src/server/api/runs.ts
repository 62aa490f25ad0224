import * as z from 'zod'
import { actionView } from '../action-view.ts'
import { actorKey, labelOf } from '../actor.ts'
import { ApiError } from '../errors.ts'
import { startRun } from '../start-run.ts'
import { procedure, router } from './trpc.ts'

const runbookName = z.string().min(1).max(64)
const id = z.string().min(1).max(64)

export const runsRouter = router({
  start: procedure
    .input(
      z.object({
        name: runbookName,
        params: z.record(z.string(), z.unknown()).optional(),
        draftRevision: z.number().int().optional(),
        asOf: z.number().int().optional(),
      }),
    )
    .mutation(async ({ ctx, input }) => {
      const { runId } = await startRun(ctx.services, {
        ...input,
        params: input.params,
        trigger: 'button',
        by: labelOf(ctx.actor),
      })
      await ctx.services.db.audit.append({
        actor: actorKey(ctx.actor),
        action: 'runs.start',
        subject: input.name,
        detail: { runId },
      })
      return { runId }
    }),

  /** Newest first. */
  list: procedure
    .input(
      z.object({
        name: runbookName.optional(),
        before: z.iso.datetime({ offset: true }).optional(),
        limit: z.number().int().min(1).max(200).optional(),
        status: z.enum(['running', 'succeeded', 'failed', 'cancelled', 'timed-out']).optional(),
      }),
    )
    .query(({ ctx, input }) => ctx.services.db.runs.list(input)),

  get: procedure.input(z.object({ id })).query(async ({ ctx, input }) => {
    const { db } = ctx.services
    const run = await db.runs.get(input.id)
    if (!run) {
      throw new ApiError({
        status: 404,
        code: 'unknown-run',
        message: `There is no run ${input.id}.`,
        fix: 'Look at the list of runs; it may have been removed with its runbook.',
      })
    }
    const [steps, approvals, actions] = await Promise.all([
      db.runs.steps(run.id),
      db.approvals.ofRun(run.id),
      db.actions.list({ state: 'all', runId: run.id }),
    ])
    return {
      ...run,
      steps,
      approvals,
      actions: await Promise.all(actions.map(async (action) => actionView(action, await db.actions.events(action.id)))),
    }
  }),

  cancel: procedure
    .input(z.object({ id, reason: z.string().trim().min(1, 'Say why: others will ask.').max(400) }))
    .mutation(async ({ ctx, input }) => {
      await ctx.services.engine.cancelRun(input.id, { by: labelOf(ctx.actor), reason: input.reason })
      await ctx.services.db.audit.append({
        actor: actorKey(ctx.actor),
        action: 'runs.cancel',
        subject: input.id,
        detail: { reason: input.reason },
      })
    }),
})
