import type { Database } from '@tenon/db'
import type { BacktestStore } from './backtests.ts'

/** Backtests and their cases in PostgreSQL. */
export function createBacktestStore({ backtests, plans }: Pick<Database, 'backtests' | 'plans'>): BacktestStore {
  return {
    async running(id) {
      const found = await backtests.head(id)
      return found?.status === 'running' ? found : null
    },
    plan: (hash) => plans.get(hash),
    nextPending: (id) => backtests.nextPending(id),
    finishCase: (id, position, end) => backtests.finishCase(id, position, end),
    end: (id, end) => backtests.end(id, end),
  }
}
