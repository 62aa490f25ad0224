/** What running a test of a document gives. Plain JSON. */
import type { RunStatus } from '../run.ts'
import type { VerdictValue } from '../verdict.ts'
import type { PlannedAction } from './rehearsal.ts'

export interface TestFailure {
  /** What was not as expected; `answer`: something recorded is missing or cannot be used; `run`: the run could not be made. */
  what: 'status' | 'verdict' | 'path' | 'outcome' | 'action' | 'answer' | 'run'
  /** Id of the step that it is about. */
  step: string | null
  /** One line: what was expected and what came. */
  message: string
  /** What to do, where there is something to do but to correct the runbook or the test. */
  fix?: string
}

export interface TestResult {
  /** As in the document's `tests`. */
  name: string
  title: string
  passed: boolean
  failures: TestFailure[]
  /** What the run did; null when it could not begin. */
  run: TestedRun | null
}

export interface TestedRun {
  status: RunStatus
  /** Of the report; null when the run made none. */
  verdict: VerdictValue | null
  conclusion: string | null
  /** Ids of the steps that ran, each once, in the order in which they began. */
  path: string[]
  /** How each execution of a step ended, by step key: an outcome, `error`, `skipped` or `cancelled`. */
  outcomes: Record<string, string>
  actions: PlannedAction[]
  /** Why it did not succeed. */
  error: { code: string; message: string } | null
}
