/** What people and other processes say to a run, and what it answers. */
import {
  ApplicationFailure,
  condition,
  allHandlersFinished,
  defineQuery,
  defineUpdate,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow'
import {
  cancelRun as cancelRunPayload,
  decideApproval as decideApprovalPayload,
  deliverEvent as deliverEventPayload,
  joinRun as joinRunPayload,
  queryNames,
  refuseDecision,
  updateNames,
  type CancelRun,
  type DecideApproval,
  type Delivered,
  type DeliverEvent,
  type JoinRun,
  type Plan,
  type RunState,
} from '@tenon/runbook'
import { refusalMessages } from './approval.ts'
import type { Driver } from './driver.ts'
import { fitState } from './fit-state.ts'

export const decideApprovalUpdate = defineUpdate<void, [DecideApproval]>(updateNames.decideApproval)
export const cancelRunUpdate = defineUpdate<void, [CancelRun]>(updateNames.cancelRun)
export const deliverEventUpdate = defineUpdate<Delivered, [DeliverEvent]>(updateNames.deliverEvent)
export const joinRunUpdate = defineUpdate<void, [JoinRun]>(updateNames.joinRun)
export const runStateQuery = defineQuery<RunState>(queryNames.runState)

export interface Messages {
  /**
   * Resolves when everybody who said something has an answer that nothing can take back. An answer goes out with the workflow task that it is made in, and a task
   * that closes the workflow is refused when anything else came meanwhile: the message would fail for whoever sent it, though it was right.
   */
  answered(): Promise<void>
}

export function answerMessages(plan: Plan, { state, dispatch: tell, projector }: Driver): Messages {
  let lastAnswered = -1
  const dispatch: Driver['dispatch'] = (event) => {
    lastAnswered = workflowInfo().historyLength
    tell(event)
  }
  setHandler(runStateQuery, () => fitState(plan, state()))

  setHandler(
    decideApprovalUpdate,
    async (decision) => {
      dispatch({ kind: 'approval-decided', at: Date.now(), ...decision })
      // Whoever decided reads the page again at once: it must show the decision.
      await projector.settled()
    },
    {
      validator: (payload) => {
        const refusal = refuseDecision(state(), decideApprovalPayload.parse(payload))
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
        refuseWhenEnded(state())
      },
    },
  )

  setHandler(
    deliverEventUpdate,
    ({ stepId, event }) => {
      dispatch({ kind: 'event-received', at: Date.now(), stepId, event })
      return { taken: state().steps[stepId]?.status !== 'waiting' }
    },
    {
      validator: (payload) => {
        const { stepId } = deliverEventPayload.parse(payload)
        const now = state().steps[stepId]
        if (now?.status === 'waiting' && now.on.kind === 'event') return
        throw ApplicationFailure.nonRetryable(`The step ${stepId} waits for no event.`, 'no-such-waiting-step')
      },
    },
  )

  setHandler(joinRunUpdate, (trigger) => dispatch({ kind: 'joined', at: Date.now(), trigger }), {
    validator: (payload) => {
      joinRunPayload.parse(payload)
      refuseWhenEnded(state())
    },
  })

  return {
    async answered() {
      await condition(allHandlersFinished)
      if (lastAnswered === workflowInfo().historyLength) await sleep(1)
    },
  }
}

function refuseWhenEnded({ status }: RunState): void {
  if (status === 'running') return
  throw ApplicationFailure.nonRetryable(`The run has ended already (${status}).`, 'run-ended')
}
