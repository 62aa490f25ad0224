/** Triggers as pages and callers see them, and what people do to them. */
import type { RunSummary, TriggerRow } from '@tenon/db'
import { nextFires, type Trigger } from '@tenon/runbook'
import { actorKey, labelOf, type Actor } from './actor.ts'
import { ApiError, problemOf } from './errors.ts'
import { sourceOf } from './inbound/receive-webhook.ts'
import { syncSoon } from './schedule-sync.ts'
import { isSchedule } from './schedules.ts'
import type { Services } from './services.ts'

/** Times are ISO 8601. */
export interface TriggerView {
  runbook: { name: string; title: string }
  environment: string
  name: string
  kind: Trigger['kind']
  trigger: Trigger
  /** One line: "0 9 * * mon in Asia/Shanghai". */
  summary: string
  paused: boolean
  pausedBy: string | null
  pausedReason: string | null
  pausedAt: string | null
  /** Where a webhook's events are posted. */
  address: string | null
  /** The next five firings of a schedule, soonest first; none while it is paused. */
  next: string[]
  /** Said when Temporal could not be asked, or has no such schedule: `next` is then worked out here. */
  notice: string | null
  lastRun: Pick<RunSummary, 'id' | 'status' | 'verdict' | 'startedAt'> | null
}

type Parts = Pick<Services, 'db' | 'engine' | 'configuration'>

const shownFires = 5

export async function listTriggers(
  services: Parts,
  { runbook, kind }: { runbook?: string; kind?: Trigger['kind'] } = {},
): Promise<TriggerView[]> {
  const { db } = services
  const runbooks = new Map((await db.runbooks.list()).map((row) => [row.name, row.title]))
  const kinds = kind ? [kind] : (['schedule', 'webhook', 'event'] as const)
  const rows = (await Promise.all(kinds.map((one) => db.runbooks.triggersOfKind(one)))).flat()
  const wanted = rows.filter((row) => runbook === undefined || row.runbook === runbook)
  return Promise.all(wanted.map((row) => viewOf(services, row, runbooks.get(row.runbook) ?? row.runbook)))
}

async function viewOf(services: Parts, row: TriggerRow, title: string): Promise<TriggerView> {
  const { runbook, environment, name, content, paused, pausedBy, pausedReason, pausedAt } = row
  const [fires, lastRun] = await Promise.all([firesOf(services, row), newestRun(services, row)])
  return {
    runbook: { name: runbook, title },
    environment,
    name,
    kind: content.kind,
    trigger: content,
    summary: summaryOf(content),
    paused,
    pausedBy,
    pausedReason,
    pausedAt,
    address: content.kind === 'webhook' ? addressOf(services, row) : null,
    ...fires,
    lastRun,
  }
}

function addressOf({ configuration }: Parts, { runbook, environment, name }: TriggerRow): string {
  const query = environment === 'production' ? '' : `?environment=${environment}`
  return `${configuration.publicUrl}/api/v1/hooks/${runbook}/${name}${query}`
}

/** Temporal's own answer, for it is what fires. When it is away, ours. */
async function firesOf({ engine }: Parts, row: TriggerRow): Promise<{ next: string[]; notice: string | null }> {
  if (!isSchedule(row)) return { next: [], notice: null }
  if (row.paused) return { next: [], notice: null }
  const computed = (): string[] =>
    nextFires(row.content, { after: Date.now(), count: shownFires }).map((at) => new Date(at).toISOString())
  try {
    const { runbook, environment, name: trigger } = row
    const status = await engine.scheduleStatus({ runbook, environment, trigger })
    if (!status) return { next: computed(), notice: 'It is not set up yet; it will be within a minute.' }
    return { next: status.next.slice(0, shownFires), notice: null }
  } catch (error) {
    return { next: computed(), notice: problemOf(error).message }
  }
}

/** By what is on record of the trigger: a run itself does not know which schedule of its runbook it came from. */
async function newestRun({ db }: Parts, row: TriggerRow): Promise<TriggerView['lastRun']> {
  const { runbook, environment } = row
  const source = row.kind === 'schedule' ? `${runbook}/${row.name}` : sourceOf(row)
  const [event] = await db.inbound.list({ runbook, environment, source, disposition: 'ran', limit: 1 })
  const run = event?.runId ? await db.runs.summary(event.runId) : null
  return run && { id: run.id, status: run.status, verdict: run.verdict, startedAt: run.startedAt }
}

function summaryOf(trigger: Trigger): string {
  switch (trigger.kind) {
    case 'schedule': {
      const { cron, every, calendar, timeZone } = trigger
      if (every !== undefined) return `every ${every}`
      if (cron !== undefined) return `${cron} in ${timeZone}`
      const days = calendar?.days?.join(', ') ?? 'every day'
      const dates = calendar?.dates ? ` on ${calendar.dates.join(', ')} of the month` : ''
      return `${calendar?.at.join(', ') ?? ''} ${days}${dates} in ${timeZone}`
    }
    case 'webhook':
      return `${trigger.format}${trigger.when === undefined ? '' : `, when ${trigger.when}`}`
    case 'event':
      return `${trigger.event}${trigger.when === undefined ? '' : `, when ${trigger.when}`}`
  }
}

