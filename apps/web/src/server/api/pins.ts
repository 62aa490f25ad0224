import * as z from 'zod'
import { actorKey, labelOf } from '../actor.ts'
import { ApiError } from '../errors.ts'
import { procedure, router } from './trpc.ts'

const name = z.string().min(1).max(64)
const stepId = z.string().regex(/^[a-z][a-z0-9_]{0,62}$/, 'Only steps outside of loops can be pinned.')

/** Results that runs of a draft take as they are, instead of running their steps. Live versions never do. */
export const pinsRouter = router({
  list: procedure.input(z.object({ name })).query(async ({ ctx, input }) => {
    const pins = await ctx.services.db.pins.list(input.name)
    return pins.map(({ stepId: step, result, pinnedBy, pinnedAt }) => ({
      stepId: step,
      outcome: result.outcome,
      summary: result.summary,
      pinnedBy,
      pinnedAt,
    }))
  }),

  /** Pins what the step gave in this run. */
  set: procedure
    .input(z.object({ name, stepId, runId: z.string().min(1).max(64) }))
    .mutation(async ({ ctx, input }) => {
      const { db } = ctx.services
      const run = await db.runs.get(input.runId)
      const steps = run?.runbook.name === input.name ? await db.runs.steps(run.id) : []
      const step = steps.find((one) => one.stepId === input.stepId)
      if (step?.status !== 'done' || step.outcome === null) {
        throw new ApiError({
          status: 409,
          code: 'nothing-to-pin',
          message: `"${input.stepId}" gave no result in this run.`,
          fix: 'Pin it from a run in which it is done.',
        })
      }
      const { outcome, output, summary, verdict, evidence, hypotheses } = step
      await db.pins.set({
        name: input.name,
        stepId: input.stepId,
        result: { outcome, output, summary: summary ?? '', ...(verdict ? { verdict } : {}), evidence, hypotheses },
        by: labelOf(ctx.actor),
      })
      await db.audit.append({
        actor: actorKey(ctx.actor),
        action: 'pins.set',
        subject: `${input.name}/${input.stepId}`,
        detail: { runId: input.runId },
      })
    }),

  remove: procedure.input(z.object({ name, stepId })).mutation(async ({ ctx, input }) => {
    await ctx.services.db.pins.remove(input.name, input.stepId)
    await ctx.services.db.audit.append({
      actor: actorKey(ctx.actor),
      action: 'pins.remove',
      subject: `${input.name}/${input.stepId}`,
      detail: {},
    })
  }),
})
