/** The activities that workflows call: signatures only, so that workflow code can import this file's types and nothing else of the outside. */
import type { ActionPlan, ApprovalRequest, RunContext, RunProjection, StepResult } from '@tenon/runbook'

/** Results of the steps that ended before, in order of ending; evidence is left out, because it is large and no outside call needs it. */
export type EndedSteps = { id: string; type: string; title: string; result: StepResult }[]

/** One execution of a `read` or `write` node. */
export interface NodeCall {
  context: RunContext
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
  ended: EndedSteps
}

/** The guarded writes of an approve step: each is planned before people are asked. */
export interface PlanActionsCall {
  context: RunContext
  asOf: number
  actions: { stepId: string; type: string; version: number; input: Record<string, unknown> }[]
  ended: EndedSteps
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

/** Why an action is put back: its lease ran out, its run failed or was cancelled, or somebody asked. */
export type RevertReason = 'lease' | 'run' | 'person'

/** Served by the worker; `createActivities` makes them. */
export interface EngineActivities {
  /** Runs a `read` or `write` node. Business errors are ApplicationFailures of type `StepError` that carry the StepError. */
  runNode(call: NodeCall): Promise<StepResult>
  planActions(call: PlanActionsCall): Promise<ActionPlan[]>
  requestApproval(request: ApprovalRequest): Promise<void>
  project(projection: RunProjection): Promise<void>
  /** Puts back what a run applied, newest first, through the actions' lease workflows. */
  revertActions(call: { runId: string; by: string; reason: string }): Promise<RevertedAction[]>
  /** Puts back one action; called by its lease. */
  revertAction(call: { actionId: string; by: string; reason: RevertReason }): Promise<LeaseStep>
  recordRenewal(call: { actionId: string; by: string; seconds: number }): Promise<void>
  /** Makes the Run row of a scheduled run from the published version; null when there is none to run. */
  prepareScheduledRun(call: {
    runbookId: string
    runId: string
    at: number
  }): Promise<import('@tenon/runbook').RunInput | null>
}

/** `type` of the ApplicationFailure that carries a StepError as its first detail. */
export const stepErrorType = 'StepError'
