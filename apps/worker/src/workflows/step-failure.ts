/** Translates what an activity can fail with into the StepError that the interpreter understands. */
import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/workflow'
import type { StepError } from '@tenon/runbook'
import { stepErrorType } from '../engine-activities.ts'

/** Whether the activity says what is wrong; every other failure is of the way to it. */
export function isStepError(failure: unknown): boolean {
  return toldError(causeOf(failure)) !== null
}

/** The StepError of an activity's failure. Cancellation is not a failure: callers look for it first. */
export function stepErrorOf(failure: unknown): StepError {
  const cause = causeOf(failure)
  const told = toldError(cause)
  if (told) return told
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

function causeOf(failure: unknown): unknown {
  return failure instanceof ActivityFailure ? failure.cause : failure
}

function toldError(cause: unknown): StepError | null {
  if (!(cause instanceof ApplicationFailure) || cause.type !== stepErrorType) return null
  const [error] = (cause.details ?? []) as StepError[]
  return error ?? null
}
