/** What steps and runs came to, kept as time series as they are projected. */
import { conclusionOf, judgementOf, type AnalysisRecorder, type Judgement } from '@tenon/data'
import type { Database } from '@tenon/db'
import type { RunProjection } from '@tenon/runbook'

export type RecordVerdicts = (projection: RunProjection) => Promise<void>

/** Of published runbooks only: what a draft says while it is being written is no finding. */
export function createRecordVerdicts(db: Pick<Database, 'runs'>, recorder: AnalysisRecorder): RecordVerdicts {
  return async (projection) => {
    const { runId, status, steps } = projection
    const isOver = status !== 'running'
    if (!isOver && !steps.some(({ state }) => state.status === 'done' && state.result.verdict)) return
    const summary = await db.runs.summary(runId)
    if (!summary || summary.version === null) return
    const { runbook, environment, verdict, startedAt, endedAt } = summary
    const run = { runbook: runbook.name, environment, asOf: Date.parse(summary.asOf) }
    const judgements: Judgement[] = steps.flatMap((step) => judgementOf(run, step) ?? [])
    if (isOver && verdict !== null && endedAt !== null) {
      judgements.push(conclusionOf(run, { verdict, seconds: (Date.parse(endedAt) - Date.parse(startedAt)) / 1000 }))
    }
    await recorder.record(judgements)
  }
}
