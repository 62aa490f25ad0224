export type ExpressErrorCode = 'express-overloaded' | 'express-not-qualified' | 'express-not-recorded'

/** Why an express run was not begun, or did not count. */
export class ExpressError extends Error {
  override readonly name = 'ExpressError'
  readonly code: ExpressErrorCode
  /** What to do next. */
  readonly fix: string
  /** Whether the same call may succeed later. */
  readonly retryable: boolean

  constructor(code: ExpressErrorCode, message: string, options: { fix: string; retryable: boolean; cause?: unknown }) {
    super(message, { cause: options.cause })
    this.code = code
    this.fix = options.fix
    this.retryable = options.retryable
  }
}
