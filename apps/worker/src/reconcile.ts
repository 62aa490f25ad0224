/**
 * Repairs what a crash may leave: the projection of runs whose workflow ended without telling, actions that nobody settled, and leases that are
 * gone. Temporal and the ledger's targets are the truth; everything here only reads them and is safe to do twice or on several workers.
 */
import { resolveOpen, type ActionDeps, type LedgerAction } from '@tenon/actions'
import { WorkflowNotFoundError, type Client, type WorkflowExecutionDescription } from '@temporalio/client'
import type { Database, RunSummary } from '@tenon/db'
import { isFinal, queryNames, runWorkflowId, type RunState, type StepError } from '@tenon/runbook'
import type { Leases } from './leases.ts'

export interface ReconcileDeps {
  db: Pick<Database, 'runs'>
  client: Client
  actions: ActionDeps
  leases: Leases
  /** Told of what one item could not be repaired for; the next round tries again. */
  onError(what: string, error: unknown): void
}

export interface Reconciled {
  runsChecked: number
  runsRepaired: string[]
  actionsSettled: string[]
}

/** A run's row is made before its workflow starts, and an action is claimed before its first event: younger ones are under way. */
const settleAfterMilliseconds = 20_000

/** Higher than any projection of the workflow itself: it has ended and says nothing more. */
const repairRevision = 2 ** 31 - 1

export async function reconcile(deps: ReconcileDeps): Promise<Reconciled> {
  const repaired: string[] = []
  const running = await deps.db.runs.list({ status: 'running', limit: 200 })
  for (const run of running) {
    try {
      if (await repairRun(run, deps)) repaired.push(run.id)
    } catch (error) {
      deps.onError(`run ${run.id}`, error)
    }
  }
  return { runsChecked: running.length, runsRepaired: repaired, actionsSettled: await settleActions(deps) }
}

/** @returns whether the row had to be repaired. */
async function repairRun(run: RunSummary, deps: ReconcileDeps): Promise<boolean> {
  const workflow = await describe(deps.client, run.id)
  if (!workflow) {
    if (Date.now() - Date.parse(run.startedAt) < settleAfterMilliseconds) return false
    await deps.db.runs.fail(run.id, {
      code: 'workflow-missing',
      message: 'Temporal knows no workflow of this run: it could not be started, or its history was removed.',
      fix: 'Start the runbook again. If this repeats, look at the Temporal server.',
      retryable: false,
    })
    return true
  }
  if (workflow.status.name === 'RUNNING') return false
  await projectEnd(run.id, workflow, deps)
  return true
}

async function projectEnd(
  runId: string,
  workflow: WorkflowExecutionDescription,
  { client, db }: ReconcileDeps,
): Promise<void> {
  const record = await db.runs.get(runId)
  if (!record) return
  // A query replays the history, so it answers for closed workflows too, evidence included.
  const state = await client.workflow.getHandle(runWorkflowId(runId)).query<RunState>(queryNames.runState)
  const endedAt = workflow.closeTime?.getTime() ?? Date.now()
  const ended = state.status !== 'running'
  await db.runs.project({
    runId,
    revision: repairRevision,
    status: ended ? state.status : 'failed',
    startedAt: state.startedAt,
    endedAt: state.endedAt ?? endedAt,
    error: ended ? state.error : endedFromOutside(workflow.status.name),
    approvals: [],
    steps: record.plan.steps.flatMap(({ id, type, title }) => {
      const now = state.steps[id]
      if (!now) return []
      return [
        { stepId: id, type, title, state: ended || isFinal(now) ? now : { status: 'cancelled' as const, endedAt } },
      ]
    }),
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

/** @returns ids of the actions that were settled. */
async function settleActions(deps: ReconcileDeps): Promise<string[]> {
  const open = await deps.actions.ledger.list({ state: 'open' })
  const settled: string[] = []
  for (const action of open) {
    try {
      switch (action.status) {
        case 'planned':
        case 'approved':
        case 'intended':
          if (await isAbandoned(action, deps)) settled.push(...(await settleOne(action, deps)))
          break
        case 'done':
        case 'unknown':
        case 'reverting':
          await deps.leases.ensure(action.id, secondsLeft(action))
          break
        case 'not-done':
        case 'reverted':
        case 'expired':
        case 'refused':
          break
      }
    } catch (error) {
      deps.onError(`action ${action.id}`, error)
    }
  }
  return settled
}

/** Whether no activity can still be at work on it: its run has ended. While the run goes on, Temporal repeats the activity. */
async function isAbandoned(action: LedgerAction, deps: ReconcileDeps): Promise<boolean> {
  if (Date.now() - action.createdAt < settleAfterMilliseconds) return false
  if (action.runId === null) return true
  const workflow = await describe(deps.client, action.runId)
  return workflow?.status.name !== 'RUNNING'
}

async function settleOne(action: LedgerAction, { actions }: ReconcileDeps): Promise<string[]> {
  const ledger = { ...actions.ledger, list: async () => [action] }
  const settled = await resolveOpen({ ...actions, ledger }, 0)
  return settled.map(({ id }) => id)
}

function secondsLeft(action: LedgerAction): number {
  return action.leaseUntil === null ? 1 : Math.max(1, (action.leaseUntil - Date.now()) / 1000)
}

async function describe(client: Client, runId: string): Promise<WorkflowExecutionDescription | null> {
  try {
    return await client.workflow.getHandle(runWorkflowId(runId)).describe()
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null
    throw error
  }
}
