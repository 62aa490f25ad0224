/** Steps that run another runbook: a child workflow of this worker. */
import { ChildWorkflowCancellationType, executeChild } from '@temporalio/workflow'
import { type Retry, retryPolicy } from './activity-calls.ts'
import type { RunState } from './run.ts'
import type { RunningFlow } from './running-flow.ts'
import type { Step, StepResult, Verdict } from './step.ts'

export interface ChildOptions {
  /** Name of the workflow function. */
  workflow: string
  input: () => { runbook: string; version?: number; params?: any }
  outcomes: readonly string[]
  timeoutSeconds: number
  retry: Retry
}

export interface ChildOutput {
  runId: string
  status: string
  verdict: 'normal' | 'abnormal' | 'inconclusive' | null
  conclusion: string | null
}

export function beginChild(flow: RunningFlow, step: Step, options: ChildOptions): void {
  const { workflow, timeoutSeconds, retry, outcomes } = options
  const run = async (): Promise<StepResult> => {
    const workflowId = `${flow.info.id}/${step.key}`
    const input = {
      params: step.input['params'] ?? {},
      trigger: { kind: 'runbook', by: flow.trigger.by },
      asOf: flow.info.asOf,
      environment: flow.info.environment,
    }
    const state: RunState = await executeChild(workflow, {
      args: [input],
      workflowId,
      staticSummary: step.key,
      workflowRunTimeout: timeoutSeconds * 1000,
      retry: retryPolicy(retry),
      cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
    })
    return childResult(workflowId, state)
  }
  flow.perform(step, outcomes, run)
}

/** What a child that succeeded says to the run that asked: its verdict, and its conclusion. */
function childResult(runId: string, { status, report }: RunState): StepResult<string, ChildOutput> {
  const concluded = report as { verdict: Verdict; conclusion: string } | null
  const verdict = concluded?.verdict.value ?? null
  const conclusion = concluded?.conclusion ?? null
  const result = {
    outcome: verdict ?? 'done',
    output: { runId, status, verdict, conclusion },
    summary: conclusion ?? 'The runbook ended.',
  }
  return concluded ? { ...result, verdict: concluded.verdict } : result
}