export interface TriggerName {
  runbook: string
  environment: string
  trigger: string
}

/** @throws ApiError `unknown-trigger`. */
export async function existingTrigger(
  { db }: Pick<Services, 'db'>,
  { runbook, environment, trigger }: TriggerName,
): Promise<TriggerRow> {
  const rows = await db.runbooks.triggersOf(runbook, environment)
  const found = rows.find(({ name }) => name === trigger)
  if (found) return found
  throw new ApiError({
    status: 404,
    code: 'unknown-trigger',
    message: `The runbook "${runbook}" has no trigger "${trigger}" in the environment ${environment}.`,
    fix: 'Look at the list of triggers; those of a draft exist once it is published.',
  })
}

/**
 * Pauses a trigger with a reason, or lets it go on. Events of a paused one are filtered, schedules do not fire.
 * @returns a warning when it is saved and Temporal is not told yet.
 * @throws ApiError `unknown-trigger`.
 */
export async function setTriggerPaused(
  services: Pick<Services, 'db' | 'engine'>,
  name: TriggerName,
  { paused, reason, actor }: { paused: boolean; reason: string; actor: Actor },
): Promise<{ warning: string | null }> {
  const row = await existingTrigger(services, name)
  const { runbook, environment, trigger } = name
  const { db } = services
  await db.runbooks.setTriggerPaused({ name: runbook, environment, trigger, paused, by: labelOf(actor), reason })
  await db.audit.append({
    actor: actorKey(actor),
    action: paused ? 'triggers.pause' : 'triggers.resume',
    subject: `${runbook}/${trigger}`,
    detail: { environment, reason },
  })
  return { warning: row.kind === 'schedule' ? await syncSoon(services, runbook) : null }
}

/** Firings that one backfill may make. */
export const mostBackfilled = 200

/**
 * Runs a schedule for every time between two (unix milliseconds) that it should have fired at, one after the other.
 * @returns how many runs that makes.
 * @throws ApiError `unknown-trigger`, `trigger-paused`, `not-a-schedule`, `bad-span`, `too-many-firings`.
 */
export async function backfillTrigger(
  services: Pick<Services, 'db' | 'engine'>,
  name: TriggerName,
  { from, to, actor }: { from: number; to: number; actor: Actor },
): Promise<{ firings: number }> {
  const row = await existingTrigger(services, name)
  if (!isSchedule(row)) {
    throw new ApiError({
      status: 409,
      code: 'not-a-schedule',
      message: `"${name.trigger}" is a ${row.kind} and has no times that could be made up for.`,
      fix: 'Choose a schedule.',
    })
  }
  if (row.paused) {
    throw new ApiError({
      status: 409,
      code: 'trigger-paused',
      message: `"${name.trigger}" is paused, and what is paused does not run.`,
      fix: 'Resume it, then make up for the times that passed.',
    })
  }
  if (from >= to || to > Date.now()) {
    throw new ApiError({
      status: 400,
      code: 'bad-span',
      message: from >= to ? 'The end is not after the beginning.' : 'The end is in the future.',
      fix: 'Give a span of the past.',
    })
  }
  const times = firesBetween(row.content, from, to)
  if (times.length > mostBackfilled || times.length === 0) {
    throw new ApiError({
      status: 422,
      code: times.length === 0 ? 'no-firing' : 'too-many-firings',
      message:
        times.length === 0
          ? 'The schedule does not fire in this time.'
          : `The schedule fires more than ${mostBackfilled} times in this time.`,
      fix: times.length === 0 ? 'Choose a longer time.' : 'Choose a shorter time, and then the rest.',
    })
  }
  if (!(await services.engine.backfillSchedule(name, { from, to }))) {
    throw new ApiError({
      status: 409,
      code: 'not-set-up',
      message: 'The schedule is not set up yet.',
      fix: 'Try again in a minute.',
    })
  }
  await services.db.audit.append({
    actor: actorKey(actor),
    action: 'triggers.backfill',
    subject: `${name.runbook}/${name.trigger}`,
    detail: { environment: name.environment, from: new Date(from).toISOString(), to: new Date(to).toISOString() },
  })
  return { firings: times.length }
}

/** At most one more than may be backfilled. Temporal counts both ends in. */
export function firesBetween(content: Parameters<typeof nextFires>[0], from: number, to: number): number[] {
  return nextFires(content, { after: from - 1, count: mostBackfilled + 1 }).filter((at) => at <= to)
}
