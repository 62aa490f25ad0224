import * as z from 'zod'
import { createView, deleteView, getView, grafanaOf } from '../views.ts'
import { procedure, router } from './trpc.ts'

const label = z.string().max(200)
const time = z.number().int().nonnegative()
const id = z.string().min(1).max(64)

/** Frozen views of chosen series. */
export const viewsRouter = router({
  create: procedure
    .input(
      z
        .object({
          title: z.string().trim().min(1).max(200),
          series: z
            .array(
              z.object({
                measure: label,
                where: z.record(label, z.union([label, z.array(label).max(100)])).default({}),
                groupBy: z.array(label).max(5).optional(),
              }),
            )
            .min(1)
            .max(200),
          from: time,
          to: time,
          stepSeconds: z.number().int().min(1).max(86_400),
          expiresInDays: z.number().int().min(1).max(366).default(30),
        })
        .refine(({ from, to }) => from < to, { path: ['to'], message: 'It must be after "from".' }),
    )
    .mutation(({ ctx, input, signal }) =>
      createView(ctx.services, { ...input, actor: ctx.actor, ...(signal ? { signal } : {}) }),
    ),

  get: procedure.input(z.object({ id })).query(({ ctx, input }) => getView(ctx.services, input.id)),

  list: procedure.query(({ ctx }) => ctx.services.db.views.list()),

  delete: procedure.input(z.object({ id })).mutation(async ({ ctx, input }) => {
    await deleteView(ctx.services, { ...input, actor: ctx.actor })
  }),

  /** Dashboard JSON, for Grafana's "Import". */
  grafana: procedure.input(z.object({ id })).query(({ ctx, input }) => grafanaOf(ctx.services, input.id)),
})
