import * as z from 'zod'
import { runSourceTests, saveRunAsTest } from '../test-of-run.ts'
import { procedure, router } from './trpc.ts'

/** Tests of a runbook's document. */
export const testsRouter = router({
  /** Runs the tests of a text, saved or not. */
  run: procedure
    .input(z.object({ source: z.string().max(600_000) }))
    .mutation(({ ctx, input }) => runSourceTests(ctx.services, input.source)),

  /** Adds a recorded run to the draft of its runbook. */
  addRun: procedure
    .input(z.object({ id: z.string().min(1).max(64) }))
    .mutation(({ ctx, input }) => saveRunAsTest(ctx.services, { id: input.id, actor: ctx.actor })),
})
