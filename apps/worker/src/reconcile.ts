/**
 * Repairs what a crash may leave: the projection of runs whose workflow ended without telling, actions that nobody settled, and leases that are
 * gone. Temporal and the ledger's targets are the truth; everything here only reads them and is safe to do twice or on several workers.
 */
import { resolveAbandoned, type ActionDeps, type LedgerAction } from '@tenon/actions'
import type { Leases } from './leases.ts'
import { describeRun, repairRuns, settleAfterMilliseconds, type RepairDeps } from './repair-runs.ts'

export interface ReconcileDeps extends RepairDeps {
  actions: ActionDeps
  leases: Leases
}

export interface Reconciled {
  runsChecked: number
  runsBegun: string[]
  runsRepaired: string[]
  actionsSettled: string[]
}

export async function reconcile(deps: ReconcileDeps): Promise<Reconciled> {
  const { checked, begun, repaired } = await repairRuns(deps)
  return {
    runsChecked: checked,
    runsBegun: begun,
    runsRepaired: repaired,
    actionsSettled: await settleActions(deps),
  }
}

/** @returns ids of the actions that were settled. */
async function settleActions(deps: ReconcileDeps): Promise<string[]> {
  const open = await deps.actions.ledger.list({ state: 'open' })
  const now = await deps.actions.ledger.now()
  const settled: string[] = []
  for (const action of open) {
    try {
      switch (action.status) {
        case 'planned':
        case 'approved':
        case 'intended':
          if (!(await isAbandoned(action, now, deps))) break
          await resolveAbandoned(action, deps.actions)
          settled.push(action.id)
          break
        case 'done':
        case 'unknown':
        case 'reverting':
          await deps.leases.ensure(action.id, secondsLeft(action, now))
          break
        case 'not-done':
        case 'reverted':
        case 'expired':
        case 'kept':
        case 'rehearsed':
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
async function isAbandoned(action: LedgerAction, now: number, deps: ReconcileDeps): Promise<boolean> {
  if (now - action.createdAt < settleAfterMilliseconds) return false
  if (action.runId === null) return true
  const workflow = await describeRun(deps.client, action.runId)
  return workflow?.status.name !== 'RUNNING'
}

/** By the ledger's clock: this machine's may be wrong. */
function secondsLeft(action: LedgerAction, now: number): number {
  return action.leaseUntil === null ? 1 : Math.max(1, (action.leaseUntil - now) / 1000)
}
