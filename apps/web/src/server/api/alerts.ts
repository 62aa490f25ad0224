import { triageVerdicts } from '@tenon/analysis'
import { alertLabel } from '@tenon/db'
import * as z from 'zod'
import { actorKey, labelOf } from '../actor.ts'
import { getAlert, labelAlertGroup, listAlertGroups } from '../alert-view.ts'
import { procedure, router } from './trpc.ts'

const key = z.string().min(1).max(300)

/** Alerts in groups of one cause, with what they turned out to be. */
export const alertsRouter = router({
  list: procedure
    .input(
      z.object({
        state: z.enum(['open', 'closed']).optional(),
        verdict: z.enum(triageVerdicts).optional(),
        text: z.string().trim().max(200).optional(),
        entity: z.string().max(200).optional(),
        limit: z.number().int().min(1).max(200).default(50),
        cursor: key.optional(),
      }),
    )
    .query(({ ctx, input }) => listAlertGroups(ctx.services, input)),

  get: procedure.input(z.object({ id: key })).query(({ ctx, input }) => getAlert(ctx.services, input.id)),

  label: procedure
    .input(z.object({ key, label: alertLabel.nullable() }))
    .mutation(({ ctx, input }) => labelAlertGroup(ctx.services, { ...input, actor: ctx.actor })),

  precision: procedure.query(({ ctx }) => ctx.services.db.alerts.precision()),

  settings: procedure.query(async ({ ctx }) => {
    const suppression = await ctx.services.db.settings.alertSuppression()
    return { suppression, sources: await ctx.services.db.alertSources.list() }
  }),

  setSuppression: procedure.input(z.object({ on: z.boolean() })).mutation(async ({ ctx, input }) => {
    const { on } = input
    await ctx.services.db.settings.setAlertSuppression(on, labelOf(ctx.actor))
    const action = on ? 'alerts.suppression-on' : 'alerts.suppression-off'
    await ctx.services.db.audit.append({ actor: actorKey(ctx.actor), action, subject: 'alerts' })
  }),
})
