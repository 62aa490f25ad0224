import type { StepError, StepStatus } from '../run.ts'
import type { Evidence, Hypothesis, Verdict } from '../verdict.ts'

/** A step of a run as it is on record. Times are ISO 8601. */
export interface RecordedStep {
  /** Step key. */
  stepId: string
  type: string
  title: string
  status: StepStatus
  outcome: string | null
  summary: string | null
  output: unknown
  verdict: Verdict | null
  evidence: Evidence[]
  hypotheses: Hypothesis[]
  error: StepError | null
  reason: string | null
  startedAt: string | null
  endedAt: string | null
}
