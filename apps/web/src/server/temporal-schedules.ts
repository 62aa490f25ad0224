/** Schedules in Temporal: one for each schedule trigger of a live version. */
import { type Client, ScheduleNotFoundError, ScheduleOverlapPolicy } from '@temporalio/client'
import {
  scheduleId,
  temporalSchedulePolicies,
  temporalScheduleSpec,
  workflowNames,
  type ScheduleTrigger,
} from '@tenon/runbook'

/** Which schedule: a trigger of a runbook in an environment. */
export interface ScheduleName {
  runbook: string
  environment: string
  trigger: string
}

export interface WantedSchedule extends ScheduleName {
  schedule: ScheduleTrigger
  paused: boolean
  /** Who paused it and why, for those who look at it in Temporal. */
  note: string
}

/** What Temporal says of a schedule. Times are ISO 8601. */
export interface ScheduleStatus {
  paused: boolean
  /** The next firings, soonest first; at most ten. They come even while it is paused. */
  next: string[]
  /** Newest first: when it should have fired, and when it did. */
  recent: { scheduledAt: string; takenAt: string }[]
  /** Since it exists: firings that came too late to be caught up with, and that were left out because a run was going on. */
  missed: number
  skipped: number
}

export interface Schedules {
  /** Makes the Temporal Schedule of a trigger what is wanted. */
  putSchedule(wanted: WantedSchedule): Promise<void>
  removeSchedule(name: ScheduleName): Promise<void>
  /** Ids of all that exist, or of those of one runbook. */
  scheduleIds(runbook?: string): Promise<string[]>
  removeScheduleById(id: string): Promise<void>
  /** null when there is none. */
  scheduleStatus(name: ScheduleName): Promise<ScheduleStatus | null>
  /** Fires for every time of the schedule between two times (unix milliseconds), one after the other. False when there is no such schedule. */
  backfillSchedule(name: ScheduleName, span: { from: number; to: number }): Promise<boolean>
}

type Call = <T>(work: (client: Client) => Promise<T>) => Promise<T>

export function createTemporalSchedules(call: Call, taskQueue: string): Schedules {
  const removeScheduleById = (id: string): Promise<void> =>
    call(async (client) => {
      await existing(() => client.schedule.getHandle(id).delete())
    })

  return {
    async putSchedule({ runbook, environment, trigger, schedule, paused, note }) {
      const spec = temporalScheduleSpec(schedule)
      const { overlap, catchupWindow } = temporalSchedulePolicies(schedule)
      const policies = { overlap: ScheduleOverlapPolicy[overlap], catchupWindow }
      const action = {
        type: 'startWorkflow' as const,
        workflowType: workflowNames.runScheduled,
        taskQueue,
        args: [{ runbook, environment, trigger }],
      }
      const state = { paused, note }
      const id = scheduleId({ runbook, environment, trigger })
      await call(async (client) => {
        const changed = await existing(() =>
          client.schedule
            .getHandle(id)
            .update((previous) => ({ ...previous, spec, policies, action, state: { ...previous.state, ...state } })),
        )
        if (changed === null) await client.schedule.create({ scheduleId: id, spec, policies, action, state })
      })
    },

    removeSchedule: (name) => removeScheduleById(scheduleId(name)),
    removeScheduleById,

    scheduleIds: (runbook) =>
      call(async (client) => {
        const prefix = runbook === undefined ? 'runbook-' : `runbook-${runbook}.`
        const ids: string[] = []
        for await (const { scheduleId: id } of client.schedule.list({ pageSize: 1000 })) {
          if (id.startsWith(prefix)) ids.push(id)
        }
        return ids
      }),

    scheduleStatus: (name) =>
      call(async (client) => {
        const found = await existing(() => client.schedule.getHandle(scheduleId(name)).describe())
        if (found === null) return null
        const { info, state } = found
        return {
          paused: state.paused,
          next: info.nextActionTimes.map((at) => at.toISOString()),
          recent: info.recentActions
            .map(({ scheduledAt, takenAt }) => ({
              scheduledAt: scheduledAt.toISOString(),
              takenAt: takenAt.toISOString(),
            }))
            .reverse(),
          missed: info.numActionsMissedCatchupWindow,
          skipped: info.numActionsSkippedOverlap,
        }
      }),

    backfillSchedule: (name, { from, to }) =>
      call(async (client) => {
        const asked = await existing(async () => {
          await client.schedule
            .getHandle(scheduleId(name))
            // Buffered, because a backfill that its own first run makes skip the rest would be none.
            .backfill({ start: new Date(from), end: new Date(to), overlap: ScheduleOverlapPolicy.BUFFER_ALL })
          return true
        })
        return asked ?? false
      }),
  }
}

/** null when there is no such schedule. */
async function existing<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return null
    throw error
  }
}
