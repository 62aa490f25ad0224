import { newBreaker } from '@tenon/actions'
import * as z from 'zod'
import { actorKey } from '../actor.ts'
import { breakerView } from '../breaker-view.ts'
import { startBreaker } from '../start-breaker.ts'
import { watchedMeasures } from '../watched-measures.ts'
import { procedure, router } from './trpc.ts'

/** What load tests and drills must not break. */
export const breakersRouter = router({
  /** Newest first. */
  list: procedure.query(async ({ ctx }) => (await ctx.services.db.breakers.list()).map(breakerView)),

  /** Actions in effect with bounds, and what all measures that are watched read now. */
  watched: procedure.query(({ ctx }) => watchedMeasures(ctx.services)),

  /** Where a breach can be posted: names of webhook connections. */
  webhooks: procedure.query(async ({ ctx }) =>
    (await ctx.services.db.connections.list()).filter(({ kind }) => kind === 'webhook').map(({ name }) => name),
  ),

  start: procedure
    .input(newBreaker)
    .mutation(async ({ ctx, input }) => breakerView(await startBreaker(ctx.services, input, ctx.actor))),

  /** Ends one that watches; nothing is done about its bounds from then on. */
  end: procedure
    .input(z.object({ id: z.string() }))
    .mutation(async ({ ctx, input }) =>
      breakerView(await ctx.services.db.breakers.end(input.id, { actor: actorKey(ctx.actor) })),
    ),
})
