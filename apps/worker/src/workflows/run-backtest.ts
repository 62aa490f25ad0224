import { ActivityFailure, CancellationScope, isCancellation, proxyActivities } from '@temporalio/workflow'
import type { BacktestInput } from '@tenon/runbook'
import type { BacktestActivities } from '../backtest-activities.ts'

const { runBacktestCases } = proxyActivities<BacktestActivities>({
  // A few cases each; every case that has ended is on record, so a worker that is lost costs one of them.
  startToCloseTimeout: '15m',
  heartbeatTimeout: '10s',
  retry: { initialInterval: '1s', maximumInterval: '30s', maximumAttempts: 20 },
})
const { endBacktest } = proxyActivities<BacktestActivities>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: '1s', maximumInterval: '30s' },
})

/** Runs the cases of a backtest to the last. It goes on where it was after any restart. */
export async function runBacktest({ backtestId }: BacktestInput): Promise<void> {
  try {
    for (let left = true; left;) ({ left } = await runBacktestCases({ backtestId }))
  } catch (failure) {
    const status = isCancellation(failure) ? 'cancelled' : 'failed'
    await CancellationScope.nonCancellable(() => endBacktest({ backtestId, status, message: reasonOf(failure) }))
    throw failure
  }
}

function reasonOf(failure: unknown): string {
  const cause = failure instanceof ActivityFailure ? failure.cause : failure
  return cause instanceof Error ? cause.message : String(cause)
}
