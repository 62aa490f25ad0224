import * as z from 'zod'
import { actorKey, labelOf } from '../actor.ts'
import { procedure, router } from './trpc.ts'

/** The kill switch: the worker reads it before every apply. Actions in effect still revert. */
export const writesRouter = router({
  status: procedure.query(({ ctx }) => ctx.services.db.settings.writesStopped()),

  stop: procedure
    .input(z.object({ reason: z.string().trim().min(1, 'Say why: others will ask.').max(400) }))
    .mutation(async ({ ctx, input }) => {
      await ctx.services.db.settings.stopWrites(labelOf(ctx.actor), input.reason)
      await ctx.services.db.audit.append({
        actor: actorKey(ctx.actor),
        action: 'writes.stop',
        subject: 'writes',
        detail: { reason: input.reason },
      })
    }),

  resume: procedure.mutation(async ({ ctx }) => {
    await ctx.services.db.settings.resumeWrites()
    await ctx.services.db.audit.append({ actor: actorKey(ctx.actor), action: 'writes.resume', subject: 'writes' })
  }),
})
