/** What belongs to the runbook as a whole: parameters, schedule, timeout. */
import { Cron } from 'croner'
import type { Parameter, Problem, RunbookDocument } from './document.ts'
import { durationSeconds } from './duration.ts'
import { parameterProblem, parseParams } from './parse-params.ts'

const weekInSeconds = 7 * 86_400

export function checkSettings(document: RunbookDocument): Problem[] {
  return [
    ...checkDuration(document.timeout, { path: ['timeout'], least: 1, most: weekInSeconds }),
    ...Object.entries(document.params).flatMap(([name, parameter]) => defaultProblems(name, parameter)),
    ...(document.schedule ? scheduleProblems(document.schedule, document) : []),
  ]
}

/** A duration outside of its bounds, in seconds. Its form is checked by the document's schema. */
export function checkDuration(
  text: string,
  { path, least, most }: { path: (string | number)[]; least: number; most: number },
): Problem[] {
  const seconds = durationSeconds(text)
  if (seconds !== null && seconds >= least && seconds <= most) return []
  const message = `${text} is out of range.`
  return [{ code: 'duration-range', severity: 'error', message, fix: `Use ${least} s to ${most / 3600} h.`, path }]
}

function defaultProblems(name: string, parameter: Parameter): Problem[] {
  if (parameter.default === undefined) return []
  const problem = parameterProblem(parameter, parameter.default)
  if (problem === null) return []
  const message = `The default of "${name}" ${problem.message}`
  return [
    { code: 'parameter-default', severity: 'error', message, fix: problem.fix, path: ['params', name, 'default'] },
  ]
}

function scheduleProblems(
  { cron, timeZone, params }: NonNullable<RunbookDocument['schedule']>,
  document: RunbookDocument,
): Problem[] {
  const problems: Problem[] = []
  const wrong = (field: 'cron' | 'timeZone', message: string, fix: string): void =>
    void problems.push({
      code: `schedule-${field === 'cron' ? 'cron' : 'time-zone'}`,
      severity: 'error',
      message,
      fix,
      path: ['schedule', field],
    })
  if (!isTimeZone(timeZone))
    wrong('timeZone', `There is no time zone "${timeZone}".`, 'Use a name such as UTC or Asia/Shanghai.')
  const reason = cronProblem(cron)
  if (reason !== null)
    wrong(
      'cron',
      `"${cron}" is no schedule: ${reason}.`,
      'Use five fields: minute hour day month weekday, such as */10 * * * *.',
    )
  const given = parseParams(document.params, params)
  if (!given.ok) {
    problems.push(
      ...given.problems.map((problem) => ({ ...problem, path: ['schedule', 'params', ...problem.path.slice(1)] })),
    )
  }
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
    return new Cron(cron, { mode: '5-part', paused: true }).nextRun() === null ? 'it never comes' : null
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^CronPattern: /, '').replace(/\.$/, '') : String(error)
  }
}
