import * as z from 'zod'
import { computeFor, computeRequest, keptFor } from '../data/compute.ts'
import { procedure } from './trpc.ts'

/** Dynamic compute, a part of `data`. A mutation, since it may keep its answer and takes a while. */
export const computeProcedures = {
  compute: procedure
    .input(computeRequest)
    .mutation(({ ctx, input, signal = null }) => computeFor(ctx.services, ctx.actor, { request: input, signal })),

  kept: procedure
    .input(z.object({ id: z.string().max(100) }))
    .query(({ ctx, input }) => keptFor(ctx.services, input.id)),
}
