/** Carries out the cases of backtests: the plan over moments of the past, with real reads and planned writes. */
import { cancellationSignal, heartbeat } from '@temporalio/activity'
import { stepErrorFrom } from '@tenon/activities'
import { findComputeNode } from '@tenon/activities/compute'
import { parseParams, type Plan } from '@tenon/runbook'
import { rehearse, unpackCase } from '@tenon/runbook/backtest'
import type { TestedRun } from '@tenon/runbook/testing'
import type { BacktestActivities } from './backtest-activities.ts'
import { runNode, type ContextFactory, type NodeRegistry } from './run-node.ts'

/** A case that has not been run. */
export interface PendingCase {
  position: number
  /** ISO 8601. */
  asOf: string
  params: Record<string, unknown>
}

/** What a case gave. */
export interface CaseEnd {
  /** `failed`: the run did not succeed. */
  status: 'done' | 'failed'
  runStatus: TestedRun['status'] | null
  verdict: TestedRun['verdict']
  conclusion: string | null
  actions: TestedRun['actions']
  outcomes: TestedRun['outcomes']
  error: { code: string; message: string; fix?: string } | null
  durationMs: number
}

export interface BacktestStore {
  /** Null when it does not go on. */
  running(id: string): Promise<{ planHash: string; requestedBy: string } | null>
  plan(hash: string): Promise<Plan | null>
  nextPending(id: string): Promise<PendingCase | null>
  finishCase(id: string, position: number, end: CaseEnd): Promise<void>
  /** Changes nothing when it has ended already. */
  end(
    id: string,
    end: { status: 'done' | 'failed' | 'cancelled'; error: { code: string; message: string } | null },
  ): Promise<void>
}

export interface BacktestDependencies {
  store: BacktestStore
  registry: NodeRegistry
  contextFor: ContextFactory
}

/** So many in one activity: a retry of it begins behind those that are on record. */
const casesOfActivity = 10

export function createBacktestActivities(deps: BacktestDependencies): BacktestActivities {
  return {
    async runBacktestCases({ backtestId }) {
      const signal = cancellationSignal()
      const beat = setInterval(() => heartbeat(), 1_000)
      try {
        return await runCases(backtestId, deps, signal)
      } finally {
        clearInterval(beat)
      }
    },
    endBacktest: ({ backtestId, status, message }) =>
      deps.store.end(backtestId, {
        status,
        error: status === 'cancelled' ? null : { code: 'backtest-failed', message },
      }),
  }
}

/** Exported for tests: the activity without Temporal. */
export async function runCases(
  id: string,
  deps: BacktestDependencies,
  signal: AbortSignal,
): Promise<{ left: boolean }> {
  const { store } = deps
  const first = await store.running(id)
  const plan = first && (await store.plan(first.planHash))
  if (!first) return { left: false }
  if (!plan) {
    await store.end(id, {
      status: 'failed',
      error: { code: 'plan-gone', message: 'The version that it runs is gone.' },
    })
    return { left: false }
  }
  for (let count = 0; count < casesOfActivity; count += 1) {
    // Whoever cancels it does so in the database, also while no worker is there.
    if (!(await store.running(id))) return { left: false }
    const pending = await store.nextPending(id)
    if (!pending) {
      await store.end(id, { status: 'done', error: null })
      return { left: false }
    }
    const end = await runCase({ id, plan, by: first.requestedBy, pending }, deps, signal)
    await store.finishCase(id, pending.position, end)
  }
  return { left: true }
}

async function runCase(
  { id, plan, by, pending }: { id: string; plan: Plan; by: string; pending: PendingCase },
  { store, registry, contextFor }: BacktestDependencies,
  signal: AbortSignal,
): Promise<CaseEnd> {
  const begun = performance.now()
  const { params: given, payload } = unpackCase(pending.params)
  const parsed = parseParams(plan.params, given)
  if (!parsed.ok) {
    const [problem] = parsed.problems
    const message = problem?.message ?? 'The parameters do not fit.'
    return {
      status: 'failed',
      runStatus: null,
      verdict: null,
      conclusion: null,
      actions: [],
      outcomes: {},
      error: { code: 'bad-params', message, ...(problem ? { fix: problem.fix } : {}) },
      durationMs: Math.round(performance.now() - begun),
    }
  }
  const context = {
    runId: `backtest-${id}-${pending.position}`,
    params: parsed.params,
    trigger: { kind: 'backtest' as const, by, ...(payload === undefined ? {} : { payload }) },
    asOf: Date.parse(pending.asOf),
  }
  const run = await rehearse(plan, context, {
    compute: findComputeNode,
    errorOf: (thrown) => stepErrorFrom(thrown, 'worker'),
    // Runs live in this process as well, and must be heard while a case computes.
    breathe: () => new Promise((resolve) => setImmediate(resolve)),
    plan: (hash) => store.plan(hash),
    signal,
    read: ({ stepId, attempt, input, asOf, timeoutSeconds }, { type, version, context: of }) =>
      runNode(
        {
          context: of,
          stepId,
          type,
          version,
          attempt,
          input,
          asOf,
          timeoutSeconds,
          approvedHash: null,
          approvedBy: null,
        },
        { registry, contextFor },
        { signal, heartbeat: () => {} },
      ),
  })
  return {
    status: run.status === 'succeeded' ? 'done' : 'failed',
    runStatus: run.status,
    verdict: run.verdict,
    conclusion: run.conclusion,
    actions: run.actions,
    outcomes: run.outcomes,
    error: run.error,
    durationMs: Math.round(performance.now() - begun),
  }
}
