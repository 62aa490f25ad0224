import { allHandlersFinished, CancellationScope, condition, continueAsNew, workflowInfo } from '@temporalio/workflow'
import type { Plan, RunStart, RunState } from '@tenon/runbook'
import { ownCalls } from './activity-options.ts'
import { createArrivals } from './arrivals.ts'
import { createDriver, type Driver } from './driver.ts'
import { fitState, withoutEvidence } from './fit-state.ts'
import { answerMessages, type Messages } from './run-messages.ts'

/** A history that is longer is begun anew; Temporal itself stops at 51,200 events or 50 MiB. */
const mostEvents = 8_000
const mostBytes = 8 * 1024 * 1024
/** A child run answers this execution only, so its end is waited for as long as there is room. */
const mostEventsWithChildren = 30_000

/**
 * Runs one plan to its end: feeds the interpreter with events and carries out its commands. Everything that decides anything is the
 * interpreter's; here are only Temporal's activities, timers and messages.
 *
 * @returns the final state, without the steps' evidence: that is in each activity's result and in the projection already.
 */
export async function runRunbook(start: RunStart): Promise<RunState> {
  const plan = await CancellationScope.nonCancellable(() => planOf(start))
  const driver = createDriver(plan, start)
  // Before any message: what a message begins must not be begun a second time.
  driver.begin()
  const messages = answerMessages(plan, driver)
  cancelWithWorkflow(driver)
  await CancellationScope.nonCancellable(async () => {
    await untilEnd(plan, driver, { start, messages })
    await driver.commands.settled()
    await driver.projector.settled()
    await messages.answered()
  })
  return withoutEvidence(plan, driver.state())
}

async function planOf({ plan, planRef }: RunStart): Promise<Plan> {
  if (plan) return plan
  if (planRef === undefined) throw new Error('A run needs a plan or its hash.')
  return ownCalls(createArrivals()).loadPlan(planRef)
}

/** Temporal's own cancel (its CLI or web page, or the run that started this one) means the same as ours: actions are put back and the run ends as cancelled. */
function cancelWithWorkflow({ state, dispatch }: Driver): void {
  CancellationScope.current().cancelRequested.catch(() => {
    const { status, context } = state()
    if (status !== 'running') return
    const { workflowId, parent } = workflowInfo()
    const [by, reason] =
      context.parent && parent
        ? [`run:${context.parent.runId}`, 'The step that started this run was cancelled.']
        : ['temporal', `Workflow ${workflowId} was cancelled.`]
    dispatch({ kind: 'cancel', at: Date.now(), by, reason })
  })
}

/** Resolves when the run has ended. One whose history grows long goes on in a new execution. */
async function untilEnd(
  plan: Plan,
  driver: Driver,
  { start, messages }: { start: RunStart; messages: Messages },
): Promise<void> {
  const { state, commands, projector } = driver
  const running = (): boolean => state().status === 'running'
  await condition(() => !running() || isLong(start, commands.children()))
  if (!running()) return
  // What is under way ends here; what begins from now on begins in the next execution, which the state asks for.
  commands.pause()
  const atRest = (): boolean => commands.atRest() && projector.isSettled() && allHandlersFinished()
  do {
    await condition(() => !running() || atRest())
    await messages.answered()
  } while (running() && !atRest())
  if (!running()) return
  await continueAsNew<typeof runRunbook>({
    ...start,
    resume: { state: fitState(plan, state()), revision: projector.revision(), approvers: driver.approvers() },
  })
}

function isLong({ renewAfterEvents = mostEvents }: RunStart, children: number): boolean {
  const { continueAsNewSuggested, historyLength, historySize } = workflowInfo()
  if (children > 0) return historyLength > mostEventsWithChildren
  return continueAsNewSuggested || historyLength > renewAfterEvents || historySize > mostBytes
}
