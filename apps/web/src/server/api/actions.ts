import { ActionError } from '@tenon/actions'
import * as z from 'zod'
import { actionView, type ActionView } from '../action-view.ts'
import { actorKey, labelOf } from '../actor.ts'
import type { Services } from '../services.ts'
import { procedure, router } from './trpc.ts'

const id = z.uuid()

/** The ledger, and the two things that people do with an action in effect. Both go through its lease workflow. */
export const actionsRouter = router({
  list: procedure.input(z.object({ state: z.enum(['in-effect', 'all']) })).query(async ({ ctx, input }) => {
    const { actions } = ctx.services.db
    const rows = input.state === 'in-effect' ? await actions.inEffect() : await actions.list({ state: 'all' })
    return Promise.all(rows.map(async (row) => actionView(row, await actions.events(row.id))))
  }),

  get: procedure.input(z.object({ id })).query(({ ctx, input }) => view(ctx.services, input.id)),

  revert: procedure.input(z.object({ id })).mutation(async ({ ctx, input }) => {
    const by = labelOf(ctx.actor)
    const action = await view(ctx.services, input.id)
    await ctx.services.engine.revertAction(input.id, { by })
    await ctx.services.db.audit.append({ actor: actorKey(ctx.actor), action: 'actions.revert', subject: action.title })
    return view(ctx.services, input.id)
  }),

  renew: procedure
    .input(
      z.object({
        id,
        minutes: z
          .number()
          .int()
          .min(1)
          .max(24 * 60),
      }),
    )
    .mutation(async ({ ctx, input }) => {
      const action = await view(ctx.services, input.id)
      await ctx.services.engine.renewLease(input.id, { by: labelOf(ctx.actor), seconds: input.minutes * 60 })
      await ctx.services.db.audit.append({
        actor: actorKey(ctx.actor),
        action: 'actions.renew',
        subject: action.title,
        detail: { minutes: input.minutes },
      })
      return view(ctx.services, input.id)
    }),
})

async function view(services: Services, actionId: string): Promise<ActionView> {
  const action = await services.db.actions.get(actionId)
  if (action) return actionView(action, await services.db.actions.events(actionId))
  throw new ActionError('unknown-action', `There is no action ${actionId}.`, { fix: 'Load the list of actions again.' })
}
