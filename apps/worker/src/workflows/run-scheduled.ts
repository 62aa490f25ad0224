import { executeChild, ParentClosePolicy, proxyActivities, uuid4 } from '@temporalio/workflow'
import { runWorkflowId, type ScheduledInput } from '@tenon/runbook'
import type { EngineActivities } from '../engine-activities.ts'
import { runRunbook } from './run-runbook.ts'

const { prepareScheduledRun } = proxyActivities<EngineActivities>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: '1s', maximumInterval: '10s' },
  // A schedule that could not be prepared within its catch-up window is dropped rather than run late.
  scheduleToCloseTimeout: '60s',
})

/**
 * One firing of a runbook's Temporal Schedule: makes the run from the version published now and runs it as a child. It lasts as long as the run,
 * so that the schedule's overlap policy (skip) sees that a run is still going.
 */
export async function runScheduled({ runbookId }: ScheduledInput): Promise<void> {
  // Drawn here and not in the activity, so that an activity that is tried twice makes one row.
  const runId = uuid4()
  const input = await prepareScheduledRun({ runbookId, runId, at: Date.now() })
  if (!input) return
  await executeChild(runRunbook, {
    args: [input],
    workflowId: runWorkflowId(runId),
    // A run may hold actions in effect: it ends by itself and puts them back, whatever becomes of its schedule.
    parentClosePolicy: ParentClosePolicy.ABANDON,
  })
}
