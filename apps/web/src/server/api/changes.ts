import * as z from 'zod'
import { changeView } from '../change-view.ts'
import { isoTime } from '../iso-time.ts'
import { procedure, router } from './trpc.ts'

export const changesRouter = router({
  /** Newest first. */
  list: procedure.input(z.object({ from: isoTime, to: isoTime })).query(async ({ ctx, input }) => {
    const changes = await ctx.services.db.changes.between(Date.parse(input.from), Date.parse(input.to))
    return changes.map(changeView)
  }),
})
