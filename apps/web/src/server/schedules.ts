/** Keeps Temporal's schedules what the database says. */
import type { TriggerRow } from '@tenon/db'
import { scheduleId, type ScheduleTrigger } from '@tenon/runbook'
import type { Services } from './services.ts'

type Parts = Pick<Services, 'db' | 'engine'>

/** Makes the schedules of one runbook what its live versions and people's pauses say, in every environment. */
export async function syncSchedules({ db, engine }: Parts, runbook: string): Promise<void> {
  const wanted = (await db.runbooks.triggersOf(runbook)).filter(isSchedule)
  const [there] = await Promise.all([engine.scheduleIds(runbook), ...wanted.map((trigger) => put(engine, trigger))])
  const ids = new Set(wanted.map(idOf))
  await Promise.all(there.filter((id) => !ids.has(id)).map((id) => engine.removeScheduleById(id)))
}

/**
 * At the start: a crash between the database and Temporal left them apart. Schedules that fail are reported and left.
 */
export async function syncAllSchedules(
  { db, engine }: Parts,
  onError: (what: string, error: unknown) => void,
): Promise<void> {
  const wanted = (await db.runbooks.triggersOfKind('schedule')).filter(isSchedule)
  const there = await engine.scheduleIds()
  for (const trigger of wanted) await put(engine, trigger).catch((error: unknown) => onError(idOf(trigger), error))
  const ids = new Set(wanted.map(idOf))
  for (const id of there.filter((one) => !ids.has(one))) {
    await engine.removeScheduleById(id).catch((error: unknown) => onError(id, error))
  }
}

type ScheduleRow = TriggerRow & { content: ScheduleTrigger }

export const isSchedule = (row: TriggerRow): row is ScheduleRow => row.content.kind === 'schedule'

const idOf = ({ runbook, environment, name }: TriggerRow): string => scheduleId({ runbook, environment, trigger: name })

function put(engine: Services['engine'], row: ScheduleRow): Promise<void> {
  const { runbook, environment, name: trigger, content: schedule, paused, pausedBy, pausedReason } = row
  const note = paused ? `Paused by ${pausedBy ?? 'nobody known'}: ${pausedReason ?? 'no reason given'}` : ''
  return engine.putSchedule({ runbook, environment, trigger, schedule, paused, note })
}
