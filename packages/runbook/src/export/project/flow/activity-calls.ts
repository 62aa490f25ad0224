/** How activities are called: their time, their retries, and what a cancel does to them. */
import { ActivityCancellationType, proxyActivities, type RetryPolicy } from '@temporalio/workflow'
import type { ActionPlan, Question } from './question.ts'
import type { Call, RunningFlow } from './running-flow.ts'
import type { Step, StepResult } from './step.ts'

export interface Retry {
  /** Attempts in all. */
  attempts: number
  /** Wait before the second attempt; doubles each time, at most 1 minute. */
  backoffSeconds: number
  /** Error codes (types of `ApplicationFailure`) that are final at once. */
  nonRetryable?: string[]
}

/** How a step calls its activity. */
export interface ActivityOptions<Name = string> {
  activity: Name
  outcomes: readonly string[]
  /** Each attempt. */
  timeoutSeconds: number
  retry: Retry
}

/** An activity of a step. */
export type Activity = (input: any, call: Call) => Promise<StepResult>
export type Activities = Record<string, Activity>

/** Activities that the flow itself calls. */
export interface FlowActivities {
  /** Says what each write would do, before people are asked. */
  planActions(
    actions: { step: string; title: string; input: Record<string, unknown> }[],
    call: Call,
  ): Promise<ActionPlan[]>
  /** Tells people that a question is open. */
  askPeople(question: Question): Promise<void>
  /** Puts back what a run changed. `actions` are newest first; `result` is null for one whose end is not known. */
  revertActions(run: {
    runId: string
    reason: string
    actions: { step: string; title: string; input: Record<string, unknown>; result: StepResult | null }[]
  }): Promise<void>
}

const flowActivities = proxyActivities<FlowActivities>({ startToCloseTimeout: '2m', retry: { maximumAttempts: 20 } })
export const { askPeople, revertActions } = flowActivities

export function callActivity(flow: RunningFlow, step: Step, options: ActivityOptions): void {
  const { activity, outcomes, timeoutSeconds, retry } = options
  const call = proxyActivities<Activities>({
    summary: step.key,
    startToCloseTimeout: timeoutSeconds * 1000,
    retry: retryPolicy(retry),
    cancellationType: step.writes
      ? ActivityCancellationType.WAIT_CANCELLATION_COMPLETED
      : ActivityCancellationType.TRY_CANCEL,
  })[activity]!
  flow.perform(step, outcomes, () => call(step.input, flow.callOf(step)))
}

export function planActions(
  step: Step,
  { timeoutSeconds, retry }: { timeoutSeconds: number; retry: Retry },
): FlowActivities['planActions'] {
  return proxyActivities<FlowActivities>({
    summary: step.key,
    startToCloseTimeout: timeoutSeconds * 1000,
    retry: retryPolicy(retry),
    cancellationType: ActivityCancellationType.TRY_CANCEL,
  }).planActions
}

export function retryPolicy({ attempts, backoffSeconds, nonRetryable = [] }: Retry): RetryPolicy {
  return {
    maximumAttempts: attempts,
    initialInterval: backoffSeconds * 1000,
    backoffCoefficient: 2,
    maximumInterval: '1m',
    // Temporal's own name for a step that took too long.
    nonRetryableErrorTypes: nonRetryable.map((code) => (code === 'timeout' ? 'TemporalTimeout:StartToClose' : code)),
  }
}
