/**
 * A run as the interpreter sees it: state, events in, commands out. No I/O, no clock: every event carries its time, so the
 * Temporal workflow, the express runner, the backtest and the tests drive the same code and take the same steps.
 */
import type { Evidence, Hypothesis, Report, Verdict } from './verdict.ts'
import type { Plan } from './plan.ts'

/** What a node's `run` returns. `output` satisfies the node's output schema. */
export interface StepResult {
  outcome: string
  output: unknown
  /** One line for people: "payment lost 10.9 of 11.8 points". */
  summary: string
  verdict?: Verdict
  evidence?: Evidence[]
  hypotheses?: Hypothesis[]
  /** Only `conclude` sets it. */
  report?: Report
}

export interface StepError {
  /** Stable, kebab-case: `source-unreachable`, `timeout`, `bad-input`. */
  code: string
  message: string
  /** What to do next. */
  fix?: string
  retryable: boolean
}

export type StepState =
  | { status: 'pending' }
  | { status: 'running'; attempt: number; startedAt: number; input: Record<string, unknown> }
  | { status: 'backing-off'; attempt: number; startedAt: number; input: Record<string, unknown>; error: StepError }
  /** An approve step whose guarded actions are planned and that waits for people. */
  | {
      status: 'waiting'
      attempt: number
      startedAt: number
      input: Record<string, unknown>
      expiresAt: number
      plans: ActionPlan[]
    }
  | {
      status: 'done'
      attempt: number
      startedAt: number
      endedAt: number
      input: Record<string, unknown>
      result: StepResult
    }
  | {
      status: 'failed'
      attempt: number
      startedAt: number
      endedAt: number
      input: Record<string, unknown>
      error: StepError
    }
  | { status: 'skipped'; endedAt: number; reason: string }
  | { status: 'cancelled'; endedAt: number }
export type StepStatus = StepState['status']

export type RunStatus = 'running' | 'succeeded' | 'failed' | 'cancelled' | 'timed-out'

export interface RunContext {
  runId: string
  params: Record<string, unknown>
  trigger: { kind: 'button' | 'api' | 'schedule' | 'test'; by: string; payload?: unknown }
  /** The run's clock for every read, unix milliseconds. */
  asOf: number
}

export interface RunState {
  status: RunStatus
  context: RunContext
  steps: Record<string, StepState>
  startedAt: number
  endedAt: number | null
  /** Why it failed, when it did. */
  error: StepError | null
}

/** What a driver planned for one guarded write step; people approve its hash. Made by packages/actions. */
export interface ActionPlan {
  stepId: string
  /** `sha256:`...; any change of the plan changes it and voids an approval. */
  hash: string
  /** "Switch payment traffic from zone A to zone B for 30 min" */
  title: string
  target: string
  /** Rows for people: before -> after, e.g. { label: 'pay-a-1', before: 'weight 100', after: 'weight 0' }. */
  diff: { label: string; before: string; after: string }[]
  /** Facts with units: moves, capacity after, expected, verify, reverts. */
  facts: { label: string; value: string; tone?: 'normal' | 'abnormal' | 'inconclusive' }[]
  guards: { name: string; pass: boolean; detail: string }[]
  /** The absolute intent, as the driver will apply it. */
  intent: unknown
  leaseSeconds: number
}

export type RunEvent =
  | { kind: 'start'; at: number }
  | { kind: 'step-completed'; at: number; stepId: string; attempt: number; result: StepResult }
  | { kind: 'step-failed'; at: number; stepId: string; attempt: number; error: StepError }
  | { kind: 'actions-planned'; at: number; stepId: string; plans: ActionPlan[] }
  | { kind: 'timer-fired'; at: number; timerId: string }
  | {
      kind: 'approval-decided'
      at: number
      stepId: string
      decision: 'approved' | 'rejected'
      by: string
      comment?: string
      hashes: string[]
    }
  | { kind: 'cancel'; at: number; by: string; reason: string }

export type RunCommand =
  /** Execute a node. compute: in the driver, at once; read/write: outside. Exactly one completed/failed event answers it. */
  | {
      kind: 'run-step'
      stepId: string
      attempt: number
      input: Record<string, unknown>
      asOf: number
      timeoutSeconds: number
      approvedHash?: string
    }
  /** Plan the guarded write steps of an approve step; answered by `actions-planned` or `step-failed` (of the approve step). */
  | {
      kind: 'plan-actions'
      stepId: string
      attempt: number
      actions: { stepId: string; input: Record<string, unknown> }[]
    }
  | { kind: 'request-approval'; stepId: string; plans: ActionPlan[]; expiresAt: number; input: Record<string, unknown> }
  | { kind: 'start-timer'; timerId: string; seconds: number }
  | { kind: 'cancel-timer'; timerId: string }
  | { kind: 'cancel-step'; stepId: string }
  /** Revert what this run applied, newest first. */
  | { kind: 'revert-actions'; reason: string }
  | { kind: 'finish-run'; status: Exclude<RunStatus, 'running'> }

/** What starts a run: the input of the `runRunbook` workflow. */
export interface RunInput {
  plan: Plan
  context: RunContext
}
