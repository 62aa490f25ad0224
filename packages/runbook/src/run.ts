/**
 * A run as the interpreter sees it: state, events in, commands out. No I/O, no clock: every event carries its time, so the
 * Temporal workflow, the express runner, the backtest and the tests drive the same code and take the same steps.
 *
 * Steps are addressed by keys: a step at the top by its id, a step of a loop by its id and the rounds that it is in (see step-key.ts).
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

/** What a step that has begun carries through its states. */
interface Begun {
  attempt: number
  startedAt: number
  input: Record<string, unknown>
}

/** A person's yes; times are unix milliseconds. */
export interface Approval {
  by: string
  at: number
  comment: string
  form: Record<string, unknown>
}

/** What a waiting step waits for. Times are unix milliseconds. */
export type Waiting =
  | { kind: 'people'; expiresAt: number; plans: ActionPlan[]; approvals: Approval[] }
  | { kind: 'time'; until: number }
  | { kind: 'event'; event: string; expiresAt: number }

/** How a step that is done came to its result; a step that ran has none. */
export type ResultOrigin = 'muted' | 'pinned' | 'reused'

export type StepState =
  | { status: 'pending' }
  | ({ status: 'running' } & Begun)
  | ({ status: 'backing-off'; error: StepError } & Begun)
  | ({ status: 'waiting'; on: Waiting } & Begun)
  | ({ status: 'done'; endedAt: number; result: StepResult; origin?: ResultOrigin } & Begun)
  | ({ status: 'failed'; endedAt: number; error: StepError } & Begun)
  | { status: 'skipped'; endedAt: number; reason: string }
  /** `begun` when it had begun: a write may then have reached the outside. `cut` when a step that waited for it began without it (`startBy`). */
  | { status: 'cancelled'; endedAt: number; begun?: Begun; cut?: true }
export type StepStatus = StepState['status']

/** `queued` runs wait for another run of their concurrency key; the interpreter never sees them. */
export type RunStatus = 'running' | 'succeeded' | 'failed' | 'cancelled' | 'timed-out'

export type TriggerKind = 'button' | 'api' | 'schedule' | 'webhook' | 'event' | 'runbook' | 'test' | 'backtest'

export interface RunTrigger {
  kind: TriggerKind
  /** As people know them: an e-mail address, `token:<name> of <address>`, `schedule`, `webhook:<runbook>/<trigger>`. */
  by: string
  /** What the trigger brought: the alert, the event. */
  payload?: unknown
}

/** Results that are taken as they are, instead of running their steps, by step key. */
export interface Preset {
  result: StepResult
  origin: Exclude<ResultOrigin, 'muted'>
}

export interface RunContext {
  runId: string
  params: Record<string, unknown>
  trigger: RunTrigger
  /** The run's clock for every read, unix milliseconds. */
  asOf: number
  environment?: string
  /** `rehearsal`: writes are planned and never carried out (backtests, tests). */
  mode?: 'live' | 'rehearsal'
  presets?: Record<string, Preset>
  /** Only these steps and what they need from `presets`: every other step is skipped. Ids of steps at the top. */
  only?: string[]
  /** The run whose step started this one, and how deep it is (a first run is 0). */
  parent?: { runId: string; stepId: string; depth: number }
}

/** Bookkeeping of a loop that goes on, by the loop's step key. */
export type LoopState =
  | {
      kind: 'each'
      items: unknown[]
      /** Rounds begun; the next item's index. */
      begun: number
      /** How each round ended, null while it goes on or has not begun. */
      rounds: (null | 'done' | 'failed')[]
      /** What each round gave: its `collect`, null without one. */
      collected: unknown[]
    }
  | { kind: 'repeat'; round: number }

export interface RunState {
  status: RunStatus
  context: RunContext
  /** By step key. Steps of a loop appear when their round begins. */
  steps: Record<string, StepState>
  loops: Record<string, LoopState>
  /** Timers under way, by id, with when they fire; so that a driver that begins anew can start them again. */
  timers: Record<string, number>
  startedAt: number
  endedAt: number | null
  /** Why it failed, when it did; for a `stop` step that ended it, its reason. */
  error: StepError | null
  /** Triggers that joined this run while it went on. */
  joined: RunTrigger[]
}

/** What a driver planned for one guarded write step; people approve its hash. Made by packages/actions. */
export interface ActionPlan {
  /** Key of the step. */
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
  /**
   * What is expected of measures and of traffic, e.g. { label: 'payment.success-rate (zone B)', now: '99.4 %', expected: 'at least 98.0 %' }; `tone` is
   * of `now`. Absent in plans that were made before it was said.
   */
  effects?: { label: string; now: string; expected: string; tone?: 'normal' | 'abnormal' | 'inconclusive' }[]
  guards: { name: string; pass: boolean; detail: string }[]
  /** The absolute intent, as the driver will apply it. */
  intent: unknown
  leaseSeconds: number
}

/** `stepId` is a step key everywhere in events and commands. */
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
      form?: Record<string, unknown>
    }
  /** An event came that a step waits for. The step takes it if its `match` holds. */
  | { kind: 'event-received'; at: number; stepId: string; event: { name: string; id: string; payload: unknown } }
  /** Another trigger became a part of this run. */
  | { kind: 'joined'; at: number; trigger: RunTrigger }
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
  /** Run another runbook; answered as `run-step` is, see `childResult`. */
  | {
      kind: 'run-child'
      stepId: string
      attempt: number
      child: { runbook: string; version: number; planHash: string }
      params: unknown
      timeoutSeconds: number
    }
  /** Plan the guarded write steps of an approve step; answered by `actions-planned` or `step-failed` (of the approve step). */
  | {
      kind: 'plan-actions'
      stepId: string
      attempt: number
      actions: { stepId: string; input: Record<string, unknown> }[]
    }
  | { kind: 'request-approval'; stepId: string; plans: ActionPlan[]; expiresAt: number; input: Record<string, unknown> }
  /** Tell events of this name to the step, until `stop-awaiting`. */
  | { kind: 'await-event'; stepId: string; event: string; expiresAt: number }
  | { kind: 'stop-awaiting'; stepId: string }
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
