/** Why an action could not be planned, applied or put back. Translated once at each edge (API, step error). */
export type ActionErrorCode =
  /** The connection did not answer in time, or refused. Retrying later may help. */
  | 'target-unreachable'
  /** The connection answers but knows no such backend or server. */
  | 'unknown-target'
  /** The connection refused the change. */
  | 'target-refused'
  /** The connection answered something that cannot be read. */
  | 'bad-answer'
  /** The entity has no edge in the model, or the name is not one that may be sent. */
  | 'bad-request'
  /** Somebody stopped all writes, or the switch could not be read. */
  | 'writes-stopped'
  /** The action's state in the ledger is not the one that this step needs; somebody else moved it on. */
  | 'ledger-conflict'
  /** Another process took the action over, or the system refused an old fence or version. Read back before anything else. */
  | 'stale'
  | 'unknown-action'

export class ActionError extends Error {
  override readonly name = 'ActionError'
  readonly code: ActionErrorCode
  /** What to do next. */
  readonly fix: string
  readonly retryable: boolean

  constructor(code: ActionErrorCode, message: string, options: { fix: string; retryable?: boolean; cause?: unknown }) {
    super(message, { cause: options.cause })
    this.code = code
    this.fix = options.fix
    this.retryable = options.retryable ?? code === 'target-unreachable'
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
