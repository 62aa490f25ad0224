/** What a run takes and gives. */
import { ApplicationFailure } from '@temporalio/workflow'
import { type Parameter, readParams } from './input.ts'
import type { Status, StepError } from './step.ts'

export interface FlowOptions {
  name: string
  timeoutSeconds: number
  /** Whether writes are put back when the run does not succeed. */
  onFailure: 'revert' | 'keep'
}

export interface Trigger {
  kind: string
  /** Who or what started the run; this person may not approve it, unless a step allows that. */
  by: string
  /** What the trigger brought: the alert, the event. */
  payload?: unknown
}

export interface RunInput<Params = Record<string, unknown>> {
  params?: Partial<Params>
  trigger?: Trigger
  /** The run's clock, ISO 8601: every question is asked as of then. Now, when left out. */
  asOf?: string
  environment?: string
}

export type RunStatus = 'succeeded' | 'failed' | 'cancelled' | 'timed-out'

export interface StepView {
  title: string
  status: Status
  /** `pending` until it has ended. */
  outcome: string
  summary: string
  output: unknown
  error: StepError | null
}

export interface RunState {
  status: RunStatus | 'running'
  error: StepError | null
  /** By key, in the order in which they came to be. */
  steps: Record<string, StepView>
  /** What `conclude` concluded, when the runbook does. */
  report: unknown
  /** Why actions could not be put back, when that failed. */
  revertError: string | null
}

/** The parameters of a run. @throws ApplicationFailure `bad-params` naming what is wrong: the workflow fails at once. */
export function paramsOf<Params>(declared: Record<string, Parameter>, given: unknown): Params {
  try {
    return readParams<Params>(declared, given)
  } catch (error) {
    throw ApplicationFailure.nonRetryable(error instanceof Error ? error.message : String(error), 'bad-params')
  }
}
