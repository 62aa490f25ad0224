import * as z from 'zod'
import { actorKey, labelOf } from '../actor.ts'
import { environmentName, saveEnvironments } from '../environments.ts'
import { procedure, router } from './trpc.ts'

/** Where versions can be live. */
export const environmentsRouter = router({
  list: procedure.query(({ ctx }) => ctx.services.db.settings.environments()),

  save: procedure
    .input(z.object({ names: z.array(environmentName).min(1).max(20) }))
    .mutation(async ({ ctx, input }) => {
      const names = await saveEnvironments(ctx.services, { names: input.names, by: labelOf(ctx.actor) })
      await ctx.services.db.audit.append({
        actor: actorKey(ctx.actor),
        action: 'environments.save',
        subject: 'environments',
        detail: { names },
      })
      return names
    }),
})
