import { verdictValue, type Plan, type RunStatus, type VerdictValue } from '@tenon/runbook'
import * as z from 'zod'
import { DbError, unknownRunbook } from './db-error.ts'
import type { Prisma } from './generated/client.ts'
import type { Plans } from './plans.ts'
import type { Store } from './store.ts'
import { iso, isoOrNull, json, jsonValue, storedObject } from './stored.ts'

export type BacktestStatus = z.infer<typeof backtestStatus>
export type CaseLabel = 'normal' | 'abnormal'

/** Times are ISO 8601. */
export interface BacktestRow {
  id: string
  /** Name of the runbook. */
  runbook: string
  /** null for a draft. */
  version: number | null
  planHash: string
  title: string
  status: BacktestStatus
  requestedBy: string
  error: BacktestError | null
  startedAt: string
  endedAt: string | null
}

export interface BacktestRecord extends BacktestRow {
  /** In order. */
  cases: BacktestCaseRow[]
}

export interface BacktestError {
  code: string
  message: string
}

export interface BacktestCaseRow {
  position: number
  /** The case's clock. */
  asOf: string
  params: Record<string, unknown>
  /** What people say it was; null when unknown. */
  label: CaseLabel | null
  status: 'pending' | 'done' | 'failed'
  verdict: VerdictValue | null
  conclusion: string | null
  runStatus: RunStatus | null
  /** Planned actions; null before it ended. */
  actions: { step: string; input: Record<string, unknown> }[] | null
  /** Outcome of each step; null before it ended. */
  outcomes: Record<string, string> | null
  error: (BacktestError & { fix?: string }) | null
  durationMs: number | null
  endedAt: string | null
}

/** How a case ended. */
export type CaseEnd = Pick<BacktestCaseRow, 'verdict' | 'conclusion' | 'runStatus' | 'actions' | 'outcomes'> & {
  status: 'done' | 'failed'
  error: BacktestCaseRow['error']
  durationMs: number
}

const backtestStatus = z.enum(['running', 'done', 'failed', 'cancelled'])
const storedError = z.object({ code: z.string(), message: z.string(), fix: z.string().optional() })
const storedCase = z.object({
  label: z.enum(['normal', 'abnormal']).nullable(),
  status: z.enum(['pending', 'done', 'failed']),
  verdict: verdictValue.nullable(),
  runStatus: z.enum(['running', 'succeeded', 'failed', 'cancelled', 'timed-out']).nullable(),
  actions: z.array(z.object({ step: z.string(), input: storedObject })).nullable(),
  outcomes: z.record(z.string(), z.string()).nullable(),
  error: storedError.nullable(),
})

const named = { include: { runbook: { select: { name: true } } } } as const

/** One plan over many past moments. Its cases are on record one by one, so that it goes on where it was after a crash. */
export function createBacktests(store: Store, plans: Plans) {
  return {
    /** @param backtest.cases `asOf` in unix milliseconds. @returns its id. @throws DbError `unknown-runbook`. */
    async create(backtest: {
      name: string
      version: number | null
      plan: Plan
      title: string
      requestedBy: string
      cases: { asOf: number; params: Record<string, unknown>; label: CaseLabel | null }[]
    }): Promise<string> {
      const { name, version, plan, title, requestedBy } = backtest
      await plans.put(plan)
      return store.write(async (tx, tell) => {
        const runbook = await tx.runbook.findUnique({ where: { name }, select: { id: true } })
        if (!runbook) throw unknownRunbook(name)
        const { id } = await tx.backtest.create({
          data: { runbookId: runbook.id, version, planHash: plan.hash, title, requestedBy, status: 'running' },
        })
        await tx.backtestCase.createMany({
          data: backtest.cases.map(({ asOf, params, label }, position) => ({
            backtestId: id,
            position,
            asOf: new Date(asOf),
            params: jsonValue(params),
            label,
          })),
        })
        tell({ topic: 'backtest', id })
        return id
      })
    },

    async get(id: string): Promise<BacktestRecord | null> {
      const row = await store.client.backtest.findUnique({
        where: { id },
        include: { ...named.include, cases: { orderBy: { position: 'asc' } } },
      })
      return row && { ...backtestRow(row), cases: row.cases.map(caseRow) }
    },

    /** Without its cases, of which there may be a thousand. */
    async head(id: string): Promise<BacktestRow | null> {
      const row = await store.client.backtest.findUnique({ where: { id }, ...named })
      return row && backtestRow(row)
    },

    /** Of a runbook, newest first, at most 50. */
    async list(name: string): Promise<BacktestRow[]> {
      const rows = await store.client.backtest.findMany({
        where: { runbook: { name } },
        ...named,
        orderBy: { startedAt: 'desc' },
        take: 50,
      })
      return rows.map(backtestRow)
    },

    /** The first case that has not been run. */
    async nextPending(id: string): Promise<BacktestCaseRow | null> {
      const row = await store.client.backtestCase.findFirst({
        where: { backtestId: id, status: 'pending' },
        orderBy: { position: 'asc' },
      })
      return row && caseRow(row)
    },

    /** A case that ended stays as it is. */
    async finishCase(id: string, position: number, end: CaseEnd): Promise<void> {
      const { actions, outcomes, error, ...columns } = end
      await store.write(async (tx, tell) => {
        const { count } = await tx.backtestCase.updateMany({
          where: { backtestId: id, position, status: 'pending' },
          data: {
            ...columns,
            actions: json(actions),
            outcomes: json(outcomes),
            error: json(error),
            endedAt: new Date(),
          },
        })
        if (count > 0) tell({ topic: 'backtest', id })
      })
    },

    /** People may learn later what a case was. @throws DbError `unknown-backtest-case`. */
    async label(id: string, position: number, label: CaseLabel | null): Promise<void> {
      await store.write(async (tx, tell) => {
        const { count } = await tx.backtestCase.updateMany({ where: { backtestId: id, position }, data: { label } })
        if (count === 0) {
          throw new DbError('unknown-backtest-case', `The backtest ${id} has no case ${position}.`, {
            fix: 'Look at its list of cases; positions count from 0.',
          })
        }
        tell({ topic: 'backtest', id })
      })
    },

    /** One that ended stays as it is. */
    async end(
      id: string,
      end: { status: Exclude<BacktestStatus, 'running'>; error: BacktestError | null },
    ): Promise<void> {
      await store.write(async (tx, tell) => {
        const { count } = await tx.backtest.updateMany({
          where: { id, status: 'running' },
          data: { status: end.status, error: json(end.error), endedAt: new Date() },
        })
        if (count > 0) tell({ topic: 'backtest', id })
      })
    },
  }
}

export type Backtests = ReturnType<typeof createBacktests>

function backtestRow(row: Prisma.BacktestGetPayload<typeof named>): BacktestRow {
  return {
    id: row.id,
    runbook: row.runbook.name,
    version: row.version,
    planHash: row.planHash,
    title: row.title,
    status: backtestStatus.parse(row.status),
    requestedBy: row.requestedBy,
    error: row.error === null ? null : storedError.parse(row.error),
    startedAt: iso(row.startedAt),
    endedAt: isoOrNull(row.endedAt),
  }
}

function caseRow(row: Prisma.BacktestCaseGetPayload<object>): BacktestCaseRow {
  return {
    ...storedCase.parse(row),
    position: row.position,
    asOf: iso(row.asOf),
    params: storedObject.parse(row.params),
    conclusion: row.conclusion,
    durationMs: row.durationMs,
    endedAt: isoOrNull(row.endedAt),
  }
}
