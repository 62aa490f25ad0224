import { freezeCalendar } from '@tenon/actions'
import * as z from 'zod'
import { actorKey, labelOf } from '../actor.ts'
import { procedure, router } from './trpc.ts'

const name = z.string().min(1).max(63)

/** When nothing outside is changed, and the exceptions that two people agree on. */
export const calendarsRouter = router({
  list: procedure.query(async ({ ctx }) => {
    const { freezes } = ctx.services.db
    const [calendars, exceptions] = await Promise.all([freezes.list(), freezes.exceptions()])
    return { calendars, exceptions }
  }),

  save: procedure.input(freezeCalendar).mutation(async ({ ctx, input }) => {
    await ctx.services.db.freezes.save(input, labelOf(ctx.actor))
    await ctx.services.db.audit.append({
      actor: actorKey(ctx.actor),
      action: 'calendars.save',
      subject: input.name,
      detail: { ...input },
    })
  }),

  remove: procedure.input(z.object({ name })).mutation(async ({ ctx, input }) => {
    await ctx.services.db.freezes.remove(input.name)
    await ctx.services.db.audit.append({
      actor: actorKey(ctx.actor),
      action: 'calendars.remove',
      subject: input.name,
    })
  }),

  askException: procedure
    .input(
      z.object({
        calendar: name,
        reason: z.string().trim().min(1, 'Say why: who confirms it has to know.').max(400),
        minutes: z.number().int().min(1).max(240),
      }),
    )
    .mutation(async ({ ctx, input }) => {
      const by = labelOf(ctx.actor)
      const id = await ctx.services.db.freezes.ask({ ...input, by })
      await ctx.services.db.audit.append({
        actor: actorKey(ctx.actor),
        action: 'calendars.askException',
        subject: input.calendar,
        detail: { id, reason: input.reason, minutes: input.minutes },
      })
      return { id }
    }),

  confirmException: procedure.input(z.object({ id: z.uuid() })).mutation(async ({ ctx, input }) => {
    await ctx.services.db.freezes.confirm(input.id, labelOf(ctx.actor))
    await ctx.services.db.audit.append({
      actor: actorKey(ctx.actor),
      action: 'calendars.confirmException',
      subject: input.id,
    })
  }),
})
