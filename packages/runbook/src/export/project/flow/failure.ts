/** What a step's failure is called, whatever it failed by. */
import { ActivityFailure, ApplicationFailure, ChildWorkflowFailure, TimeoutFailure } from '@temporalio/workflow'
import type { StepError } from './step.ts'

/** A runbook that another one ran ended so. */
const childCodes: Record<string, string> = { cancelled: 'child-cancelled', 'run-timeout': 'child-timed-out' }

/** The type of an `ApplicationFailure` is the error's code. */
export function failureOf(failure: unknown): StepError {
  const isChild = failure instanceof ChildWorkflowFailure
  const cause = isChild || failure instanceof ActivityFailure ? failure.cause : failure
  if (cause instanceof TimeoutFailure) return { code: 'timeout', message: 'It did not answer in its time.' }
  if (isChild && cause instanceof ApplicationFailure)
    return {
      code: childCodes[cause.type ?? ''] ?? 'child-failed',
      message: `The runbook that it ran: ${cause.message}`,
    }
  if (cause instanceof ApplicationFailure) return { code: cause.type ?? 'internal', message: cause.message }
  return { code: 'internal', message: cause instanceof Error ? cause.message : String(cause) }
}

/** What pure code gave, or what it threw, as a value. */
export function attempt<T>(work: () => T): { ok: true; value: T } | { ok: false; message: string } {
  try {
    return { ok: true, value: work() }
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) }
  }
}
