/** How each kind of activity is called: which of its failures Temporal repeats and which it reports. */
import { ActivityCancellationType, isCancellation, proxyActivities, proxyLocalActivities } from '@temporalio/workflow'
import type { EngineActivities } from '../engine-activities.ts'
import type { Arrivals } from './arrivals.ts'
import { isStepError } from './step-failure.ts'

/** A worker that is lost shows by its missing heartbeats; the SDK sends them once a second at most (see the worker's options). */
const heartbeatTimeout = '5s'
/** The activity stops itself at the step's timeout; past this much more it is taken for hung. */
const graceSeconds = 10

/**
 * Temporal repeats an activity only when its worker was lost (heartbeat timeout). Errors of the step itself are not retryable for Temporal:
 * attempts are the interpreter's to count. Repeating a write is safe, because the ledger is keyed by run and step.
 */
const retryLostWorkers = {
  initialInterval: '500ms',
  backoffCoefficient: 1.5,
  maximumInterval: '10s',
  nonRetryableErrorTypes: ['TemporalTimeout:StartToClose'],
}

/** Calls of our own database, begun where the workflow runs: no way to the server and back. */
export type OwnCalls = Pick<
  EngineActivities,
  'project' | 'requestApproval' | 'loadPlan' | 'awaitEvent' | 'stopAwaiting'
>

/** Once only. What is away must not hold the workflow task: what fails here is called again from afar. */
const near = proxyLocalActivities<EngineActivities>({
  startToCloseTimeout: '3s',
  retry: { maximumAttempts: 1 },
})
const far = proxyActivities<EngineActivities>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: '500ms', maximumInterval: '5s' },
})

/** Each is tried at once and, when that fails, as an activity that Temporal repeats until it succeeds. */
export function ownCalls({ inOrder }: Arrivals): OwnCalls {
  type Call<A, R> = (argument: A) => Promise<R>
  const first =
    <A, R>(nearby: Call<A, R>, remote: Call<A, R>): Call<A, R> =>
    async (argument) => {
      try {
        return await inOrder(nearby(argument))
      } catch (failure) {
        if (isCancellation(failure) || isStepError(failure)) throw failure
        return remote(argument)
      }
    }
  return {
    project: first(near.project, far.project),
    requestApproval: first(near.requestApproval, far.requestApproval),
    loadPlan: first(near.loadPlan, far.loadPlan),
    awaitEvent: first(near.awaitEvent, far.awaitEvent),
    stopAwaiting: first(near.stopAwaiting, far.stopAwaiting),
  }
}

/** A `read` that may end soon; see reads.ts. */
export const { readSoon } = near

/** `runNode` for a `read`: given up at once when the step is cancelled. */
export function remoteRead(timeoutSeconds: number): EngineActivities['runNode'] {
  return proxyActivities<EngineActivities>({
    startToCloseTimeout: (timeoutSeconds + graceSeconds) * 1000,
    heartbeatTimeout,
    retry: retryLostWorkers,
    cancellationType: ActivityCancellationType.TRY_CANCEL,
  }).runNode
}

/** `runNode` for a `write`: a cancel waits for its end, because what it did must be known before it can be put back. */
export function write(timeoutSeconds: number): EngineActivities['runNode'] {
  return proxyActivities<EngineActivities>({
    startToCloseTimeout: (timeoutSeconds + graceSeconds) * 1000,
    heartbeatTimeout,
    retry: retryLostWorkers,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  }).runNode
}

export function planActions(timeoutSeconds: number): EngineActivities['planActions'] {
  return proxyActivities<EngineActivities>({
    startToCloseTimeout: (timeoutSeconds + graceSeconds) * 1000,
    heartbeatTimeout,
    retry: retryLostWorkers,
    cancellationType: ActivityCancellationType.TRY_CANCEL,
  }).planActions
}

export const { prepareChildRun } = proxyActivities<EngineActivities>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: '500ms', maximumInterval: '10s' },
})

/** Of a schedule: what could not be prepared within its catch-up window is dropped rather than run late. */
export const { prepareScheduledRun } = proxyActivities<EngineActivities>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: '1s', maximumInterval: '10s' },
  scheduleToCloseTimeout: '60s',
})

/** Of a gate. */
export const { markQueued } = far

/** Calls of other runs and gates, through Temporal. */
export const { enterGate, joinRun, cancelRun } = proxyActivities<EngineActivities>({
  startToCloseTimeout: '20s',
  retry: { initialInterval: '200ms', maximumInterval: '5s' },
})

/** Lasts as long as the run that it watches. */
export const { watchRun } = proxyActivities<EngineActivities>({
  startToCloseTimeout: '30d',
  heartbeatTimeout,
  retry: { initialInterval: '500ms', maximumInterval: '10s' },
})

/** Putting back never gives up: the actions' leases would do it in the end, but later. */
export const { revertActions } = proxyActivities<EngineActivities>({
  startToCloseTimeout: '120s',
  heartbeatTimeout,
  retry: { initialInterval: '1s', maximumInterval: '10s', maximumAttempts: 20 },
})
