import { actionKind, actionPolicy, autonomyLevel } from '@tenon/actions'
import * as z from 'zod'
import { autonomyView, grantAutonomy, setActionPolicy } from '../action-rules.ts'
import { procedure, router } from './trpc.ts'

/** What actions may do, and how far each runbook is trusted. */
export const actionRulesRouter = router({
  get: procedure.query(async ({ ctx }) => {
    const { actionRules } = ctx.services.db
    return { policy: await actionRules.policy(), autonomies: (await actionRules.autonomies()).map(autonomyView) }
  }),

  setPolicy: procedure
    .input(z.object({ policy: actionPolicy }))
    .mutation(({ ctx, input }) => setActionPolicy(ctx.services, { ...input, actor: ctx.actor })),

  grant: procedure
    .input(
      z.object({
        runbook: z.string().min(1).max(200),
        kind: actionKind,
        level: autonomyLevel,
        reason: z.string().trim().min(1, 'Say why: others will ask.').max(400),
      }),
    )
    .mutation(({ ctx, input }) => grantAutonomy(ctx.services, { ...input, actor: ctx.actor })),
})
