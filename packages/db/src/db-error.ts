/** What the database refuses, in words that can be shown. Callers translate `code`. */
export class DbError extends Error {
  override readonly name = 'DbError'
  readonly code: DbErrorCode
  /** What to do about it. */
  readonly fix: string
  /** Facts that the caller needs to go on, e.g. the newer draft of a conflict. */
  readonly detail: unknown

  constructor(code: DbErrorCode, message: string, options: { fix: string; detail?: unknown; cause?: unknown }) {
    super(message, { cause: options.cause })
    this.code = code
    this.fix = options.fix
    this.detail = options.detail
  }
}

export type DbErrorCode =
  | 'unknown-runbook'
  | 'unknown-version'
  | 'unknown-run'
  | 'unknown-trigger'
  | 'unknown-backtest-case'
  | 'version-unreadable'
  | 'unknown-connection'
  | 'unknown-user'
  | 'unknown-token'
  | 'name-taken'
  | 'draft-conflict'
  | 'idempotency-key-reused'
  | 'last-admin'
  | 'link-invalid'
  | 'encryption-key-missing'
  | 'secret-unreadable'
  | 'model-conflict'
  | 'unknown-proposal'
  | 'proposal-decided'
  | 'discovery-running'
  | 'unknown-view'
  | 'unknown-report'
  | 'unknown-alert-group'
  | 'unknown-calendar'
  | 'calendar-closed'
  | 'exception-refused'
  | 'unknown-breaker'
  | 'breaker-over'
  | 'unknown-approval'
  | 'approval-expired'
  | 'author-may-not-approve'

/** Whether PostgreSQL refused a row because its unique key exists. */
export function isUniqueViolation(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'P2002'
}

export const unknownRunbook = (name: string): DbError =>
  new DbError('unknown-runbook', `There is no runbook "${name}".`, {
    fix: 'Look at the list of runbooks; names are case-sensitive.',
  })
