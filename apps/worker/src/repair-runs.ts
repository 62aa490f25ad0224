/**
 * Repairs rows of runs after an outage: starts what was accepted and never began, and says how runs ended whose workflow could not tell. Temporal is the
 * truth; all of it is safe to do twice or on several workers.
 */
import { WorkflowNotFoundError, type Client, type WorkflowExecutionDescription } from '@temporalio/client'
import type { Database, RunRecord, RunSummary } from '@tenon/db'
import {
  isFinal,
  planStepOf,
  queryNames,
  runWorkflowId,
  type RunInput,
  type RunProjection,
  type RunState,
  type StepError,
} from '@tenon/runbook'
import type { RunStarter } from './run-starter.ts'

export interface RepairDeps {
  db: Pick<Database, 'runs'>
  client: Client
  starter: Pick<RunStarter, 'start'>
  /** Younger runs are being started; `settleAfterMilliseconds` without it. */
  settleAfter?: number
  /** Told of what one item could not be repaired for; the next round tries again. */
  onError(what: string, error: unknown): void
}

/** A run's row is made before its workflow starts: younger ones are being started. */
export const settleAfterMilliseconds = 20_000
/** A gate that waits this long for one run is asked whether it still knows of those that wait. */
const askGateAfterMilliseconds = 60_000

/** Higher than any projection of the workflow itself: it has ended and says nothing more. */
const repairRevision = 2 ** 31 - 1

/** @returns the runs that were begun or whose row was corrected, and how many were looked at. */
export async function repairRuns(deps: RepairDeps): Promise<{ checked: number; begun: string[]; repaired: string[] }> {
  const { db, settleAfter = settleAfterMilliseconds } = deps
  const stuck = await db.runs.stuck({ olderThanMs: settleAfter })
  const begun = await each(stuck, (run) => beginRun(run, deps), deps)
  const queued = (await db.runs.list({ status: 'queued', limit: 200 })).filter(
    (run) => Date.now() - Date.parse(run.startedAt) > askGateAfterMilliseconds,
  )
  await each(queued, (run) => askGate(run, deps), deps)
  const running = await db.runs.list({ status: 'running', limit: 200 })
  const repaired = await each(running, (run) => repairRun(run, deps), deps)
  return { checked: stuck.length + queued.length + running.length, begun, repaired }
}

async function each<T extends { id: string }>(
  runs: T[],
  repair: (run: T) => Promise<boolean>,
  { onError }: RepairDeps,
): Promise<string[]> {
  const done: string[] = []
  for (const run of runs) {
    try {
      if (await repair(run)) done.push(run.id)
    } catch (error) {
      onError(`run ${run.id}`, error)
    }
  }
  return done
}

/** A run that was accepted and of whose workflow nothing is known. @returns whether it had to be begun or ended. */
async function beginRun(run: RunRecord, deps: RepairDeps): Promise<boolean> {
  if (await describeRun(deps.client, run.id)) return false
  if (run.parentRunId !== null) {
    // The run that wanted it starts it, as long as it goes on.
    const parent = await describeRun(deps.client, run.parentRunId)
    if (parent?.status.name === 'RUNNING') return false
    return end(run.id, deps)
  }
  const input = inputOf(run)
  if (!input) return end(run.id, deps)
  await deps.starter.start(input, run.concurrencyKey)
  return true
}

async function end(runId: string, { db }: RepairDeps): Promise<boolean> {
  await db.runs.fail(runId, {
    code: 'workflow-missing',
    message: 'Temporal knows no workflow of this run: it could not be started, or its history was removed.',
    fix: 'Start the runbook again. If this repeats, look at the Temporal server.',
    retryable: false,
  })
  return true
}

async function askGate(run: RunSummary, { db, starter }: RepairDeps): Promise<boolean> {
  const record = await db.runs.get(run.id)
  const input = record && inputOf(record)
  if (!input) return false
  await starter.start(input, record.concurrencyKey)
  return true
}

/**
 * What was to start the workflow of a run; null when the row does not say all of it: runs of a draft and runs from a step on may have been asked for with
 * only some of the steps, and would do more than was wanted.
 */
function inputOf(run: RunRecord): RunInput | null {
  if (run.version === null || run.baseRunId !== null) return null
  const { plan, params, trigger: kind, requestedBy: by, payload, environment, dryRun } = run
  const trigger = { kind, by, ...(payload === null ? {} : { payload }) }
  const mode = dryRun ? { mode: 'rehearsal' as const } : {}
  return { plan, context: { runId: run.id, params, trigger, asOf: Date.parse(run.asOf), environment, ...mode } }
}

/** @returns whether the row had to be repaired. */
async function repairRun(run: RunSummary, deps: RepairDeps): Promise<boolean> {
  if (run.express) return false
  const workflow = await describeRun(deps.client, run.id)
  if (workflow?.status.name === 'RUNNING') return false
  if (workflow) {
    await projectEnd(run.id, workflow, deps)
    return true
  }
  // One that never began is begun (above); this one told something once.
  const record = await deps.db.runs.get(run.id)
  return record !== null && record.revision > 0 ? end(run.id, deps) : false
}

async function projectEnd(
  runId: string,
  workflow: WorkflowExecutionDescription,
  { client, db }: RepairDeps,
): Promise<void> {
  const record = await db.runs.get(runId)
  if (!record) return
  // A query replays the history, so it answers for closed workflows too. One that never got so far, or whose worker is gone, answers nothing.
  const state = await client.workflow
    .getHandle(runWorkflowId(runId))
    .query<RunState>(queryNames.runState)
    .catch(() => null)
  const endedAt = workflow.closeTime?.getTime() ?? Date.now()
  const ended = state !== null && state.status !== 'running'
  await db.runs.project({
    runId,
    revision: repairRevision,
    status: ended ? state.status : 'failed',
    startedAt: state?.startedAt || Date.parse(record.startedAt),
    endedAt: (ended ? state.endedAt : null) ?? endedAt,
    error: ended ? state.error : endedFromOutside(workflow.status.name),
    approvals: [],
    steps: await missingSteps(record, state, { db, endedAt }),
  })
}

/**
 * Steps whose end the database does not know. Those that it knows it knows better: an answer to a query may leave evidence out. What ran when the workflow
 * was ended from outside may be unknown to its history, too.
 */
async function missingSteps(
  { id, plan }: RunRecord,
  state: RunState | null,
  { db, endedAt }: { db: Pick<Database, 'runs'>; endedAt: number },
): Promise<RunProjection['steps']> {
  const known = new Map((await db.runs.steps(id)).map(({ stepId, status }) => [stepId, status]))
  const ends = new Set<string | undefined>(['done', 'failed', 'skipped', 'cancelled'])
  const keys = new Set([...known.keys(), ...Object.keys(state?.steps ?? {})])
  return [...keys]
    .filter((key) => !ends.has(known.get(key)))
    .map((key) => {
      const now = state?.steps[key]
      const { type, title } = planStepOf(plan, key)
      return { stepId: key, type, title, state: now && isFinal(now) ? now : { status: 'cancelled', endedAt } }
    })
}

function endedFromOutside(status: string): StepError {
  return {
    code: 'workflow-ended',
    message: `The run's workflow was ended from outside (${status.toLowerCase()}).`,
    fix: 'Look at the workflow in Temporal. Actions that it applied are put back by their leases.',
    retryable: false,
  }
}

export async function describeRun(client: Client, runId: string): Promise<WorkflowExecutionDescription | null> {
  try {
    return await client.workflow.getHandle(runWorkflowId(runId)).describe()
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null
    throw error
  }
}
