/** The worker's activities as a factory over interfaces: the composition root gives real parts, tests give theirs. */
import { activityInfo, cancellationSignal, heartbeat, log } from '@temporalio/activity'
import { CancelledFailure } from '@temporalio/common'
import { StepFailure, stepErrorFrom } from '@tenon/activities'
import type { StepResult } from '@tenon/runbook'
import {
  longAnswer,
  type EngineActivities,
  type LeaseStep,
  type RevertedAction,
  type RevertReason,
} from './engine-activities.ts'
import { planActions, runNode, type ActivityScope, type ContextFactory, type NodeRegistry } from './run-node.ts'
import { failureOf } from './step-errors.ts'

/** Where runs are made and projected for people. */
export type RunStore = Pick<
  EngineActivities,
  | 'project'
  | 'requestApproval'
  | 'loadPlan'
  | 'awaitEvent'
  | 'stopAwaiting'
  | 'markQueued'
  | 'prepareChildRun'
  | 'prepareScheduledRun'
>

/** What a run or a gate asks of other runs. */
export interface OtherRuns extends Pick<EngineActivities, 'enterGate' | 'joinRun' | 'cancelRun'> {
  watchRun(runId: string, signal: AbortSignal): ReturnType<EngineActivities['watchRun']>
}

/** Actions in effect, and how they are put back. */
export interface ActionReverts {
  /** Puts back every action of a run that is or may be in effect, newest first, each through its lease. */
  revertRun(call: { runId: string; by: string; reason: string }, scope: ActivityScope): Promise<RevertedAction[]>
  revertOne(call: { actionId: string; by: string; reason: RevertReason }, scope: ActivityScope): Promise<LeaseStep>
  recordRenewal(call: { actionId: string; by: string; seconds: number }): Promise<void>
}

export interface ActivityDependencies {
  registry: NodeRegistry
  contextFor: ContextFactory
  runs: RunStore
  others: OtherRuns
  reverts: ActionReverts
}

/** Longest time without a heartbeat; the SDK passes them on once a second, and each brings back whether the step was cancelled. */
const heartbeatMilliseconds = 500

export function createActivities(deps: ActivityDependencies): EngineActivities {
  const { runs, others, reverts } = deps
  return {
    runNode: (call) => guarded(async (scope) => notTooLong(await runNode(call, deps, scope))),
    planActions: (call) => guarded((scope) => planActions(call, deps, scope)),
    requestApproval: (request) => runs.requestApproval(request),
    project: (projection) => runs.project(projection),
    loadPlan: (hash) => translated(() => runs.loadPlan(hash)),
    awaitEvent: (call) => runs.awaitEvent(call),
    stopAwaiting: (call) => runs.stopAwaiting(call),
    markQueued: (runId) => runs.markQueued(runId),
    prepareChildRun: (call) => translated(() => runs.prepareChildRun(call)),
    prepareScheduledRun: (call) => translated(() => runs.prepareScheduledRun(call)),
    enterGate: (call) => others.enterGate(call),
    joinRun: (call) => others.joinRun(call),
    cancelRun: (call) => others.cancelRun(call),
    watchRun: (runId) => guarded(({ signal }) => others.watchRun(runId, signal)),
    revertActions: (call) => guarded((scope) => reverts.revertRun(call, scope)),
    revertAction: (call) => guarded((scope) => reverts.revertOne(call, scope)),
    recordRenewal: (call) => reverts.recordRenewal(call),
  }
}

/**
 * All local activities of a workflow task are told to the server in one message, which takes 4 MB: a long answer is asked for again as an activity of its own.
 */
const longestLocalResult = 192 * 1024

function notTooLong(result: StepResult): StepResult {
  if (!activityInfo().isLocal || JSON.stringify(result).length <= longestLocalResult) return result
  throw new StepFailure({ code: longAnswer, message: 'The answer is too long for a local activity.', retryable: true })
}

/** For calls of our own database: what is wrong with the request is final, a database that is away is for Temporal to try again. */
async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (thrown) {
    const error = stepErrorFrom(thrown, 'worker')
    if (error.retryable || error.code === 'internal') throw thrown
    throw failureOf(error, thrown)
  }
}

/** Heartbeats while `work` runs and translates what it throws. */
async function guarded<T>(work: (scope: ActivityScope) => Promise<T>): Promise<T> {
  const signal = cancellationSignal()
  // A local activity has no heartbeats: its worker is the workflow's own, and a cancel reaches it at once.
  const beats = !activityInfo().isLocal
  const beat = beats ? setInterval(() => heartbeat(), heartbeatMilliseconds) : undefined
  try {
    return await work({ signal, heartbeat: (detail) => (beats ? heartbeat(detail) : undefined) })
  } catch (thrown) {
    // Temporal has to learn that the activity ended because it was told to, not that it failed.
    if (signal.aborted)
      throw new CancelledFailure('The step was cancelled.', [], thrown instanceof Error ? thrown : undefined)
    const error = stepErrorFrom(thrown, 'worker')
    const { activityType, workflowExecution } = activityInfo()
    log.warn('Step failed', {
      activityType,
      runId: workflowExecution?.workflowId,
      code: error.code,
      message: error.message,
    })
    throw failureOf(error, thrown)
  } finally {
    clearInterval(beat)
  }
}
