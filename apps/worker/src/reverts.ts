/** How actions are put back: through their leases, so that one thing at a time works on an action; and how one that is unknown is settled. */
import {
  ActionError,
  renewAction,
  revertAction,
  settleUnknown,
  type ActionDeps,
  type LedgerAction,
} from '@tenon/actions'
import type { ActionReverts } from './activities.ts'
import type { LeaseStep, RevertedAction } from './engine-activities.ts'
import type { Leases } from './leases.ts'

/** Of one try: each waits until the other process has ended or has had its time. */
const mostTurns = 4

export function createReverts(deps: ActionDeps, leases: Leases): ActionReverts {
  return {
    async revertRun({ runId, by }, scope) {
      const reverted: RevertedAction[] = []
      // The ledger lists the newest first: what was laid on top is taken off first.
      for (const action of await deps.ledger.list({ state: 'open', runId })) {
        scope.signal.throwIfAborted()
        reverted.push(await revertThroughLease(action, by, leases))
      }
      return reverted
    },

    async revertOne({ actionId, by, reason }, scope) {
      for (let turn = 1; ; turn += 1) {
        try {
          return leaseStep(await revertAction({ actionId, by, reason }, deps, scope.signal))
        } catch (error) {
          // Another process, which took it over after a crash, moved it on: what it is now is looked at at once, because the lease may be over.
          if (turn === mostTurns || !(error instanceof ActionError) || error.code !== 'stale') throw error
        }
      }
    },

    async recordRenewal({ actionId, by, seconds }) {
      await renewAction({ actionId, by, seconds }, deps)
    },

    async settleOne(call, scope) {
      try {
        const { id, status } = await settleUnknown(call, deps, scope.signal)
        // Its lease waits for a person: it ends, or puts the action back if its time is over.
        if (status !== 'unknown') await leases.actionSettled(id)
        return { kind: 'settled', status }
      } catch (error) {
        // For the person who asked, who may ask again; nothing was changed.
        if (!(error instanceof ActionError)) throw error
        return { kind: 'refused', code: error.code, message: error.message, fix: error.fix }
      }
    },
  }
}

async function revertThroughLease(action: LedgerAction, by: string, leases: Leases): Promise<RevertedAction> {
  // An action that never got to its lease (its worker died before) has nothing to put back, and a lease then says just that.
  await leases.ensure(action.id, 1)
  try {
    const { status } = await leases.revertNow(action.id, { by, reason: 'run' })
    return { actionId: action.id, status }
  } catch {
    // The lease goes on trying and the action stays listed; the run's end need not wait for a target that is away.
    return { actionId: action.id, status: 'reverting' }
  }
}

function leaseStep(action: LedgerAction): LeaseStep {
  const { status } = action
  switch (status) {
    case 'reverted':
    case 'expired':
    case 'kept':
    case 'rehearsed':
    case 'not-done':
    case 'refused':
    case 'planned':
    case 'approved':
      return { next: 'settled', status, detail: `The action is ${status}.` }
    case 'unknown':
      return { next: 'person', status, detail: 'What the action did is not known; look at its target and settle it.' }
    case 'intended':
    case 'done':
    case 'reverting':
      return { next: 'retry', status, detail: `The action is still ${status}.` }
  }
}
