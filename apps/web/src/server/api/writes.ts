import { parseStopScope } from '@tenon/actions'
import * as z from 'zod'
import { actorKey, labelOf } from '../actor.ts'
import { procedure, router } from './trpc.ts'

const reason = z.string().trim().min(1, 'Say why: others will ask.').max(400)
const scope = z.string().max(320).default('all')

/** The kill switch, and the glass: the worker reads both right before every call to a target. A person can still revert. */
export const writesRouter = router({
  status: procedure.query(({ ctx }) => ctx.services.db.settings.writesStopped()),

  /** Also those of one connection, target, kind or runbook. */
  stops: procedure.query(async ({ ctx }) =>
    (await ctx.services.db.settings.writeStops()).map((stop) => ({ ...stop, at: new Date(stop.at).toISOString() })),
  ),

  stop: procedure.input(z.object({ reason, scope })).mutation(async ({ ctx, input }) => {
    parseStopScope(input.scope)
    await ctx.services.db.settings.stopWrites(labelOf(ctx.actor), input.reason, input.scope)
    await ctx.services.db.audit.append({
      actor: actorKey(ctx.actor),
      action: 'writes.stop',
      subject: input.scope,
      detail: { reason: input.reason },
    })
  }),

  resume: procedure.input(z.object({ scope }).prefault({})).mutation(async ({ ctx, input }) => {
    await ctx.services.db.settings.resumeWrites(input.scope)
    await ctx.services.db.audit.append({
      actor: actorKey(ctx.actor),
      action: 'writes.resume',
      subject: input.scope,
    })
  }),

  glass: procedure.query(({ ctx }) => ctx.services.db.settings.brokenGlass()),

  /** Lifts blast radius, rates, flaps, freezes and autonomy for at most an hour. Everyone is told. */
  breakGlass: procedure
    .input(z.object({ reason, minutes: z.number().int().min(1).max(60) }))
    .mutation(async ({ ctx, input }) => {
      const { db } = ctx.services
      const by = labelOf(ctx.actor)
      // On record before it counts.
      await db.audit.append({
        actor: actorKey(ctx.actor),
        action: 'writes.break-glass',
        subject: 'writes',
        detail: { reason: input.reason, minutes: input.minutes },
      })
      await db.settings.breakGlass(by, input.reason, input.minutes)
      await db.inbox.post({
        key: `broken-glass/${new Date().toISOString()}`,
        title: `${by} broke the glass for ${input.minutes} min`,
        body: `${input.reason}. Until then blast radius, rates, flaps, freezes and autonomy do not hold actions back. The kill switch, the capacity floor and all of the protocol do.`,
        severity: 'critical',
        link: '/actions',
      })
    }),

  mendGlass: procedure.mutation(async ({ ctx }) => {
    await ctx.services.db.settings.mendGlass()
    await ctx.services.db.audit.append({
      actor: actorKey(ctx.actor),
      action: 'writes.mend-glass',
      subject: 'writes',
    })
  }),
})
