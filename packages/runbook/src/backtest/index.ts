/** Backtests: a plan over moments of the past. */
export { backtestGate, type FinishedBacktest } from './backtest-gate.ts'
export { packCase, unpackCase } from './case-params.ts'
export { caseTimes, mostCases } from './case-times.ts'
export { rehearse } from './rehearse.ts'
export { type CaseLabel, matrixColumns, matrixRows, summariseBacktest } from './summarise-backtest.ts'
