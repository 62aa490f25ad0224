/** Keeps Temporal's schedules what the database says. */
import type { Services } from './services.ts'

/** Makes the schedule of one runbook what its published version and its pause say. */
export async function syncSchedule({ db, engine }: Pick<Services, 'db' | 'engine'>, runbookId: string): Promise<void> {
  const runbook = await db.runbooks.getById(runbookId)
  if (!runbook?.schedule || runbook.publishedVersion === null) return engine.removeSchedule(runbookId)
  const { cron, timeZone, paused } = runbook.schedule
  await engine.putSchedule({ runbookId, cron, timeZone, paused })
}

/**
 * At the start: a crash between the database and Temporal left them apart. Runbooks without a schedule too, for they may have had one. Runbooks
 * whose schedule fails are reported and left.
 */
export async function syncAllSchedules(
  services: Pick<Services, 'db' | 'engine'>,
  onError: (name: string, error: unknown) => void,
): Promise<void> {
  for (const runbook of await services.db.runbooks.list()) {
    await syncSchedule(services, runbook.id).catch((error: unknown) => onError(runbook.name, error))
  }
}
