/** How the worker is tuned: for two cores, quick cancels, and an end that loses nothing. */
import type { NativeConnection, WorkerOptions } from '@temporalio/worker'

/** Everything but the code: workflows and activities are the caller's. */
export function workerOptions(target: {
  connection: NativeConnection
  namespace: string
  taskQueue: string
}): WorkerOptions {
  return {
    ...target,
    // Steps wait on the outside far more than they compute, so many may be under way on few cores.
    maxConcurrentActivityTaskExecutions: 40,
    maxConcurrentLocalActivityExecutions: 80,
    maxConcurrentWorkflowTaskExecutions: 20,
    maxConcurrentWorkflowTaskPolls: 4,
    maxConcurrentActivityTaskPolls: 4,
    maxCachedWorkflows: 200,
    workflowThreadPoolSize: 1,
    // What a lost worker had cached waits this long for it. A worker that is alive takes a task within milliseconds.
    stickyQueueScheduleToStartTimeout: '3s',
    // A heartbeat's answer says whether the step was cancelled: once a second keeps a cancel under two seconds.
    maxHeartbeatThrottleInterval: '1s',
    defaultHeartbeatThrottleInterval: '1s',
    // Time for steps to end by themselves at a shutdown; what does not is repeated by the next worker.
    shutdownGraceTime: '3s',
    shutdownForceTime: '8s',
  }
}
