/** What a node throws, as the error of its step: every driver says it this way. */
import type { StepError } from '@tenon/runbook'
import * as z from 'zod'

/** An error that already knows its step error; thrown by those who run nodes. */
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
const passing = new Set(['source-unreachable', 'source-busy', 'target-unreachable', 'timeout'])

/** @param log whose log tells more of an error that nobody foresaw. */
export function stepErrorFrom(thrown: unknown, log: 'worker' | 'server'): StepError {
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
    fix: `This is a fault of the step's code: report it with the ${log}'s log of this run.`,
    retryable: false,
  }
}

/** A step that its time limit ended. */
export function stepTimedOut(type: string, seconds: number): StepError {
  return {
    code: 'timeout',
    message: `${type} took longer than ${seconds} s.`,
    fix: 'Look at the system that the step asks, or give the step a longer timeout.',
    retryable: true,
  }
}

/**
 * Work that does not listen to the signal is abandoned when the signal aborts. A write is abandoned too: the ledger has its intent, and the next attempt,
 * its lease or the reconciler reads back what it did.
 */
export async function withDeadline<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  signal.throwIfAborted()
  const { promise, reject } = Promise.withResolvers<never>()
  const abort = (): void => reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([work(), promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
