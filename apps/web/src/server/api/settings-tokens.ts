import { role } from '@tenon/db'
import * as z from 'zod'
import { actorKey } from '../actor.ts'
import { procedure, router } from './trpc.ts'

const dayMs = 86_400_000

/** API tokens. The token itself is in the answer to `create`, once. */
export const tokensRouter = router({
  list: procedure.query(({ ctx }) => ctx.services.db.tokens.list()),

  create: procedure
    .input(
      z.object({
        name: z.string().trim().min(1, 'Say what it is for.').max(100),
        role,
        /** Days until it ends; null is never. */
        days: z.number().int().min(1).max(366).nullable(),
      }),
    )
    .mutation(async ({ ctx, input }) => {
      const made = await ctx.services.db.tokens.create({
        name: input.name,
        role: input.role,
        userId: ctx.actor.id,
        expiresAt: input.days === null ? null : new Date(Date.now() + input.days * dayMs),
      })
      await ctx.services.db.audit.append({
        actor: actorKey(ctx.actor),
        action: 'settings.tokens.create',
        subject: input.name,
        detail: { role: input.role, id: made.row.id },
      })
      return made
    }),

  revoke: procedure.input(z.object({ id: z.string().max(64) })).mutation(async ({ ctx, input }) => {
    await ctx.services.db.tokens.revoke(input.id)
    await ctx.services.db.audit.append({
      actor: actorKey(ctx.actor),
      action: 'settings.tokens.revoke',
      subject: input.id,
    })
  }),
})
