import * as z from 'zod'
import { backtestView, cancelBacktest, headView, startBacktest } from '../backtests.ts'
import { givenCases } from '../rest/backtests/backtests.ts'
import { procedure, router } from './trpc.ts'

const id = z.string().min(1).max(64)
const runbook = z.string().min(1).max(64)

/** A runbook over moments of the past. */
export const backtestsRouter = router({
  list: procedure
    .input(z.object({ runbook }))
    .query(async ({ ctx, input }) =>
      (await ctx.services.db.backtests.list(input.runbook)).map((row) => headView(ctx.services, row)),
    ),

  get: procedure.input(z.object({ id })).query(({ ctx, input }) => backtestView(ctx.services, input.id)),

  start: procedure
    .input(
      z.object({
        runbook,
        draft: z.boolean().optional(),
        version: z.number().int().min(1).optional(),
        cases: givenCases,
      }),
    )
    .mutation(async ({ ctx, input }) => ({ id: await startBacktest(ctx.services, { ...input, actor: ctx.actor }) })),

  cancel: procedure
    .input(z.object({ id }))
    .mutation(({ ctx, input }) => cancelBacktest(ctx.services, { id: input.id, actor: ctx.actor })),

  /** What people say that a case was. */
  label: procedure
    .input(z.object({ id, position: z.number().int().min(0), label: z.enum(['normal', 'abnormal']).nullable() }))
    .mutation(({ ctx, input }) => ctx.services.db.backtests.label(input.id, input.position, input.label)),
})
