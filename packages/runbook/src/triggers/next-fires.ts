/** When a schedule fires next, worked out as Temporal does, for those who write one. What is scheduled is asked of Temporal. */
import { Cron } from 'croner'
import type { ScheduleTrigger } from '../document.ts'
import { durationSeconds } from '../duration.ts'

/**
 * The next times, unix milliseconds, without jitter; fewer than `count` when it does not come so often.
 *
 * @param options.after unix milliseconds.
 * @example nextFires({ ..., cron: '0 9 * * mon' }, { after: Date.now(), count: 5 })
 */
export function nextFires(
  { cron, every, calendar, timeZone }: ScheduleTrigger,
  { after, count = 5 }: { after: number; count?: number },
): number[] {
  if (every !== undefined) {
    const ms = (durationSeconds(every) ?? 0) * 1000
    if (ms === 0) return []
    const first = (Math.floor(after / ms) + 1) * ms
    return Array.from({ length: count }, (_, index) => first + index * ms)
  }
  const patterns = cron !== undefined ? [cron] : calendar ? calendar.at.map((at) => calendarPattern(at, calendar)) : []
  const times = patterns.flatMap((pattern) =>
    fieldsAreAll(pattern, timeZone)
      .nextRuns(count, new Date(after))
      .map((time) => time.getTime()),
  )
  return [...new Set(times)].sort((a, b) => a - b).slice(0, count)
}

/** Temporal wants the day of the month and of the week to fit both, unlike classic cron. */
export function fieldsAreAll(pattern: string, timeZone?: string): Cron {
  return new Cron(pattern, {
    mode: '5-part',
    paused: true,
    domAndDow: true,
    ...(timeZone === undefined ? {} : { timezone: timeZone }),
  })
}

function calendarPattern(at: string, { days, dates }: NonNullable<ScheduleTrigger['calendar']>): string {
  return `${Number(at.slice(3))} ${Number(at.slice(0, 2))} ${dates?.join(',') ?? '*'} * ${days?.join(',') ?? '*'}`
}
