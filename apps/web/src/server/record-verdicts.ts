/** What express runs came to, kept as time series; those with a workflow are kept by the worker. */
import { conclusionOf, judgementOf, type AnalysisRecorder, type Judgement } from '@tenon/data'
import type { FinishedRun } from '@tenon/db'
import { planStepOf } from '@tenon/runbook'

/** The runs are on record already, so trouble here is told and not theirs. */
export async function recordVerdicts(recorder: AnalysisRecorder, runs: readonly FinishedRun[]): Promise<void> {
  try {
    await recorder.record(runs.flatMap(judgementsOf))
  } catch (error) {
    const message = 'Verdicts of express runs were not kept as series'
    console.error(JSON.stringify({ level: 'warn', message, error: String(error) }))
  }
}

/** Of published runbooks only: what a draft says while it is being written is no finding. */
function judgementsOf({ version, plan, state }: FinishedRun): Judgement[] {
  if (version === null) return []
  const { context, startedAt, endedAt } = state
  const run = { runbook: plan.runbook.name, environment: context.environment ?? 'production', asOf: context.asOf }
  const steps = Object.entries(state.steps)
  const reports = steps.flatMap(([, one]) =>
    one.status === 'done' && one.result.report ? [{ verdict: one.result.report.verdict.value, at: one.endedAt }] : [],
  )
  const newest = reports.toSorted((a, b) => a.at - b.at).at(-1)
  return [
    ...steps.flatMap(
      ([stepId, one]) => judgementOf(run, { stepId, type: planStepOf(plan, stepId).type, state: one }) ?? [],
    ),
    ...(newest && endedAt !== null
      ? [conclusionOf(run, { verdict: newest.verdict, seconds: (endedAt - startedAt) / 1000 })]
      : []),
  ]
}
