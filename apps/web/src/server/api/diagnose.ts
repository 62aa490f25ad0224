import { actorKey, labelOf } from '../actor.ts'
import { askedSchema } from '../diagnosis/asked.ts'
import { previewDiagnosis, startDiagnosis } from '../diagnosis/start-diagnosis.ts'
import { procedure, router } from './trpc.ts'

/** One click from what looks wrong to its report. */
export const diagnoseRouter = router({
  /** Which runbook would run, and why. Starts nothing. */
  preview: procedure.input(askedSchema).query(({ ctx, input }) => previewDiagnosis(ctx.services, input)),

  start: procedure.input(askedSchema).mutation(async ({ ctx, input }) => {
    const { runId, runbook, title, why, joined } = await startDiagnosis(ctx.services, input, {
      trigger: { kind: 'button', by: labelOf(ctx.actor) },
    })
    const { kind, id } = input.subject
    await ctx.services.db.audit.append({
      actor: actorKey(ctx.actor),
      action: 'diagnose.start',
      subject: runbook,
      detail: { runId, kind, id, joined },
    })
    return { runId, runbook, title, why, joined }
  }),
})
