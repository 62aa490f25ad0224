/** Translates every error that a node may throw into the StepError that a run shows, once, at the activity's edge. */
import { ApplicationFailure } from '@temporalio/common'
import type { StepError } from '@tenon/runbook'
import * as z from 'zod'
import { stepErrorType } from './engine-activities.ts'

/** An error that already knows its step error; thrown by the activities themselves. */
export class StepFailure extends Error {
  override readonly name = 'StepFailure'
  readonly error: StepError

  constructor(error: StepError, options?: { cause?: unknown }) {
    super(error.message, options)
    this.error = error
  }
}

/** What our packages' errors (DataError, ActionError, ...) have in common; whether one may be retried is said by `retryable` or by its code. */
const codedError = z.object({
  code: z.string().regex(/^[a-z][a-z-]*$/),
  message: z.string(),
  fix: z.string().optional(),
  retryable: z.boolean().optional(),
})

/** Codes of our packages' errors that a later attempt may not meet. */
const passing = new Set(['source-unreachable', 'target-unreachable', 'timeout'])

export function stepErrorFrom(thrown: unknown): StepError {
  if (thrown instanceof StepFailure) return thrown.error
  // Zod reads the fields of an error as of any object.
  const coded = codedError.safeParse(thrown)
  if (coded.success) {
    const { code, message, fix, retryable } = coded.data
    return { code, message, ...(fix ? { fix } : {}), retryable: retryable ?? passing.has(code) }
  }
  return {
    code: 'internal',
    message: thrown instanceof Error ? thrown.message : String(thrown),
    fix: "This is a fault of the step's code: report it with the worker's log of this run.",
    retryable: false,
  }
}

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
