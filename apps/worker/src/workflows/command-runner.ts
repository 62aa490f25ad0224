/** Carries out the interpreter's commands by activities, timers and pure evaluation, and answers them with events. */
import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow'
import type { Plan, PlanStep, RunCommand, RunEvent, RunState, StepError, StepResult } from '@tenon/runbook'
import type { EndedSteps } from '../engine-activities.ts'
import {
  planActivity,
  readActivity,
  requestApprovalActivity,
  revertActionsActivity,
  writeActivity,
} from './activity-options.ts'
import { computeStep } from './compute.ts'
import { stepErrorOf } from './step-failure.ts'

type CommandOf<K extends RunCommand['kind']> = Extract<RunCommand, { kind: K }>

export interface CommandRunner {
  run(command: RunCommand): void
  /** Resolves when no write and no revert is under way. */
  settled(): Promise<void>
}

export function createCommandRunner(
  plan: Plan,
  run: {
    dispatch(event: RunEvent): void
    state(): RunState
    /** Who approved a guarded write; null when nobody was asked. */
    approverOf(stepId: string): string | null
  },
): CommandRunner {
  const steps = new Map(plan.steps.map((one) => [one.id, one]))
  const timers = new Map<string, CancellationScope>()
  const running = new Map<string, CancellationScope>()
  const unsettled = new Set<Promise<unknown>>()

  /** Keeps the run open until `work` has ended. */
  function hold(work: Promise<unknown>): void {
    const held = work.finally(() => unsettled.delete(held))
    unsettled.add(held)
  }

  async function settled(): Promise<void> {
    while (unsettled.size > 0) await Promise.all(unsettled)
  }

  /** Runs `work` in a scope of its own, so that `cancel-step` reaches it; a cancelled step gives no event. */
  function inScope(stepId: string, attempt: number, work: () => Promise<RunEvent>): Promise<void> {
    const scope = new CancellationScope({ cancellable: true })
    running.set(stepId, scope)
    return scope
      .run(work)
      .catch((failure: unknown): RunEvent | null =>
        scope.consideredCancelled || isCancellation(failure)
          ? null
          : { kind: 'step-failed', at: Date.now(), stepId, attempt, error: stepErrorOf(failure) },
      )
      .then((event) => {
        if (running.get(stepId) === scope) running.delete(stepId)
        if (event && !scope.consideredCancelled) run.dispatch(event)
      })
  }

  function runStep(command: CommandOf<'run-step'>): void {
    const { stepId, attempt, input, asOf, timeoutSeconds, approvedHash } = command
    const declared = stepOf(stepId)
    const { context } = run.state()
    if (declared.effect === 'compute') {
      run.dispatch(
        computeStep(declared, {
          context: { runId: context.runId, stepId, asOf, steps: endedSteps(true) },
          attempt,
          input,
          at: Date.now(),
        }),
      )
      return
    }
    const writes = declared.effect === 'write'
    const runNode = writes ? writeActivity(timeoutSeconds) : readActivity(timeoutSeconds)
    const work = inScope(stepId, attempt, async () => {
      const result = await runNode({
        context,
        stepId,
        type: declared.type,
        version: declared.version,
        attempt,
        input,
        asOf,
        timeoutSeconds,
        approvedHash: approvedHash ?? null,
        approvedBy: run.approverOf(stepId),
        ended: endedSteps(false),
      })
      return { kind: 'step-completed', at: Date.now(), stepId, attempt, result }
    })
    if (writes) hold(work)
  }

  function planActions({ stepId, attempt, actions }: CommandOf<'plan-actions'>): void {
    const { context } = run.state()
    const planned = planActivity(stepOf(stepId).timeoutSeconds)
    void inScope(stepId, attempt, async () => {
      const plans = await planned({
        context,
        asOf: context.asOf,
        ended: endedSteps(false),
        actions: actions.map((action) => {
          const { type, version } = stepOf(action.stepId)
          return { ...action, type, version }
        }),
      })
      return { kind: 'actions-planned', at: Date.now(), stepId, plans }
    })
  }

  function requestApproval({ stepId, plans, expiresAt, input }: CommandOf<'request-approval'>): void {
    const { context } = run.state()
    const question = input['question']
    hold(
      requestApprovalActivity({
        runId: context.runId,
        stepId,
        question: typeof question === 'string' && question !== '' ? question : stepOf(stepId).title,
        plans,
        allowRequester: input['allowRequester'] !== false,
        requestedAt: Date.now(),
        expiresAt,
      }),
    )
  }

  function startTimer({ timerId, seconds }: CommandOf<'start-timer'>): void {
    const scope = new CancellationScope({ cancellable: true })
    timers.set(timerId, scope)
    scope
      .run(() => sleep(seconds * 1000))
      .then(
        () => {
          timers.delete(timerId)
          run.dispatch({ kind: 'timer-fired', at: Date.now(), timerId })
        },
        (failure: unknown) => {
          if (!isCancellation(failure)) throw failure
        },
      )
  }

  function revertActions({ reason }: CommandOf<'revert-actions'>): void {
    const { context } = run.state()
    // A write that is still ending may yet take effect: only then is it known what there is to put back.
    const writes = [...unsettled]
    hold(
      Promise.all(writes).then(() => revertActionsActivity({ runId: context.runId, by: context.trigger.by, reason })),
    )
  }

  function stepOf(stepId: string): PlanStep {
    const found = steps.get(stepId)
    if (!found) throw new Error(`The plan has no step ${stepId}.`)
    return found
  }

  function endedSteps(withEvidence: boolean): EndedSteps {
    return Object.entries(run.state().steps)
      .flatMap(([id, now]) => (now.status === 'done' || now.status === 'failed' ? [{ id, now }] : []))
      .toSorted((a, b) => a.now.endedAt - b.now.endedAt)
      .map(({ id, now }) => {
        const { type, title, effect } = stepOf(id)
        const result = now.status === 'done' ? now.result : failedResult(title, effect, now.error)
        return { id, type, title, result: withEvidence ? result : { ...result, evidence: undefined } }
      })
  }

  return {
    settled,
    run(command) {
      switch (command.kind) {
        case 'run-step':
          return runStep(command)
        case 'plan-actions':
          return planActions(command)
        case 'request-approval':
          return requestApproval(command)
        case 'start-timer':
          return startTimer(command)
        case 'cancel-timer':
          timers.get(command.timerId)?.cancel()
          timers.delete(command.timerId)
          return
        case 'cancel-step':
          running.get(command.stepId)?.cancel()
          return
        case 'revert-actions':
          return revertActions(command)
        case 'finish-run':
          // The interpreter's state says so already; the workflow waits for that.
          return
      }
    },
  }
}

/** A step that failed saw nothing: whoever concludes from it must not take its silence for "normal". */
function failedResult(title: string, effect: PlanStep['effect'], error: StepError): StepResult {
  const reason = `${title} failed: ${error.message}`
  const unseen = { completeness: 0, freshnessSeconds: null, notes: [reason] }
  return {
    outcome: 'error',
    output: null,
    summary: reason,
    ...(effect === 'read'
      ? { verdict: { value: 'inconclusive', confidence: 1, reasons: [reason], quality: unseen } }
      : {}),
  }
}
