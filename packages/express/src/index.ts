/** Express runs: plans without writes, waits, approvals and child runbooks, carried out in this process with the semantics of every run. */
export { ExpressError, type ExpressErrorCode } from './express-error.ts'
export { createExpressRunner, type ExpressRunner, type ExpressRow, type FinishedRun } from './express-runner.ts'
export type { NodeRegistry, ReadContext } from './run-read.ts'
