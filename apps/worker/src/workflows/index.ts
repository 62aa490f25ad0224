/** Every workflow that the worker serves. */
export { concurrencyGate } from './concurrency-gate.ts'
export { leaseAction } from './lease-action.ts'
export { runBacktest } from './run-backtest.ts'
export { runRunbook } from './run-runbook.ts'
export { runScheduled } from './run-scheduled.ts'
export { settleAction } from './settle-action.ts'
