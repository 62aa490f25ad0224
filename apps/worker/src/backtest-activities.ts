/** The activities of a backtest: signatures only, so that its workflow can import this file's types and nothing of the outside. */
export interface BacktestActivities {
  /** Runs the next few cases. `left` is false when there are none any more, or somebody ended the backtest. */
  runBacktestCases(call: { backtestId: string }): Promise<{ left: boolean }>
  /** Ends a backtest that goes on. */
  endBacktest(call: { backtestId: string; status: 'failed' | 'cancelled'; message: string }): Promise<void>
}
