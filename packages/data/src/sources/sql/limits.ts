/** How much one statement may take of a database and of this process. */
export interface Limits {
  statementSeconds: number
  connectSeconds: number
  /** Of an answer. */
  bytes: number
}

export const usualLimits: Limits = { statementSeconds: 30, connectSeconds: 10, bytes: 64 * 1024 * 1024 }
