/** Keeps verdicts as time series: here, and in the user's store where there is one. */
import { metricsOfJudgements, seriesOfJudgements, type AnalysisSeries, type Judgement } from './judgements.ts'
import type { RemoteWrite } from './remote-write.ts'

export interface AnalysisRecorder {
  /** Telling the same verdict twice changes nothing. @throws what the store throws */
  record(judgements: readonly Judgement[]): Promise<void>
}

export function createAnalysisRecorder(to: {
  store: { record(series: readonly AnalysisSeries[]): Promise<void> }
  remote: Pick<RemoteWrite, 'add'> | null
}): AnalysisRecorder {
  return {
    async record(judgements) {
      if (judgements.length === 0) return
      await to.store.record(seriesOfJudgements(judgements))
      to.remote?.add(metricsOfJudgements(judgements))
    },
  }
}
