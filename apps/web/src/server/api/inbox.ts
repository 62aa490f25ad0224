import * as z from 'zod'
import { labelOf } from '../actor.ts'
import { procedure, router } from './trpc.ts'

export const inboxRouter = router({
  list: procedure.query(({ ctx }) => ctx.services.db.inbox.list()),
  /** How many, for the rail of every page. */
  unread: procedure.query(({ ctx }) => ctx.services.db.inbox.unread()),

  markRead: procedure
    .input(z.object({ id: z.string().max(64) }))
    .mutation(({ ctx, input }) => ctx.services.db.inbox.markRead(input.id, labelOf(ctx.actor))),
})
