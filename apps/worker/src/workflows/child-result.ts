/** How a child run that ended answers the step that started it. */
import type { Report, RunState, StepError, StepResult } from '@tenon/runbook'

export type ChildAnswer = { ok: true; result: StepResult } | { ok: false; error: StepError }

/** A child that succeeded ends its step as its verdict, or as `done` without one; every other child fails its step. */
export function childAnswer(runId: string, state: RunState): ChildAnswer {
  const report = reportOf(state)
  switch (state.status) {
    case 'succeeded':
      return {
        ok: true,
        result: {
          outcome: report?.verdict.value ?? 'done',
          output: {
            runId,
            status: state.status,
            verdict: report?.verdict.value ?? null,
            conclusion: report?.conclusion ?? null,
          },
          summary: report?.conclusion ?? 'The runbook ended.',
          ...(report ? { verdict: report.verdict } : {}),
        },
      }
    case 'failed':
      return failed('child-failed', `The run ${runId} failed: ${state.error?.message ?? 'it gave no reason.'}`)
    case 'cancelled':
      return failed('child-cancelled', `The run ${runId} was cancelled: ${state.error?.message ?? 'without a reason.'}`)
    case 'timed-out':
      return failed('child-timed-out', `The run ${runId} took longer than its runbook allows.`)
    case 'running':
      return failed('internal', `The run ${runId} ended and says that it runs.`)
  }
}

export function childTookTooLong(runId: string, seconds: number): ChildAnswer {
  return {
    ok: false,
    error: {
      code: 'timeout',
      message: `The run ${runId} took longer than ${seconds} s and was cancelled.`,
      fix: 'Look at what the run waited for, or give the step a longer timeout.',
      retryable: true,
    },
  }
}

function failed(code: string, message: string): ChildAnswer {
  return { ok: false, error: { code, message, fix: 'Open that run to see why.', retryable: false } }
}

/** The newest: a runbook may conclude on several paths, though only one is usually taken. */
function reportOf(state: RunState): Report | null {
  let newest: { report: Report; endedAt: number } | null = null
  for (const now of Object.values(state.steps)) {
    if (now.status !== 'done' || !now.result.report) continue
    if (!newest || now.endedAt >= newest.endedAt) newest = { report: now.result.report, endedAt: now.endedAt }
  }
  return newest?.report ?? null
}
