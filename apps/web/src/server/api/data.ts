import * as z from 'zod'
import { procedure, router } from './trpc.ts'

const label = z.string().max(200)
const time = z.number().int().nonnegative()

/** The three calls on the semantic model: charts open as their query, pickers and forms read what exists. */
export const dataRouter = router({
  query: procedure
    .input(
      z
        .object({
          measure: label,
          where: z.record(label, z.union([label, z.array(label).max(100)])).optional(),
          groupBy: z.array(label).max(5).optional(),
          from: time,
          to: time,
          stepSeconds: z.number().int().min(1).max(86_400),
          asOf: time.optional(),
        })
        .refine(({ from, to }) => from < to, { path: ['to'], message: 'It must be after "from".' }),
    )
    .query(async ({ ctx, input }) => {
      const data = await ctx.services.data()
      return data.data({ ...input, asOf: input.asOf ?? Date.now() })
    }),

  entities: procedure
    .input(z.object({ kind: label.optional(), id: label.optional(), where: z.record(label, label).optional() }))
    .query(async ({ ctx, input }) => (await ctx.services.data()).entity(input)),

  relations: procedure
    .input(
      z.object({
        entity: label,
        direction: z.enum(['upstream', 'downstream', 'both']),
        depth: z.number().int().min(1).max(10).optional(),
      }),
    )
    .query(async ({ ctx, input }) => (await ctx.services.data()).relation(input)),
})
