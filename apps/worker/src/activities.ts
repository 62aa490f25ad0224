/** The worker's activities as a factory over interfaces: the composition root gives real parts, tests give theirs. */
import { activityInfo, cancellationSignal, heartbeat, log } from '@temporalio/activity'
import { CancelledFailure } from '@temporalio/common'
import type { ApprovalRequest, RunInput, RunProjection } from '@tenon/runbook'
import type { EngineActivities, LeaseStep, RevertedAction, RevertReason } from './engine-activities.ts'
import { planActions, runNode, type ActivityScope, type ContextFactory, type NodeRegistry } from './run-node.ts'
import { failureOf, stepErrorFrom } from './step-errors.ts'

/** Where runs are projected for people. */
export interface RunStore {
  project(projection: RunProjection): Promise<void>
  requestApproval(request: ApprovalRequest): Promise<void>
  prepareScheduledRun(call: { runbookId: string; runId: string; at: number }): Promise<RunInput | null>
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
  reverts: ActionReverts
}

/** Longest time without a heartbeat; the SDK passes them on once a second, and each brings back whether the step was cancelled. */
const heartbeatMilliseconds = 500

export function createActivities(deps: ActivityDependencies): EngineActivities {
  return {
    runNode: (call) => guarded((scope) => runNode(call, deps, scope)),
    planActions: (call) => guarded((scope) => planActions(call, deps, scope)),
    requestApproval: (request) => deps.runs.requestApproval(request),
    project: (projection) => deps.runs.project(projection),
    revertActions: (call) => guarded((scope) => deps.reverts.revertRun(call, scope)),
    revertAction: (call) => guarded((scope) => deps.reverts.revertOne(call, scope)),
    recordRenewal: (call) => deps.reverts.recordRenewal(call),
    prepareScheduledRun: (call) => deps.runs.prepareScheduledRun(call),
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
    const error = stepErrorFrom(thrown)
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
