import { role } from '@tenon/db'
import * as z from 'zod'
import { actorKey, labelOf } from '../actor.ts'
import { ApiError } from '../errors.ts'
import { procedure, router } from './trpc.ts'

const id = z.string().min(1).max(64)

export const usersRouter = router({
  list: procedure.query(({ ctx }) => ctx.services.db.users.list()),

  /** The link is shown once; whoever opens it sets a name and a password. */
  invite: procedure.input(z.object({ email: z.email().max(320), role })).mutation(async ({ ctx, input }) => {
    const { db, configuration } = ctx.services
    const email = input.email.toLowerCase()
    if ((await db.users.list()).some((user) => user.email === email)) {
      throw new ApiError({
        status: 409,
        code: 'name-taken',
        message: `${email} has an account already.`,
        fix: 'Change its role in the list.',
      })
    }
    const { token } = await db.invitations.invite({ email, role: input.role, invitedBy: labelOf(ctx.actor) })
    await db.audit.append({
      actor: actorKey(ctx.actor),
      action: 'settings.users.invite',
      subject: email,
      detail: { role: input.role },
    })
    return { link: `${configuration.publicUrl}/welcome?token=${encodeURIComponent(token)}` }
  }),

  setRole: procedure.input(z.object({ id, role })).mutation(async ({ ctx, input }) => {
    await ctx.services.db.users.setRole(input.id, input.role)
    await ctx.services.db.audit.append({
      actor: actorKey(ctx.actor),
      action: 'settings.users.setRole',
      subject: input.id,
      detail: { role: input.role },
    })
  }),

  disable: procedure.input(z.object({ id, disabled: z.boolean() })).mutation(async ({ ctx, input }) => {
    await ctx.services.db.users.setDisabled(input.id, input.disabled)
    await ctx.services.db.audit.append({
      actor: actorKey(ctx.actor),
      action: 'settings.users.disable',
      subject: input.id,
      detail: { disabled: input.disabled },
    })
  }),
})
