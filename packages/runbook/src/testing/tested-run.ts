import type { VerdictValue } from '../verdict.ts'
import type { Rehearsal } from './rehearsal.ts'
import type { TestedRun } from './test-result.ts'

/** What a rehearsal did. */
export function testedRun({ state, path, actions }: Pick<Rehearsal, 'state' | 'path' | 'actions'>): TestedRun {
  const outcomes: Record<string, string> = {}
  let last: { at: number; verdict: VerdictValue; conclusion: string } | null = null
  for (const [key, step] of Object.entries(state.steps)) {
    switch (step.status) {
      case 'done': {
        outcomes[key] = step.result.outcome
        const { report } = step.result
        // The last conclusion counts.
        if (report && (last === null || step.endedAt >= last.at))
          last = { at: step.endedAt, verdict: report.verdict.value, conclusion: report.conclusion }
        break
      }
      case 'failed':
        outcomes[key] = 'error'
        break
      case 'skipped':
      case 'cancelled':
        outcomes[key] = step.status
        break
      case 'pending':
      case 'running':
      case 'backing-off':
      case 'waiting':
        break
    }
  }
  const { status } = state
  const error = state.error && { code: state.error.code, message: state.error.message }
  const { verdict = null, conclusion = null } = last ?? {}
  return { status, verdict, conclusion, path, outcomes, actions, error }
}
