import { catalogueKinds, deepestHit } from '@tenon/data'
import { createRunScope } from '@tenon/data'
import * as z from 'zod'
import { actorKey } from '../actor.ts'
import { entityView } from '../data/entity-view.ts'
import { serviceView } from '../data/service-view.ts'
import { computeProcedures } from './compute.ts'
import { procedure, router } from './trpc.ts'

const label = z.string().max(200)
const time = z.number().int().nonnegative()

/** The catalogue and the three calls on the semantic model: charts open as their query, pickers and pages search what exists. */
export const dataRouter = router({
  /** By meaning: "success rate payment zone A". An empty text lists everything. */
  search: procedure
    .input(
      z.object({
        text: z.string().max(200),
        kinds: z.array(z.enum(catalogueKinds)).min(1).optional(),
        source: label.optional(),
        entityKind: label.optional(),
        limit: z.number().int().min(1).max(200).default(50),
        offset: z.number().int().min(0).max(deepestHit).default(0),
      }),
    )
    .query(async ({ ctx, input }) => {
      const { model } = await ctx.services.data()
      return ctx.services.dataCatalogue.search(model, input)
    }),

  service: procedure.input(z.object({ ref: label })).query(({ ctx, input }) => serviceView(ctx.services, input.ref)),

  entityPage: procedure.input(z.object({ id: label })).query(({ ctx, input }) => entityView(ctx.services, input.id)),

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
    .query(async ({ ctx, input, signal = null }) => {
      const data = await ctx.services.data()
      // Each question has what a run has; whoever asks many waits in turns with others.
      const scope = createRunScope(ctx.actor === null ? 'nobody' : actorKey(ctx.actor))
      return data.data({ ...input, asOf: input.asOf ?? Date.now() }, { scope, signal })
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

  ...computeProcedures,
})
