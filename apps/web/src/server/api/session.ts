import * as z from 'zod'
import { passwordLength } from '../auth.ts'
import { openProcedure, procedure, router } from './trpc.ts'

const password = z.string().min(passwordLength.min, 'Use at least 10 characters.').max(passwordLength.max)

/** Who is signed in, and the one-time links of /welcome. Sign-in with a password is better-auth's own endpoint. */
export const sessionRouter = router({
  me: openProcedure.query(({ ctx }) => {
    if (!ctx.actor) return null
    const { id, name, email, role } = ctx.actor
    return { id, name, email, role }
  }),

  /** What a link is for, without using it. */
  link: openProcedure.input(z.object({ token: z.string().max(200) })).query(async ({ ctx, input }) => {
    const { kind, email, role } = await ctx.services.db.invitations.look(input.token)
    return { kind, email, role, needsPassword: kind === 'invite' }
  }),

  /** Uses a link up and signs in; the session's cookie is in the answer. */
  claimLink: openProcedure
    .input(
      z.object({
        token: z.string().max(200),
        name: z.string().trim().min(1).max(100).optional(),
        email: z.email().max(320).optional(),
        password: password.optional(),
      }),
    )
    .mutation(async ({ ctx, input }) => {
      const { user, cookies } = await ctx.services.auth.claimLink(input, ctx.headers)
      for (const cookie of cookies) ctx.answerHeaders.append('set-cookie', cookie)
      await ctx.services.db.audit.append({ actor: `user:${user.id}`, action: 'session.claimLink', subject: user.email })
      return user
    }),

  /** The first admin comes by a link and sets a password later; others change theirs, and must know it. */
  setPassword: procedure
    .input(z.object({ password, current: z.string().max(128).optional() }))
    .mutation(async ({ ctx, input }) => {
      await ctx.services.auth.setPassword(ctx.actor.id, input, ctx.headers)
      await ctx.services.db.audit.append({
        actor: `user:${ctx.actor.id}`,
        action: 'session.setPassword',
        subject: ctx.actor.email,
      })
    }),
})
