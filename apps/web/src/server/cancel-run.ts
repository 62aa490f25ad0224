import type { RunRecord } from '@tenon/db'
import type { CancelRun } from '@tenon/runbook'
import { problemOf } from './errors.ts'
import type { Services } from './services.ts'

/** Cancels a run, also one that waits for another of its concurrency key and has not begun. */
export async function cancelRun(
  { engine }: Pick<Services, 'engine'>,
  run: Pick<RunRecord, 'id' | 'status' | 'runbook' | 'environment' | 'concurrencyKey'>,
  cancel: CancelRun,
): Promise<void> {
  if (run.status !== 'queued' || run.concurrencyKey === null) return engine.cancelRun(run.id, cancel)
  const gate = { runbook: run.runbook.name, environment: run.environment, key: run.concurrencyKey }
  try {
    await engine.leaveGate(gate, { runId: run.id, ...cancel })
  } catch (error) {
    const { code } = problemOf(error)
    // Its turn came meanwhile.
    if (code !== 'not-waiting' && code !== 'run-not-waiting') throw error
    await engine.cancelRun(run.id, cancel)
  }
}
