/** A part that could not be found, started or stopped: what happened, and what to do next. */
export class StackError extends Error {
  override readonly name = 'StackError'
  /** Stable, kebab-case: `part-missing`, `part-failed`, `home-in-use`, `port-range-busy`. */
  readonly code: string
  readonly fix: string

  constructor(code: string, message: string, fix: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
    this.fix = fix
  }
}
