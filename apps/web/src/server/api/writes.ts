import { parseStopScope, type StopScope } from '@tenon/actions'
import * as z from 'zod'
import { actorKey, labelOf } from '../actor.ts'
import { assertKnownScope, scopeChoices } from '../stop-scopes.ts'
import { procedure, router } from './trpc.ts'

const reason = z.string().trim().min(1, 'Say why: others will ask.').max(400)
const scope = z.string().max(320).default('all')
const glassLifts =
  'Until then blast radius, rates, flaps, freezes and autonomy do not hold actions back. The kill switch, the capacity floor and all of the protocol do.'

/** The kill switch, and the glass: the worker reads both right before every call to a target. A person can still revert. */
export const writesRouter = router({
  /** What is stopped, newest first; none: writes are allowed. */
  stops: procedure.query(async ({ ctx }) =>
    (await ctx.services.db.settings.writeStops()).map((stop) => ({
      ...stop,
      at: new Date(stop.at).toISOString(),
      holdsFor: holdsFor(stop.scope),
    })),
  ),

  /** What a stop can be narrowed to. */
  scopes: procedure
    .input(z.object({ of: z.enum(['connection', 'target', 'kind', 'runbook']), text: z.string().max(300).default('') }))
    .query(({ ctx, input }) => scopeChoices(ctx.services, input.of, input.text)),

  stop: procedure.input(z.object({ reason, scope })).mutation(async ({ ctx, input }) => {
    await assertKnownScope(ctx.services, parseStopScope(input.scope))
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
      const by = labelOf(ctx.actor)
      await ctx.services.db.settings.breakGlass({
        by,
        actor: actorKey(ctx.actor),
        ...input,
        notice: {
          title: `${by} broke the glass for ${input.minutes} min`,
          body: `${input.reason.replace(/\.$/, '')}. ${glassLifts}`,
          link: '/actions',
        },
      })
    }),

  mendGlass: procedure.mutation(({ ctx }) => ctx.services.db.settings.mendGlass({ actor: actorKey(ctx.actor) })),
})

/** A scope that nobody can read holds for all (packages/actions `stopHolds`). */
function holdsFor(text: string): StopScope {
  try {
    return parseStopScope(text)
  } catch {
    return { of: 'all' }
  }
}
