/** How a `read` is called: what ends soon as a local activity, all else as an activity with heartbeats. */
import type { EngineActivities } from '../engine-activities.ts'
import { localRead, remoteRead } from './activity-options.ts'
import { longAnswer } from '../engine-activities.ts'
import { stepErrorOf } from './step-failure.ts'

/**
 * A local activity holds the workflow task: until it ends, no Update, timer or command gets through. So only reads that end within the time in
 * which a cancel must arrive may be local.
 */
const localReadSeconds = 2

export const callRead: EngineActivities['runNode'] = async (call) => {
  const { timeoutSeconds } = call
  if (timeoutSeconds > localReadSeconds) return remoteRead(timeoutSeconds)(call)
  try {
    return await localRead(timeoutSeconds)(call)
  } catch (failure) {
    // A long answer does not fit with others into one workflow task: it is asked for again by itself.
    if (stepErrorOf(failure).code !== longAnswer) throw failure
    return remoteRead(timeoutSeconds)(call)
  }
}
