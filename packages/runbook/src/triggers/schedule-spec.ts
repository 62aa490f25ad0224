/** A schedule trigger as Temporal's Schedules take it. Plain data, so that nothing here needs a Temporal client. */
import type { ScheduleTrigger } from '../document.ts'
import { durationSeconds } from '../duration.ts'

const weekdays = {
  mon: 'MONDAY',
  tue: 'TUESDAY',
  wed: 'WEDNESDAY',
  thu: 'THURSDAY',
  fri: 'FRIDAY',
  sat: 'SATURDAY',
  sun: 'SUNDAY',
} as const

/** Structurally a `ScheduleSpec` of @temporalio/client; durations are milliseconds. */
export interface TemporalScheduleSpec {
  cronExpressions?: string[]
  intervals?: { every: number }[]
  calendars?: {
    hour: number
    minute: number
    dayOfWeek?: (typeof weekdays)[keyof typeof weekdays][]
    dayOfMonth?: number[]
  }[]
  timezone: string
  jitter?: number
}

export interface TemporalSchedulePolicies {
  overlap: 'SKIP' | 'BUFFER_ONE' | 'BUFFER_ALL' | 'CANCEL_OTHER' | 'ALLOW_ALL'
  catchupWindow: number
}

/**
 * Intervals count from 1 January 1970 UTC, whatever the time zone: `every: 1h` comes at each full hour.
 * Days of the week and of the month are both kept when both are given.
 */
export function temporalScheduleSpec(trigger: ScheduleTrigger): TemporalScheduleSpec {
  const { cron, every, calendar, timeZone, jitter } = trigger
  return {
    ...(cron === undefined ? {} : { cronExpressions: [cron.trim()] }),
    ...(every === undefined ? {} : { intervals: [{ every: milliseconds(every) }] }),
    ...(calendar === undefined
      ? {}
      : {
          calendars: calendar.at.map((at) => ({
            hour: Number(at.slice(0, 2)),
            minute: Number(at.slice(3)),
            ...(calendar.days ? { dayOfWeek: calendar.days.map((day) => weekdays[day]) } : {}),
            ...(calendar.dates ? { dayOfMonth: calendar.dates } : {}),
          })),
        }),
    timezone: timeZone,
    ...(jitter === undefined ? {} : { jitter: milliseconds(jitter) }),
  }
}

const overlaps = {
  skip: 'SKIP',
  'queue-one': 'BUFFER_ONE',
  queue: 'BUFFER_ALL',
  'cancel-running': 'CANCEL_OTHER',
  allow: 'ALLOW_ALL',
} as const

export function temporalSchedulePolicies({ overlap, catchUp }: ScheduleTrigger): TemporalSchedulePolicies {
  return { overlap: overlaps[overlap], catchupWindow: milliseconds(catchUp) }
}

/** The document's schema and `checkTriggers` saw to it that it is a duration. */
function milliseconds(text: string): number {
  const seconds = durationSeconds(text)
  if (seconds === null) throw new TypeError(`"${text}" is no duration.`)
  return seconds * 1000
}
