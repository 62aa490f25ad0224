import { personOf } from '@tenon/runbook'
import * as z from 'zod'
import { decideOn } from '../decide-approval.ts'
import { ApiError } from '../errors.ts'
import { procedure, router } from './trpc.ts'

const runId = z.string().min(1).max(64)
const stepId = z.string().min(1).max(64)

/** What waits for people, and their decisions. */
export const approvalsRouter = router({
  /** Newest first, the waiting ones among them. */
  list: procedure.query(({ ctx }) => ctx.services.db.approvals.list()),

  get: procedure.input(z.object({ runId, stepId })).query(async ({ ctx, input }) => {
    const { db } = ctx.services
    const [approval, run, authors] = await Promise.all([
      db.approvals.get(input.runId, input.stepId),
      db.runs.get(input.runId),
      db.approvals.authors(input.runId),
    ])
    if (!approval || !run) throw unknownApproval()
    const { plan: _plan, ...rest } = run
    // The people behind tokens: nobody is a second person by means of one.
    const people = {
      requester: personOf(run.requestedBy),
      authors: authors.map(personOf),
      saidYes: approval.decisions.map(({ by }) => personOf(by)),
    }
    return { ...approval, people, run: rest }
  }),

  decide: procedure
    .input(
      z.object({
        runId,
        stepId,
        decision: z.enum(['approved', 'rejected']),
        /** Of the plans that were shown. */
        hashes: z.array(z.string().max(100)).max(200),
        comment: z.string().trim().max(4000).optional(),
        /** What the approval's form asks of those who approve. */
        form: z.record(z.string(), z.unknown()).optional(),
      }),
    )
    .mutation(({ ctx, input }) => decideOn(input, ctx)),
})

const unknownApproval = () =>
  new ApiError({
    status: 404,
    code: 'unknown-approval',
    message: 'Nobody is asked for this.',
    fix: 'Open the run to see what it waits for.',
  })
