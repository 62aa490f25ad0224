/** Carries out the interpreter's commands by activities, timers, child workflows and pure evaluation, and answers them with events. */
import {
  CancellationScope,
  condition,
  ChildWorkflowCancellationType,
  isCancellation,
  ParentClosePolicy,
  sleep,
  startChild,
  uuid4,
} from '@temporalio/workflow'
import {
  approveInput,
  endedSteps,
  planStepOf,
  runWorkflowId,
  workflowNames,
  type CommandOf,
  type Plan,
  type PlanStep,
  type RunCommand,
  type RunEvent,
  type RunState,
  type StepResult,
  type Workflows,
} from '@tenon/runbook'
import * as activities from './activity-options.ts'
import type { Arrivals } from './arrivals.ts'
import { childAnswer, childTookTooLong, type ChildAnswer } from './child-result.ts'
import { computeStep } from './compute.ts'
import { createReads } from './reads.ts'
import { createStepWork } from './step-work.ts'
import { createTimers } from './timers.ts'

export interface CommandRunner {
  run(command: RunCommand): void
  /** Begins no more work on the outside; what `resumeCommands` gives later includes what was asked for meanwhile. */
  pause(): void
  /** Whether no work on the outside is under way. */
  atRest(): boolean
  /** Whether a read is under way that ends soon. */
  soon(): boolean
  /** Child runs under way. */
  children(): number
  /** Resolves when no write, no child run, no revert and nothing local is under way. */
  settled(): Promise<void>
}

export function createCommandRunner(
  plan: Plan,
  run: {
    dispatch(event: RunEvent): void
    /** Writes what was held back for the sake of a read. */
    flush(): void
    /** Time of the event that asked, unix milliseconds. */
    now(): number
    arrivals: Arrivals
    own: activities.OwnCalls
    state(): RunState
    /** Who approved a guarded write; null when nobody was asked. */
    approverOf(stepId: string): string | null
  },
): CommandRunner {
  const work = createStepWork((event) => run.dispatch(event))
  const reads = createReads(run.arrivals, run.now)
  const timers = createTimers((timerId) => run.dispatch({ kind: 'timer-fired', at: Date.now(), timerId }))
  let paused = false
  let children = 0

  function runStep(command: CommandOf<'run-step'>): void {
    const declared = planStepOf(plan, command.stepId)
    const { stepId, attempt, input, asOf } = command
    const { context } = run.state()
    if (declared.effect === 'compute') {
      const steps = endedSteps(plan, run.state())
      const seen = { runId: context.runId, stepId, asOf, steps }
      run.dispatch(computeStep(declared, { context: seen, stepId, attempt, input, at: run.now() }))
    } else if (!paused) {
      if (declared.effect === 'write' && context.mode === 'rehearsal') rehearseWrite(command, declared)
      else callNode(command, declared)
    }
  }

  function callNode(command: CommandOf<'run-step'>, { type, version, effect }: PlanStep): void {
    const { stepId, attempt, input, asOf, timeoutSeconds, approvedHash } = command
    const call = {
      context: run.state().context,
      stepId,
      type,
      version,
      attempt,
      input,
      asOf,
      timeoutSeconds,
      approvedHash: approvedHash ?? null,
      approvedBy: run.approverOf(stepId),
    }
    if (effect === 'read') {
      // Also when its step was cancelled meanwhile, so that there is nothing to tell.
      void work.begin({ stepId, attempt }, () => reads.read(call)).then(() => run.flush())
      return
    }
    const write = activities.write(timeoutSeconds)
    work.hold(work.begin({ stepId, attempt }, async () => completed({ stepId, attempt }, await write(call))))
  }

  /** A write of a rehearsal is planned, as for an approval, and never carried out. */
  function rehearseWrite(command: CommandOf<'run-step'>, declared: PlanStep): void {
    const { stepId, attempt, input, asOf, timeoutSeconds } = command
    const { type, version, outcomes } = declared
    const plans = activities.planActions(timeoutSeconds)
    void work.begin({ stepId, attempt }, async () => {
      const actions = [{ stepId, type, version, input }]
      const [planned] = await plans({ context: run.state().context, asOf, actions })
      const refusing = planned?.guards.find(({ pass }) => !pass)
      return completed(
        { stepId, attempt },
        {
          outcome: rehearsedOutcome(outcomes, refusing),
          output: { planned: planned ?? null },
          summary: refusing
            ? `It would be refused: ${refusing.name}: ${refusing.detail}`
            : `Planned and not carried out: ${planned?.title ?? declared.title}`,
        },
      )
    })
  }

  function planActions({ stepId, attempt, actions }: CommandOf<'plan-actions'>): void {
    if (paused) return
    const { context } = run.state()
    const planned = activities.planActions(planStepOf(plan, stepId).timeoutSeconds)
    void work.begin({ stepId, attempt }, async () => {
      const plans = await planned({
        context,
        asOf: context.asOf,
        actions: actions.map((action) => {
          const { type, version } = planStepOf(plan, action.stepId)
          return { ...action, type, version }
        }),
      })
      return { kind: 'actions-planned', at: Date.now(), stepId, plans }
    })
  }

  function runChild({ stepId, attempt, child, params, timeoutSeconds }: CommandOf<'run-child'>): void {
    if (paused) return
    const runId = uuid4()
    children += 1
    const begun = work.begin({ stepId, attempt }, async () => {
      const parent = run.state().context
      const prepared = await activities.prepareChildRun({ runId, parent, stepId, child, params })
      const answer = await childEnd(runId, { prepared, timeoutSeconds })
      return answer.ok
        ? completed({ stepId, attempt }, answer.result)
        : { kind: 'step-failed', at: Date.now(), stepId, attempt, error: answer.error }
    })
    // A child that is told to stop puts back what it did: only then may this run end, or put back its own.
    work.hold(begun.finally(() => (children -= 1)))
  }

  function requestApproval({ stepId, plans, expiresAt, input }: CommandOf<'request-approval'>): void {
    const { question, allowRequester, approvals, approvers, form } = approveInput.parse(input)
    work.hold(
      run.own.requestApproval({
        runId: run.state().context.runId,
        stepId,
        question,
        plans,
        allowRequester,
        needed: approvals,
        approvers,
        form,
        requestedAt: run.now(),
        expiresAt,
      }),
    )
  }

  function awaitEvent({ stepId, event, expiresAt }: CommandOf<'await-event'>): void {
    const { context, steps } = run.state()
    const waiting = steps[stepId]
    const since = waiting?.status === 'waiting' ? waiting.startedAt : run.now()
    work.hold(
      run.own.awaitEvent({ runId: context.runId, stepId, event, since, expiresAt }).then((received) => {
        for (const one of received) run.dispatch({ kind: 'event-received', at: run.now(), stepId, event: one })
      }),
    )
  }

  function revertActions({ reason }: CommandOf<'revert-actions'>): void {
    const { runId, trigger } = run.state().context
    // A write that is still ending may yet take effect: only then is it known what there is to put back.
    work.hold(Promise.all(work.held()).then(() => activities.revertActions({ runId, by: trigger.by, reason })))
  }

  return {
    pause() {
      paused = true
    },
    atRest: () => work.atRest() && reads.atRest(),
    soon: () => !reads.atRest(),
    children: () => children,
    async settled() {
      await work.settled()
      await condition(reads.atRest)
    },
    run(command) {
      switch (command.kind) {
        case 'run-step':
          return runStep(command)
        case 'run-child':
          return runChild(command)
        case 'plan-actions':
          return planActions(command)
        case 'request-approval':
          return requestApproval(command)
        case 'await-event':
          return awaitEvent(command)
        case 'stop-awaiting':
          return work.hold(run.own.stopAwaiting({ runId: run.state().context.runId, stepId: command.stepId }))
        case 'start-timer':
          return timers.start(command.timerId, command.seconds)
        case 'cancel-timer':
          return timers.cancel(command.timerId)
        case 'cancel-step':
          return work.cancel(command.stepId)
        case 'revert-actions':
          return revertActions(command)
        case 'finish-run':
          // The interpreter's state says so already; the workflow waits for that.
          return
      }
    },
  }
}

