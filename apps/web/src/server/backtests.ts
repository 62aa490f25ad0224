/** Backtests: started, looked at, ended. Their cases are run by the worker. */
import type { BacktestRecord } from '@tenon/db'
import { parseParams, type Plan } from '@tenon/runbook'
import { caseTimes, mostCases, packCase, summariseBacktest, unpackCase, type CaseLabel } from '@tenon/runbook/backtest'
import { type Actor, actorKey, labelOf } from './actor.ts'
import { ApiError, problemOf } from './errors.ts'
import { planOf } from './plan-of-request.ts'
import type { Services } from './services.ts'

export interface GivenCase {
  /** ISO 8601. */
  at: string
  params?: Record<string, unknown>
  label?: CaseLabel | null
}

/** Which moments: listed, a range, or the last alerts that came in for the runbook. */
export type GivenCases =
  | GivenCase[]
  | { from: string; to: string; every: string; params?: Record<string, unknown> }
  | { alerts: number }

export interface BacktestRequest {
  runbook: string
  /** The live version without it and without `draft`. */
  version?: number
  draft?: boolean
  title?: string
  cases: GivenCases
  actor: Actor
}

/** @returns its id. @throws ApiError of `planOf`, `bad-cases`, `no-cases`, `temporal-unreachable`. */
export async function startBacktest(services: Services, request: BacktestRequest): Promise<string> {
  const { db, engine } = services
  const { runbook, version, draft, actor } = request
  const { plan, version: number } = await planOf(services, {
    name: runbook,
    ...(version === undefined ? {} : { version }),
    ...(draft ? { draftRevision: (await db.runbooks.draft(runbook)).revision } : {}),
  })
  const cases = await casesOf(services, plan, request)
  const title = request.title ?? titleOf(request.cases, cases.length)
  const id = await db.backtests.create({
    name: runbook,
    version: number,
    plan,
    title,
    requestedBy: labelOf(actor),
    cases,
  })
  await db.audit.append({
    actor: actorKey(actor),
    action: 'backtests.start',
    subject: runbook,
    detail: { id, cases: cases.length },
  })
  try {
    await engine.startBacktest(id)
  } catch (error) {
    const { code, message } = problemOf(error)
    await db.backtests.end(id, { status: 'failed', error: { code, message } })
    throw error
  }
  return id
}

/** What has ended stays as it is. @throws ApiError `unknown-backtest`. */
export async function cancelBacktest(services: Services, { id, actor }: { id: string; actor: Actor }): Promise<void> {
  const found = await existing(services, id)
  if (found.status !== 'running') return
  await services.db.backtests.end(id, { status: 'cancelled', error: null })
  await services.db.audit.append({
    actor: actorKey(actor),
    action: 'backtests.cancel',
    subject: found.runbook,
    detail: { id },
  })
}

/** @throws ApiError `unknown-backtest`. */
export async function backtestView(services: Pick<Services, 'db' | 'configuration'>, id: string) {
  const found = await existing(services, id)
  const { cases, ...head } = found
  return {
    ...headView(services, head),
    summary: summariseBacktest(cases),
    cases: cases.map(
      ({
        position,
        asOf,
        params: packed,
        label,
        status,
        verdict,
        conclusion,
        runStatus,
        actions,
        outcomes,
        error,
        durationMs,
      }) => ({
        position,
        at: asOf,
        params: unpackCase(packed).params,
        label,
        status,
        verdict,
        conclusion,
        runStatus,
        actions: actions ?? [],
        outcomes: outcomes ?? {},
        error,
        durationMs,
      }),
    ),
  }
}

export function headView(
  { configuration }: Pick<Services, 'configuration'>,
  {
    id,
    runbook,
    version,
    planHash,
    title,
    status,
    requestedBy,
    error,
    startedAt,
    endedAt,
  }: Omit<BacktestRecord, 'cases'>,
) {
  const url = `${configuration.publicUrl}/runbooks/${runbook}/backtests/${id}`
  return { id, url, runbook, version, planHash, title, status, requestedBy, error, startedAt, endedAt }
}

async function existing({ db }: Pick<Services, 'db'>, id: string): Promise<BacktestRecord> {
  const found = await db.backtests.get(id)
  if (found) return found
  throw new ApiError({
    status: 404,
    code: 'unknown-backtest',
    message: `There is no backtest ${id}.`,
    fix: 'Look at the list of backtests of the runbook.',
  })
}

interface ReadyCase {
  /** Unix milliseconds. */
  asOf: number
  params: Record<string, unknown>
  label: CaseLabel | null
}

async function casesOf(services: Services, plan: Plan, { cases, runbook }: BacktestRequest): Promise<ReadyCase[]> {
  const ready = Array.isArray(cases)
    ? cases.map(({ at, params = {}, label = null }): ReadyCase => ({ asOf: Date.parse(at), params, label }))
    : 'alerts' in cases
      ? await alertCases(services, { runbook, count: cases.alerts })
      : rangeCases(cases)
  if (ready.length === 0) throw noCases()
  if (ready.length > mostCases)
    throw badCases(`There are ${ready.length} cases; ${mostCases} are allowed.`, 'Take fewer.')
  ready.forEach(({ asOf, params }, index) => {
    if (asOf > Date.now()) throw badCases(`Case ${index + 1} is in the future.`, 'Take moments that are past.')
    const parsed = parseParams(plan.params, unpackCase(params).params)
    const [problem] = parsed.ok ? [] : parsed.problems
    if (problem) throw badCases(`Case ${index + 1}: ${problem.message}`, problem.fix)
  })
  return ready
}

function rangeCases({ from, to, every, params = {} }: Extract<GivenCases, { every: string }>): ReadyCase[] {
  const times = caseTimes({ from: Date.parse(from), to: Date.parse(to), every })
  if (!times.ok) throw badCases(times.message, times.fix)
  return times.times.map((asOf) => ({ asOf, params, label: null }))
}

/** Alerts that made or joined a run: its parameters and what it was given are on record. */
async function alertCases(
  { db }: Services,
  { runbook, count }: { runbook: string; count: number },
): Promise<ReadyCase[]> {
  const cases: ReadyCase[] = []
  let before: string | undefined
  while (cases.length < count) {
    const rows = await db.inbound.list({ runbook, limit: 200, ...(before === undefined ? {} : { before }) })
    for (const { kind, runId, receivedAt, payload } of rows) {
      const run = kind === 'webhook' && runId !== null && cases.length < count ? await db.runs.get(runId) : null
      if (run) cases.push({ asOf: Date.parse(receivedAt), params: packCase(run.params, payload), label: null })
    }
    const last = rows.at(-1)
    if (!last || rows.length < 200) break
    before = `${last.receivedAt}_${last.id}`
  }
  return cases
}

function titleOf(cases: GivenCases, count: number): string {
  const moments = `${count} ${count === 1 ? 'moment' : 'moments'}`
  if (Array.isArray(cases)) return moments
  if ('alerts' in cases) return `The last ${count} alerts`
  const minute = (time: string): string => new Date(time).toISOString().slice(0, 16).replace('T', ' ')
  return `${minute(cases.from)} to ${minute(cases.to)} UTC, every ${cases.every}`
}

const badCases = (message: string, fix: string) => new ApiError({ status: 422, code: 'bad-cases', message, fix })

const noCases = () =>
  new ApiError({
    status: 422,
    code: 'no-cases',
    message: 'There are no moments to look at.',
    fix: 'Give some, a range, or wait until alerts have come in.',
  })
