/**
 * Times in which nothing outside is changed. A calendar says when it is closed by the wall clock of a time zone; any one calendar that applies and is
 * closed freezes an action. Wall clocks are read, never computed back: an hour that summer time repeats is closed both times, and one that it
 * skips closes nothing.
 */
import * as z from 'zod'
import { actionKind, type ActionKind } from '../request.ts'
import { isTimeZone, wallClock } from './wall-clock.ts'

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Use hours and minutes, e.g. 22:00.')
/** Null unless the day exists: 2026-02-30 does not. */
const localTime = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d$/, 'Use a date and a time, e.g. 2026-12-24T18:00.')
  .refine((text) => {
    const at = new Date(`${text}:00Z`)
    return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text)
  }, 'There is no such day.')

const weekly = z.strictObject({
  kind: z.literal('weekly'),
  /** 1 is Monday, 7 is Sunday: the days on which it begins. */
  days: z.array(z.number().int().min(1).max(7)).min(1).max(7),
  from: timeOfDay,
  /** Not closed any more at this minute. At or before `from`: of the next day. */
  to: timeOfDay,
})
const dates = z
  .strictObject({ kind: z.literal('dates'), from: localTime, to: localTime })
  .refine(({ from, to }) => from < to, { path: ['to'], message: 'It must end after it begins.' })

export const freezeCalendar = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'Use small letters, digits and dashes, e.g. month-end.'),
  reason: z.string().trim().min(1, 'Say why: it is shown to those whom it stops.').max(400),
  timeZone: z.string().refine(isTimeZone, 'Use a name such as Europe/Berlin or UTC.'),
  closed: z
    .array(z.discriminatedUnion('kind', [weekly, dates]))
    .min(1, 'Say when it is closed.')
    .max(100),
  /** An empty list is all. */
  appliesTo: z
    .strictObject({
      /** Connections (`shop-edge`) or targets (`shop-edge/payment`). */
      targets: z.array(z.string().min(1).max(200)).max(100).default([]),
      kinds: z.array(actionKind).max(20).default([]),
      /** Names. Those that people ask for without a runbook are then left out. */
      runbooks: z.array(z.string().min(1).max(200)).max(100).default([]),
    })
    .prefault({}),
})
export type FreezeCalendar = z.infer<typeof freezeCalendar>
export type ClosedTime = FreezeCalendar['closed'][number]

/** An agreed exception: asked for by one person, confirmed by another. Times are unix ms. */
export interface FreezeException {
  calendar: string
  reason: string
  askedBy: string
  /** Null: it counts only when a second person confirmed it. */
  confirmedBy: string | null
  until: number
}

/** What an action touches, how, and for whom. */
interface Touched {
  /** `<connection>/<backend>` */
  target: string
  kind: ActionKind
  /** Null when a person asked. */
  runbook: string | null
}

/** Calendars that freeze the scope at a time (unix ms), in their order. */
export function closedFor(calendars: readonly FreezeCalendar[], scope: Touched, at: number): FreezeCalendar[] {
  return calendars.filter((calendar) => applies(calendar, scope) && isClosed(calendar, at))
}

/** Whether an exception lifts a calendar at a time: confirmed by somebody else, and not over. */
export function isLifted(calendar: FreezeCalendar, exceptions: readonly FreezeException[], at: number): boolean {
  return exceptions.some(
    (one) =>
      one.calendar === calendar.name &&
      one.confirmedBy !== null &&
      one.confirmedBy !== one.askedBy &&
      one.reason.trim() !== '' &&
      at < one.until,
  )
}

export function isClosed({ closed, timeZone }: FreezeCalendar, at: number): boolean {
  const { minute, day, time } = wallClock(at, timeZone)
  return closed.some((when) => {
    switch (when.kind) {
      case 'weekly': {
        const today = when.days.includes(day)
        if (when.from < when.to) return today && when.from <= time && time < when.to
        const yesterday = when.days.includes(day === 1 ? 7 : day - 1)
        return (today && when.from <= time) || (yesterday && time < when.to)
      }
      case 'dates':
        return when.from <= minute && minute < when.to
    }
  })
}

function applies({ appliesTo: { targets, kinds, runbooks } }: FreezeCalendar, scope: Touched): boolean {
  const connection = scope.target.split('/', 1)[0] ?? ''
  return (
    (targets.length === 0 || targets.some((target) => meets(target, scope.target, connection))) &&
    (kinds.length === 0 || kinds.includes(scope.kind)) &&
    (runbooks.length === 0 || (scope.runbook !== null && runbooks.includes(scope.runbook)))
  )
}

/** `shop-edge/*` touches every target of the connection, so a calendar of any of them stops it. */
function meets(listed: string, target: string, connection: string): boolean {
  if (listed === target || listed === connection || listed === `${connection}/*`) return true
  return target === `${connection}/*` && listed.startsWith(`${connection}/`)
}
