/** What can be wrong with a schedule trigger. */
import { checkDuration } from '../check-settings.ts'
import type { Problem, ScheduleTrigger } from '../document.ts'
import { fieldsAreAll, nextFires } from './next-fires.ts'

const daySeconds = 86_400
const yearSeconds = 365 * daySeconds

/** @param path of the trigger in the document. */
export function checkSchedule(trigger: ScheduleTrigger, path: (string | number)[]): Problem[] {
  const { cron, every, calendar, timeZone, jitter, catchUp } = trigger
  const problem = (code: string, field: string, { message, fix }: Pick<Problem, 'message' | 'fix'>): Problem => ({
    code,
    severity: 'error',
    message,
    fix,
    path: [...path, field],
  })
  const problems: Problem[] = []
  const given = Object.entries({ cron, every, calendar }).flatMap(([name, value]) =>
    value === undefined ? [] : [name],
  )
  if (given.length !== 1) {
    const message =
      given.length === 0 ? 'The schedule does not say when it comes.' : `The schedule has both ${given.join(' and ')}.`
    problems.push({
      code: 'schedule-when',
      severity: 'error',
      message,
      fix: 'Give one of cron, every and calendar.',
      path,
    })
  }
  const zone = isTimeZone(timeZone)
  if (!zone)
    problems.push(
      problem('schedule-time-zone', 'timeZone', {
        message: `There is no time zone "${timeZone}".`,
        fix: 'Use a name such as UTC or Asia/Shanghai.',
      }),
    )
  const reason = cron === undefined ? null : cronProblem(cron)
  if (reason !== null)
    problems.push(
      problem('schedule-cron', 'cron', {
        message: `"${cron}" is no schedule: ${reason}.`,
        fix: 'Use five fields: minute hour day month weekday, such as */10 * * * *.',
      }),
    )
  if (
    calendar &&
    zone &&
    nextFires({ ...trigger, cron: undefined, every: undefined }, { after: 0, count: 1 }).length === 0
  )
    problems.push(
      problem('schedule-calendar', 'calendar', { message: 'The calendar never comes.', fix: 'Choose other dates.' }),
    )
  // Temporal could fire each second; a runbook that asks whole systems should not.
  if (every !== undefined)
    problems.push(...checkDuration(every, { path: [...path, 'every'], least: 10, most: yearSeconds }))
  if (jitter !== undefined)
    problems.push(...checkDuration(jitter, { path: [...path, 'jitter'], least: 0, most: daySeconds }))
  // Temporal takes 10 s for less: https://docs.temporal.io/schedule#catchup-window
  problems.push(...checkDuration(catchUp, { path: [...path, 'catchUp'], least: 10, most: yearSeconds }))
  return problems
}

function isTimeZone(name: string): boolean {
  try {
    const known = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone
    // The scheduler knows neither offsets (+08:00) nor names in other letter case.
    return /^[A-Z]/.test(name) && (known === name || known.toLowerCase() !== name.toLowerCase())
  } catch {
    // RangeError is the only way in which it says no.
    return false
  }
}

/** Plain cron: numbers, names, lists, ranges and steps. What some dialects add (`L`, `W`, `#`, `?`) the scheduler does not know. */
const cronField =
  /^(?:\*|\d{1,2}|[a-z]{3})(?:-(?:\d{1,2}|[a-z]{3}))?(?:\/\d{1,2})?(?:,(?:\*|\d{1,2}|[a-z]{3})(?:-(?:\d{1,2}|[a-z]{3}))?(?:\/\d{1,2})?)*$/i

/** Null when it is a schedule that comes at some time. */
function cronProblem(cron: string): string | null {
  const fields = cron.trim().split(/\s+/)
  if (fields.length !== 5) return `it has ${fields.length === 1 ? 'one field' : `${fields.length} fields`}, not five`
  const strange = fields.find((field) => !cronField.test(field))
  if (strange !== undefined) return `"${strange}" is not understood`
  try {
    return fieldsAreAll(cron).nextRun() === null ? 'it never comes' : null
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^CronPattern: /, '').replace(/\.$/, '') : String(error)
  }
}
