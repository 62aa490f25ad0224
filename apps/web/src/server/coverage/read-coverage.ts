import { diagnosingRunbooks } from '../diagnosis/candidates.ts'
import type { Services } from '../services.ts'
import { coverageRows, type CoverageRow } from './coverage-rows.ts'
import { runbookStates, type RunbookState } from './stale-runbooks.ts'

/** Alerts of so many days count. */
const alertDays = 30
const dayMs = 86_400_000

export interface Coverage {
  alertDays: number
  rows: CoverageRow[]
  runbooks: RunbookState[]
}

/** What has a runbook and what has none, and which runbooks have gone stale. Asks no source. */
export async function readCoverage(
  services: Pick<Services, 'db' | 'data' | 'catalogue' | 'compile'>,
  now = Date.now(),
): Promise<Coverage> {
  const [{ model }, candidates, alerts] = await Promise.all([
    services.data(),
    diagnosingRunbooks(services.db),
    services.db.alertCounts(now - alertDays * dayMs),
  ])
  const [rows, runbooks] = await Promise.all([
    coverageRows({ model, candidates, alerts, now }),
    runbookStates(services, { model, now }),
  ])
  return { alertDays, rows, runbooks }
}
