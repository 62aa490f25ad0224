import { proxyActivities } from '@temporalio/workflow'
import { settleAction as settleActionInput, type SettleAction, type SettledAction } from '@tenon/runbook'
import type { EngineActivities } from '../engine-activities.ts'

const { settleAction: settle } = proxyActivities<EngineActivities>({
  startToCloseTimeout: '60s',
  heartbeatTimeout: '5s',
  // A person waits for the answer, and can ask again.
  retry: { maximumAttempts: 2, initialInterval: '1s' },
})

/** Looks at the target of an action that is unknown, for a person; also for actions that have no lease. */
export async function settleAction(input: SettleAction): Promise<SettledAction> {
  return settle(settleActionInput.parse(input))
}
