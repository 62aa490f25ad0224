/** A step's error as Temporal carries it, at the activity's edge. */
import { ApplicationFailure } from '@temporalio/common'
import type { StepError } from '@tenon/runbook'
import { stepErrorType } from './engine-activities.ts'

/** For Temporal: never retried there, because attempts are the interpreter's to count. */
export function failureOf(error: StepError, cause?: unknown): ApplicationFailure {
  return ApplicationFailure.create({
    type: stepErrorType,
    message: error.message,
    nonRetryable: true,
    details: [error],
    ...(cause instanceof Error ? { cause } : {}),
  })
}
