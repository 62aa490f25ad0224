import type { RunContext } from './run.ts'

/**
 * Whether a run is a dry run: everything is done up to what would change something, and nobody is asked. Tests and backtests rehearse too, but the one has
 * recorded answers and the other is over the past, where nobody can be asked.
 */
export function isDryRun({ mode, trigger }: Pick<RunContext, 'mode' | 'trigger'>): boolean {
  return mode === 'rehearsal' && trigger.kind !== 'backtest' && trigger.kind !== 'test'
}
