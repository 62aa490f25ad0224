/** What the bounds of actions in effect and of breakers read now, for people to look at. Workers judge by readings of their own. */
import type { ActionEventRecord, HarmBound, LedgerAction } from '@tenon/actions'
import { indexModel, type DataService } from '@tenon/data'
import type { Services } from './services.ts'

type Watched = Pick<HarmBound, 'measure' | 'where'>

export interface Reading extends Watched {
  /** null when the model has no such measure. */
  title: string | null
  unit: string
  /** null: no value of the last minute. */
  value: number | null
  /** ISO 8601. */
  at: string | null
}

/** An action that a breaker watches, or would put back if writes were not stopped. Times are ISO 8601. */
export interface WatchedAction {
  id: string
  title: string
  target: string
  runbook: string | null
  since: string
  leaseUntil: string | null
  bounds: HarmBound[]
  /** The breach on record; null: none. */
  broken: string | null
}

const stepSeconds = 5
const lookBackSeconds = 60
/** For all of them: a source that answers later has no value here. */
const answerMilliseconds = 4_000
const mostAtOnce = 8

/** Newest first, with what each measure reads now, of breakers that watch too. */
export async function watchedMeasures(services: Services): Promise<{ actions: WatchedAction[]; readings: Reading[] }> {
  const { db } = services
  const [inEffect, breakers, data] = await Promise.all([db.actions.inEffect(), db.breakers.list(), services.data()])
  const bounded = inEffect.filter(
    ({ status, revert, request }) => status === 'done' && revert !== null && (request.harm ?? []).length > 0,
  )
  const actions = await Promise.all(
    bounded.map(async (action) => watchedAction(action, await db.actions.events(action.id))),
  )
  const ofBreakers = breakers
    .filter(({ state }) => state === 'watching')
    .flatMap(({ bounds }) => bounds.filter(({ source }) => source === 'model'))
  return { actions, readings: await readAll(data, [...actions.flatMap(({ bounds }) => bounds), ...ofBreakers]) }
}

function watchedAction(action: LedgerAction, events: readonly ActionEventRecord[]): WatchedAction {
  const { id, title, target, runbook, appliedAt, createdAt, leaseUntil, request } = action
  const harm = events.findLast(({ kind }) => kind === 'harm')
  const detail = harm?.detail['detail']
  return {
    id,
    title,
    target,
    runbook,
    since: new Date(appliedAt ?? createdAt).toISOString(),
    leaseUntil: leaseUntil === null ? null : new Date(leaseUntil).toISOString(),
    bounds: request.harm ?? [],
    broken: harm === undefined ? null : typeof detail === 'string' ? detail : 'a bound',
  }
}

/** Each measure once, and not too many at a time. */
async function readAll(data: DataService, watched: readonly Watched[]): Promise<Reading[]> {
  const waiting = [
    ...new Map(watched.map(({ measure, where }) => [keyOf(where, measure), { measure, where }])).values(),
  ]
  const signal = AbortSignal.timeout(answerMilliseconds)
  const readings: Reading[] = []
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) readings.push(await readNow(data, next, signal))
  }
  await Promise.all(Array.from({ length: mostAtOnce }, work))
  return readings
}

const keyOf = (where: Record<string, string>, measure: string): string =>
  JSON.stringify([measure, Object.entries(where).toSorted(([a], [b]) => a.localeCompare(b))])

async function readNow(data: DataService, { measure, where }: Watched, signal: AbortSignal): Promise<Reading> {
  const place = indexModel(data.model).measure(measure)
  const reading = { measure, where, title: place?.measure.title ?? null, unit: place?.measure.unit ?? '' }
  const asOf = Date.now()
  try {
    const from = asOf - lookBackSeconds * 1000
    const { series } = await data.data({ measure, where, from, to: asOf, stepSeconds, asOf }, { signal })
    const newest = series[0]?.points.findLast(([, value]) => value !== null)
    if (newest) return { ...reading, value: newest[1], at: new Date(newest[0]).toISOString() }
  } catch {
    // A source that is away gives no value, as it gives none to the breaker.
  }
  return { ...reading, value: null, at: null }
}
