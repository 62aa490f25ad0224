/** Every command, in the order of the help. */
import type { Command } from './command.ts'
import { apply } from './commands/apply.ts'
import { approve, reject } from './commands/decide.ts'
import { backtestCancel, backtestGet, backtestStart } from './commands/backtest.ts'
import { diagnose } from './commands/diagnose.ts'
import { diff } from './commands/diff.ts'
import { exportCommand } from './commands/export.ts'
import { modelCheck, modelDiscover, modelPull, modelPush } from './commands/model.ts'
import { runbookGet, runbookList } from './commands/runbooks.ts'
import { runCancel, runCompare, runGet, runLogs } from './commands/runs.ts'
import { runReport } from './commands/run-report.ts'
import { runStart } from './commands/run-start.ts'
import { sdk } from './commands/sdk.ts'
import { runTestCommand, testCommand } from './commands/test.ts'
import { validate } from './commands/validate.ts'
import { writesResume, writesStatus, writesStop } from './commands/writes.ts'

export const commands: readonly Command[] = [
  runbookList,
  runbookGet,
  validate,
  testCommand,
  diff,
  exportCommand,
  apply,
  backtestStart,
  backtestGet,
  backtestCancel,
  diagnose,
  runStart,
  runGet,
  runLogs,
  runReport,
  runCancel,
  runCompare,
  runTestCommand,
  approve,
  reject,
  modelPull,
  modelPush,
  modelCheck,
  modelDiscover,
  writesStop,
  writesResume,
  writesStatus,
  sdk,
]
