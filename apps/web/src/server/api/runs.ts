import { compareRuns, titleOfKey } from '@tenon/runbook'
import * as z from 'zod'
import { actionView } from '../action-view.ts'
import { actorKey, labelOf } from '../actor.ts'
import { cancelRun } from '../cancel-run.ts'
import { ApiError } from '../errors.ts'
import { isoTime } from '../iso-time.ts'
import { alertOfRun } from '../report/alert-of-run.ts'
import { chosenFor } from '../report/chosen-for.ts'
import { rerunRun } from '../rerun-run.ts'
import { recordOf } from '../rest/runs/compare-runs.ts'
import { startRun } from '../start-run.ts'
import { procedure, router } from './trpc.ts'

const runbookName = z.string().min(1).max(64)
const id = z.string().min(1).max(64)
const stepId = z.string().min(1).max(64)
const environmentName = z.string().min(1).max(64)
/** 31 December 9999, unix milliseconds. */
const latest = 253_402_300_799_999

export const runsRouter = router({
  start: procedure
    .input(
      z.object({
        name: runbookName,
        params: z.record(z.string(), z.unknown()).optional(),
        environment: environmentName.optional(),
        draftRevision: z.number().int().optional(),
        asOf: z.number().int().nonnegative().max(latest).optional(),
        dryRun: z.boolean().optional(),
      }),
    )
    .mutation(async ({ ctx, input }) => {
      const { runId } = await startRun(ctx.services, {
        ...input,
        params: input.params,
        trigger: { kind: 'button', by: labelOf(ctx.actor) },
      })
      await ctx.services.db.audit.append({
        actor: actorKey(ctx.actor),
        action: 'runs.start',
        subject: input.name,
        detail: { runId },
      })
      return { runId }
    }),

  /** Newest first. */
  list: procedure
    .input(
      z.object({
        name: runbookName.optional(),
        before: isoTime.optional(),
        limit: z.number().int().min(1).max(200).optional(),
        environment: environmentName.optional(),
        status: z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled', 'timed-out']).optional(),
      }),
    )
    .query(({ ctx, input }) => ctx.services.db.runs.list(input)),

  get: procedure.input(z.object({ id })).query(async ({ ctx, input }) => {
    const { db } = ctx.services
    const run = existing(await db.runs.get(input.id), input.id)
    const [steps, approvals, actions, alert] = await Promise.all([
      db.runs.steps(run.id),
      db.approvals.ofRun(run.id),
      db.actions.list({ state: 'all', runId: run.id }),
      alertOfRun({ db }, run),
    ])
    return {
      ...run,
      alert,
      chosenFor: chosenFor(run),
      steps: steps.map(withRounds),
      approvals,
      actions: await Promise.all(actions.map(async (action) => actionView(action, await db.actions.events(action.id)))),
    }
  }),

  /** A new run of a part of this one, on its results. */
  rerun: procedure
    .input(
      z.object({
        id,
        part: z.union([z.strictObject({ from: stepId }), z.strictObject({ only: z.array(stepId).min(1).max(100) })]),
        draftRevision: z.number().int().optional(),
      }),
    )
    .mutation(async ({ ctx, input }) => {
      const { runId, runbook } = await rerunRun(ctx.services, {
        ...input,
        trigger: { kind: 'button', by: labelOf(ctx.actor) },
      })
      await ctx.services.db.audit.append({
        actor: actorKey(ctx.actor),
        action: 'runs.rerun',
        subject: runbook,
        detail: { runId, baseRunId: input.id },
      })
      return { runId }
    }),

  /** Step by step: how each ended, and where outputs differ. */
  compare: procedure.input(z.object({ left: id, right: id })).query(async ({ ctx, input }) => {
    const [left, right] = await Promise.all([recordOf(ctx.services, input.left), recordOf(ctx.services, input.right)])
    const compared = compareRuns(left, right)
    return { ...compared, steps: compared.steps.map(withRounds) }
  }),

  cancel: procedure
    .input(z.object({ id, reason: z.string().trim().min(1, 'Say why: others will ask.').max(400) }))
    .mutation(async ({ ctx, input }) => {
      const run = existing(await ctx.services.db.runs.get(input.id), input.id)
      await cancelRun(ctx.services, run, { by: labelOf(ctx.actor), reason: input.reason })
      await ctx.services.db.audit.append({
        actor: actorKey(ctx.actor),
        action: 'runs.cancel',
        subject: input.id,
        detail: { reason: input.reason },
      })
    }),
})

function existing<Run>(run: Run | null, wanted: string): Run {
  if (run) return run
  throw new ApiError({
    status: 404,
    code: 'unknown-run',
    message: `There is no run ${wanted}.`,
    fix: 'Look at the list of runs; it may have been removed with its runbook.',
  })
}

/** The rounds of a loop have the same title, but for this. */
function withRounds<Step extends { stepId: string; title: string }>(step: Step): Step {
  return { ...step, title: titleOfKey(step.stepId, step.title) }
}
