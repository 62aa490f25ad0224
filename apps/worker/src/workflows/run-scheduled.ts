import { defineSearchAttributeKey } from '@temporalio/common'
import {
  CancellationScope,
  executeChild,
  isCancellation,
  ParentClosePolicy,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow'
import { runWorkflowId, type ScheduledInput } from '@tenon/runbook'
import { cancelRun, enterGate, prepareScheduledRun, watchRun } from './activity-options.ts'
import { runRunbook } from './run-runbook.ts'

/** Set by Temporal on all that a schedule starts. */
const scheduledTime = defineSearchAttributeKey('TemporalScheduledStartTime', 'DATETIME')

/**
 * One firing of a schedule: makes the run from the version that is live now and runs it as a child, or through the gate of its concurrency key. It lasts
 * as long as the run, so that the schedule's overlap policy sees that a run is still going.
 */
export async function runScheduled(trigger: ScheduledInput): Promise<void> {
  // Drawn here and not in the activity, so that an activity that is tried twice makes one row.
  const runId = uuid4()
  // The run looks at the time for which it was due: also when it is made up for later, be it after an outage, after the run before it, or by a backfill.
  const at = workflowInfo().typedSearchAttributes.get(scheduledTime)?.getTime() ?? Date.now()
  const scheduled = await prepareScheduledRun({ ...trigger, runId, at })
  if (!scheduled) return
  if (scheduled.gate) {
    const entered = await enterGate({ scheduled })
    if (entered) await untilEnd(entered.runId)
    return
  }
  await executeChild(runRunbook, {
    args: [scheduled.start],
    workflowId: runWorkflowId(runId),
    priority: { priorityKey: scheduled.priorityKey },
    // A run may hold actions in effect: it ends by itself and puts them back, whatever becomes of its schedule.
    parentClosePolicy: ParentClosePolicy.ABANDON,
  })
}

/** The schedule's next firing may cancel this one: that means the run. */
async function untilEnd(runId: string): Promise<void> {
  try {
    await watchRun(runId)
  } catch (failure) {
    if (!isCancellation(failure)) throw failure
    await CancellationScope.nonCancellable(() =>
      cancelRun({ runId, by: 'schedule', reason: 'The next run of the schedule replaces it.' }),
    )
    throw failure
  }
}
