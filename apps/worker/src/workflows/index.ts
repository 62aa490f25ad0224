/** Every workflow that the worker serves. */
export { leaseAction } from './lease-action.ts'
export { runRunbook } from './run-runbook.ts'
export { runScheduled } from './run-scheduled.ts'
