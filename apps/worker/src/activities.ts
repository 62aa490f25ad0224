/** The worker's activities as a factory over interfaces: the composition root gives real parts, tests give theirs. */
import { activityInfo, cancellationSignal, heartbeat, log } from '@temporalio/activity'
import { CancelledFailure } from '@temporalio/common'
import { stepErrorFrom } from '@tenon/activities'
import type { SettleAction, SettledAction, StepError, StepResult } from '@tenon/runbook'
import type {
  EngineActivities,
  LeaseStep,
  NodeCall,
  RevertedAction,
  RevertReason,
  SoonAnswer,
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
  settleOne(call: SettleAction, scope: ActivityScope): Promise<SettledAction>
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
    runNode: (call) => guarded((scope) => runNode(call, deps, scope)),
    readSoon: (call) => readSoon(call, deps),
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
    settleAction: (call) => guarded((scope) => reverts.settleOne(call, scope)),
  }
}

/** Of a read that holds its workflow's task; see workflows/reads.ts. */
const soonMs = 800
/** All local activities of a workflow task are told to the server in one message, which takes 4 MB. Length of the JSON. */
const longestSoonAnswer = 192 * 1024

async function readSoon(call: NodeCall, deps: ActivityDependencies): Promise<SoonAnswer> {
  const late = AbortSignal.timeout(soonMs)
  const ended = await endOfRead(call, deps, late)
  // Since the workflow asked, so that the time in which it waited for a free place counts too.
  const tookMs = Math.max(0, Date.now() - activityInfo().currentAttemptScheduledTimestampMs)
  if (late.aborted || cancellationSignal().aborted) return { kind: 'later', tookMs }
  return { ...ended, tookMs }
}

type EndOfRead = { kind: 'done'; result: StepResult } | { kind: 'failed'; error: StepError } | { kind: 'later' }

async function endOfRead(call: NodeCall, deps: ActivityDependencies, late: AbortSignal): Promise<EndOfRead> {
  const signal = AbortSignal.any([cancellationSignal(), late])
  try {
    const result = await runNode(call, deps, { signal, heartbeat: () => undefined })
    return JSON.stringify(result).length > longestSoonAnswer ? { kind: 'later' } : { kind: 'done', result }
  } catch (thrown) {
    const error = stepErrorFrom(thrown, 'worker')
    if (!signal.aborted) noteFailure(error)
    return { kind: 'failed', error }
  }
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
  const beat = setInterval(() => heartbeat(), heartbeatMilliseconds)
  try {
    return await work({ signal, heartbeat })
  } catch (thrown) {
    // Temporal has to learn that the activity ended because it was told to, not that it failed.
    if (signal.aborted)
      throw new CancelledFailure('The step was cancelled.', [], thrown instanceof Error ? thrown : undefined)
    const error = stepErrorFrom(thrown, 'worker')
    noteFailure(error)
    throw failureOf(error, thrown)
  } finally {
    clearInterval(beat)
  }
}

function noteFailure({ code, message }: StepError): void {
  const { activityType, workflowExecution } = activityInfo()
  log.warn('Step failed', { activityType, runId: workflowExecution?.workflowId, code, message })
}
