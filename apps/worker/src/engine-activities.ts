/** The activities that workflows call: signatures only, so that workflow code can import this file's types and nothing else of the outside. */
import type {
  ActionPlan,
  ApprovalRequest,
  EnterGate,
  Plan,
  RunContext,
  RunEvent,
  RunProjection,
  RunStart,
  RunState,
  RunTrigger,
  SettleAction,
  SettledAction,
  StepError,
  StepResult,
} from '@tenon/runbook'

/** One execution of a `read` or `write` node. */
export interface NodeCall {
  context: RunContext
  /** The step's key. */
  stepId: string
  type: string
  version: number
  attempt: number
  input: Record<string, unknown>
  asOf: number
  timeoutSeconds: number
  /** The plan that people approved, for a guarded write. */
  approvedHash: string | null
  /** Who approved it. */
  approvedBy: string | null
}

/** How a `read` ended that was called where its workflow runs. `later`: not soon enough, or its answer is too long to be told so. */
export type SoonAnswer = { tookMs: number } & (
  | { kind: 'done'; result: StepResult }
  | { kind: 'failed'; error: StepError }
  | { kind: 'later' }
)

/** The guarded writes of an approve step: each is planned before people are asked. */
export interface PlanActionsCall {
  context: RunContext
  asOf: number
  actions: { stepId: string; type: string; version: number; input: Record<string, unknown> }[]
}

/** A step waits for an event from `since` on. Times are unix milliseconds. */
export interface AwaitEventCall {
  runId: string
  stepId: string
  event: string
  since: number
  expiresAt: number
}
export type ReceivedEvent = Extract<RunEvent, { kind: 'event-received' }>['event']

/** A step that runs another runbook. */
export interface ChildCall {
  /** Of the child; drawn by the parent's workflow, so that an activity that is tried twice makes one row. */
  runId: string
  parent: RunContext
  stepId: string
  child: { runbook: string; version: number; planHash: string }
  params: unknown
}

/** A run that is ready to be started as a workflow. */
export interface PreparedRun {
  start: RunStart
  priorityKey: number
}

/** One firing of a schedule: its run, and the gate that it has to pass when its runbook has a concurrency key. */
export interface ScheduledRun extends PreparedRun {
  /** Of the firing's row: what becomes of it is known when the gate has decided. */
  firingId: string
  gate: { of: { runbook: string; environment: string; key: string }; enter: EnterGate } | null
}

export interface RevertedAction {
  actionId: string
  /** As in packages/actions `ActionStatus`; `done` or `reverting` when it is not put back yet and its lease goes on trying. */
  status: string
}

/** Where an action stands after an attempt to put it back. */
export interface LeaseStep {
  /** `settled`: nothing is left to put back. `retry`: it could not be put back now. `person`: what it did is unknown, a person must look. */
  next: 'settled' | 'retry' | 'person'
  /** As in packages/actions `ActionStatus`. */
  status: string
  detail: string
}

/** Why an action is put back: its lease ran out, its run failed or was cancelled, somebody asked, or a measure broke its bound. */
export type RevertReason = 'lease' | 'run' | 'person' | 'harm'

/** Served by the worker; `createActivities` makes them. */
export interface EngineActivities {
  /** Runs a `read` or `write` node. Business errors are ApplicationFailures of type `StepError` that carry the StepError. */
  runNode(call: NodeCall): Promise<StepResult>
  /** Runs a `read` node for a moment only. */
  readSoon(call: NodeCall): Promise<SoonAnswer>
  planActions(call: PlanActionsCall): Promise<ActionPlan[]>
  requestApproval(request: ApprovalRequest): Promise<void>
  project(projection: RunProjection): Promise<void>
  /** @throws StepError `plan-missing`. */
  loadPlan(hash: string): Promise<Plan>
  /** Notes that a step waits. @returns what came since it began, oldest first. */
  awaitEvent(call: AwaitEventCall): Promise<ReceivedEvent[]>
  stopAwaiting(call: { runId: string; stepId: string }): Promise<void>
  /** Makes the row of a child run. @throws StepError `too-deep`, `unknown-runbook`, `bad-params`. */
  prepareChildRun(call: ChildCall): Promise<PreparedRun>
  /** Puts back what a run applied, newest first, through the actions' lease workflows. */
  revertActions(call: { runId: string; by: string; reason: string }): Promise<RevertedAction[]>
  /** Puts back one action; called by its lease. */
  revertAction(call: { actionId: string; by: string; reason: RevertReason }): Promise<LeaseStep>
  recordRenewal(call: { actionId: string; by: string; seconds: number }): Promise<void>
  /** Reads the target of an action that is unknown once more, for a person. It changes nothing outside. */
  settleAction(call: SettleAction): Promise<SettledAction>
  /**
   * Makes the Run row of a scheduled run from the published version; null when there is none to run.
   * @param call.at the time for which it was due, unix milliseconds.
   */
  prepareScheduledRun(call: {
    runbook: string
    environment: string
    trigger: string
    runId: string
    at: number
  }): Promise<ScheduledRun | null>
  /** Asks a gate to let a run begin, and settles the run's row accordingly. @returns the run to wait for; null when it was dropped. */
  enterGate(call: { scheduled: ScheduledRun }): Promise<{ runId: string } | null>
  /** A run that waits for another of its key. */
  markQueued(runId: string): Promise<void>
  /** False when the run has ended, so that there is nothing to join. */
  joinRun(call: { runId: string; trigger: RunTrigger }): Promise<boolean>
  /** Cancels a run; one that has ended already is none to cancel. */
  cancelRun(call: { runId: string; by: string; reason: string }): Promise<void>
  /** Resolves when the run has ended, however. */
  watchRun(runId: string): Promise<RunState['status'] | 'unknown'>
}

/** `type` of the ApplicationFailure that carries a StepError as its first detail. */
export const stepErrorType = 'StepError'
