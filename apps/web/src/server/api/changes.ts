import * as z from 'zod'
import { changeView } from '../change-view.ts'
import { procedure, router } from './trpc.ts'

export const changesRouter = router({
  /** Newest first. */
  list: procedure
    .input(z.object({ from: z.iso.datetime({ offset: true }), to: z.iso.datetime({ offset: true }) }))
    .query(async ({ ctx, input }) => {
      const changes = await ctx.services.db.changes.between(Date.parse(input.from), Date.parse(input.to))
      return changes.map(changeView)
    }),
})