function completed(step: { stepId: string; attempt: number }, result: StepResult): RunEvent {
  return { kind: 'step-completed', at: Date.now(), ...step, result }
}

/** Starts a child run and waits for its end. It is cancelled with the step that started it, and when it takes longer than that step may. */
async function childEnd(
  runId: string,
  child: {
    prepared: Awaited<ReturnType<typeof activities.prepareChildRun>>
    timeoutSeconds: number
  },
): Promise<ChildAnswer> {
  const { start, priorityKey } = child.prepared
  let late = false
  const clock = new CancellationScope({ cancellable: true })
  const running = new CancellationScope({ cancellable: true })
  void clock
    .run(() => sleep(child.timeoutSeconds * 1000))
    .then(
      () => {
        late = true
        running.cancel()
      },
      (failure: unknown) => {
        if (!isCancellation(failure)) throw failure
      },
    )
  try {
    const state = await running.run(async () => {
      const handle = await startChild<Workflows['runRunbook']>(workflowNames.runRunbook, {
        args: [start],
        workflowId: runWorkflowId(runId),
        cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
        parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
        priority: { priorityKey },
      })
      return handle.result()
    })
    return late ? childTookTooLong(runId, child.timeoutSeconds) : childAnswer(runId, state)
  } catch (failure) {
    if (late) return childTookTooLong(runId, child.timeoutSeconds)
    throw failure
  } finally {
    clock.cancel()
  }
}

/** How a write would have ended: refused where a guard fails, done otherwise, by the names that its type has for these. */
function rehearsedOutcome(outcomes: PlanStep['outcomes'], refusing: unknown): string {
  const names = outcomes.map(({ name }) => name)
  const wanted = refusing ? 'refused' : 'done'
  return names.find((name) => name === wanted) ?? names[0] ?? 'done'
}
