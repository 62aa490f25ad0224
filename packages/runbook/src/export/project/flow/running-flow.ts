/** The flow as those know it who carry out its steps, each kind in a file of its own: flow.ts is the one that puts them together. */
import type { Step, StepError, StepResult } from './step.ts'

/** Who calls, and for what. */
export interface Call {
  runId: string
  /** The step's key. `runId` and `step` together are a key that makes a write safe to repeat. */
  step: string
  /** The run's clock, ISO 8601: what was true then is the answer. */
  asOf: string
  /** Of a write that people approved: the hash of the plan that they saw. */
  approvedHash?: string
}

/** What pure code sees of the run: what the steps that ended before it gave. */
export interface ComputeContext {
  runId: string
  /** Unix milliseconds. */
  asOf: number
  steps: { id: string; type: string; title: string; result: StepResult }[]
}

export interface RunningFlow {
  readonly trigger: { kind: string; by: string; payload: any }
  readonly info: { id: string; asOf: string; environment: string }
  readonly all: Step[]

  /** Carries out an activity or child workflow for a step. */
  perform(step: Step, outcomes: readonly string[], work: () => Promise<StepResult>): void
  /** Carries out pure code for a step. */
  evaluate(step: Step, outcomes: readonly string[], work: () => StepResult): void
  /** Carries out the planning of an approval's writes. */
  plan<Plans>(step: Step, work: () => Promise<Plans>, then: (plans: Plans) => void): void
  callOf(step: Step): Call
  computeContext(): ComputeContext
  /** `action` says which steps are to be looked at when it fires. */
  startTimer(id: string, timer: { seconds: number; step: Step | null }, action: () => Step[]): void
  /** Keeps the workflow open until this has ended. */
  hold(work: Promise<void>): void

  finish(step: Step, result: StepResult): void
  fail(step: Step, code: string, message: string): void
  cancelStep(step: Step): void
  /** Ends the run, as a step can. */
  finishRun(status: 'succeeded' | 'failed', error: StepError | null): void

  /** Does one event's work. */
  turn(work: () => void): void
  /** Looks at these steps, and at everything that follows from those of them that end. */
  settle(steps: readonly Step[]): void
  /** What is to be looked at because this step has ended. */
  afterEnd(step: Step): Step[]
  afterEndIfEnded(step: Step): Step[]
}
