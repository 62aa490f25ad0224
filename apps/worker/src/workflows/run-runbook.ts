import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  defineQuery,
  defineUpdate,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow'
import {
  cancelRun as cancelRunPayload,
  decideApproval as decideApprovalPayload,
  initialState,
  queryNames,
  refuseDecision,
  step,
  updateNames,
  type CancelRun,
  type DecideApproval,
  type RunEvent,
  type RunInput,
  type RunState,
} from '@tenon/runbook'
import { approvalEnds, refusalMessages } from './approval.ts'
import { createCommandRunner } from './command-runner.ts'
import { projectActivity } from './activity-options.ts'
import { createProjector } from './projector.ts'

export const decideApprovalUpdate = defineUpdate<void, [DecideApproval]>(updateNames.decideApproval)
export const cancelRunUpdate = defineUpdate<void, [CancelRun]>(updateNames.cancelRun)
export const runStateQuery = defineQuery<RunState>(queryNames.runState)

/**
 * Runs one plan to its end: feeds the interpreter with events and carries out its commands. Everything that decides anything is the
 * interpreter's; here are only Temporal's activities, timers and messages.
 *
 * @returns the final state, without the steps' evidence: that is in each activity's result and in the projection already.
 */
export async function runRunbook({ plan, context }: RunInput): Promise<RunState> {
  let state = initialState(plan, context)
  const projector = createProjector(plan, projectActivity)
  const approvers = new Map<string, string>()
  const commands = createCommandRunner(plan, {
    dispatch,
    state: () => state,
    approverOf: (stepId) => approvers.get(stepId) ?? null,
  })

  const events: RunEvent[] = []
  let draining = false

  /** Takes one event at a time: a command may answer at once (compute nodes do), and its answer must wait for the command's turn. */
  function dispatch(event: RunEvent): void {
    events.push(event)
    if (draining) return
    draining = true
    for (let next = events.shift(); next; next = events.shift()) {
      const before = state
      const result = step(plan, state, next)
      state = result.state
      noteApprover(before, next)
      if (state !== before) projector.changed(state, approvalEnds(before, state, next))
      for (const command of result.commands) commands.run(command)
    }
    draining = false
  }

  /** For the ledger: who approved each of the writes that an approve step guards. */
  function noteApprover(before: RunState, event: RunEvent): void {
    if (event.kind !== 'approval-decided' || event.decision !== 'approved') return
    const decided = before.steps[event.stepId]
    if (decided?.status !== 'waiting') return
    for (const action of decided.plans) approvers.set(action.stepId, event.by)
  }

  setHandler(runStateQuery, () => state)

  setHandler(
    decideApprovalUpdate,
    async (decision) => {
      dispatch({ kind: 'approval-decided', at: Date.now(), ...decision })
      // Whoever decided reads the page again at once: it must show the decision.
      await projector.settled()
    },
    {
      validator: (payload) => {
        const refusal = refuseDecision(state, decideApprovalPayload.parse(payload))
        if (refusal) throw ApplicationFailure.nonRetryable(refusalMessages[refusal], refusal)
      },
    },
  )

  setHandler(
    cancelRunUpdate,
    async ({ by, reason }) => {
      dispatch({ kind: 'cancel', at: Date.now(), by, reason })
      await projector.settled()
    },
    {
      validator: (payload) => {
        cancelRunPayload.parse(payload)
        if (state.status === 'running') return
        throw ApplicationFailure.nonRetryable(`The run has ended already (${state.status}).`, 'run-ended')
      },
    },
  )

  // Temporal's own cancel (its CLI or web page) means the same as ours: actions are put back and the run ends as cancelled.
  CancellationScope.current().cancelRequested.catch(() => {
    if (state.status !== 'running') return
    dispatch({
      kind: 'cancel',
      at: Date.now(),
      by: 'temporal',
      reason: `Workflow ${workflowInfo().workflowId} was cancelled.`,
    })
  })

  await CancellationScope.nonCancellable(async () => {
    dispatch({ kind: 'start', at: Date.now() })
    await condition(() => state.status !== 'running')
    await commands.settled()
    await projector.settled()
    await condition(allHandlersFinished)
  })
  return withoutEvidence(state)
}

function withoutEvidence(state: RunState): RunState {
  const steps = Object.fromEntries(
    Object.entries(state.steps).map(([id, now]) => [
      id,
      now.status === 'done' ? { ...now, result: { ...now.result, evidence: undefined } } : now,
    ]),
  )
  return { ...state, steps }
}
