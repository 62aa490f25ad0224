/** Translates what an activity can fail with into the StepError that the interpreter understands. */
import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/workflow'
import type { StepError } from '@tenon/runbook'
import { stepErrorType } from '../engine-activities.ts'

/** Whether the activity says what is wrong; every other failure is of the way to it. */
export function isStepError(failure: unknown): boolean {
  const cause = failure instanceof ActivityFailure ? failure.cause : failure
  return cause instanceof ApplicationFailure && cause.type === stepErrorType
}

/** The StepError of an activity's failure. Cancellation is not a failure: callers look for it first. */
export function stepErrorOf(failure: unknown): StepError {
  const cause = failure instanceof ActivityFailure ? failure.cause : failure
  if (cause instanceof ApplicationFailure && cause.type === stepErrorType) {
    const [error] = (cause.details ?? []) as StepError[]
    if (error) return error
  }
  if (cause instanceof TimeoutFailure) {
    return {
      code: 'timeout',
      message: 'The step did not answer in its time and did not stop when it was told to.',
      fix: 'Look at the system that the step asks, or give the step a longer timeout.',
      retryable: true,
    }
  }
  return {
    code: 'internal',
    message: cause instanceof Error ? cause.message : String(cause),
    fix: "This is a fault of the step's code: report it with the worker's log of this run.",
    retryable: false,
  }
}
