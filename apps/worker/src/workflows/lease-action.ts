import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  continueAsNew,
  defineSignal,
  defineUpdate,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow'
import { renewLease as renewLeasePayload, updateNames, type LeaseInput, type RenewLease } from '@tenon/runbook'
import type { EngineActivities, LeaseStep, RevertReason } from '../engine-activities.ts'
import {
  actionNotDoneSignalName,
  actionSettledSignalName,
  revertRequest,
  type RevertRequest,
} from '../lease-messages.ts'
import { stepErrorOf } from './step-failure.ts'

const { revertAction, recordRenewal } = proxyActivities<EngineActivities>({
  startToCloseTimeout: '60s',
  heartbeatTimeout: '5s',
  retry: { initialInterval: '1s', maximumInterval: '10s', nonRetryableErrorTypes: ['TemporalTimeout:StartToClose'] },
})

const firstRetrySeconds = 2
const longestRetrySeconds = 60
/** While a person has to look, who tells it by a signal: only for one that got lost. */
const personPollSeconds = 600

export const revertNowUpdate = defineUpdate<LeaseStep, [RevertRequest]>(updateNames.revertNow)
export const renewLeaseUpdate = defineUpdate<{ leaseUntil: number }, [RenewLease]>(updateNames.renewLease)
/** The action came to nothing: the lease need not wait for its timer. */
export const actionNotDoneSignal = defineSignal(actionNotDoneSignalName)
/** A person settled it: what is left to do is looked for at once. */
export const actionSettledSignal = defineSignal(actionSettledSignalName)

/**
 * The lease of one action: a durable timer that puts the action back, apart from the run that applied it, so that no failure of that run can
 * leave the outside changed. It begins before the outside is called and ends when there is nothing left to put back.
 */
export async function leaseAction({ actionId, leaseSeconds }: LeaseInput): Promise<void> {
  // From its start, not from its first task: that may have been lost with its worker, and comes again 10 s later.
  let leaseUntil = workflowInfo().startTime.getTime() + leaseSeconds * 1000
  const requests: RevertRequest[] = []
  let notDone = false
  let settlings = 0
  let attempts = 0
  let last: LeaseStep | null = null

  setHandler(actionNotDoneSignal, () => {
    notDone = true
  })

  setHandler(actionSettledSignal, () => {
    settlings += 1
  })

  setHandler(
    revertNowUpdate,
    async (request) => {
      requests.push(request)
      const seen = attempts
      await condition(() => attempts > seen || notDone)
      const reached = last ?? nothingDone
      if (reached.next === 'retry') {
        throw ApplicationFailure.create({
          type: 'revert-failed',
          message: `Not put back yet: ${reached.detail} It is tried again until it succeeds.`,
        })
      }
      return reached
    },
    { validator: (payload) => void revertRequest.parse(payload) },
  )

  setHandler(
    renewLeaseUpdate,
    async ({ by, seconds }) => {
      leaseUntil = Date.now() + seconds * 1000
      await recordRenewal({ actionId, by, seconds })
      return { leaseUntil }
    },
    {
      validator: (payload) => {
        renewLeasePayload.parse(payload)
        if (requests.length === 0 && Date.now() < leaseUntil) return
        throw ApplicationFailure.nonRetryable(
          'The action is being put back already; apply it anew instead.',
          'lease-ended',
        )
      },
    },
  )

  while (!notDone && requests.length === 0 && Date.now() < leaseUntil) {
    const until: number = leaseUntil
    await condition(() => notDone || requests.length > 0 || leaseUntil !== until, until - Date.now())
  }

  let wait = firstRetrySeconds
  while (!notDone) {
    const answered = requests.length
    const known = settlings
    last = await attempt(actionId, requests.at(-1))
    attempts += 1
    if (last.next === 'settled') break
    const seconds = last.next === 'person' ? personPollSeconds : wait
    // A person who presses Revert meanwhile does not wait for the next attempt.
    await condition(() => notDone || requests.length > answered || settlings > known, seconds * 1000)
    wait = Math.min(wait * 2, longestRetrySeconds)
    if (workflowInfo().continueAsNewSuggested) {
      await condition(allHandlersFinished)
      await continueAsNew<typeof leaseAction>({ actionId, leaseSeconds: firstRetrySeconds })
    }
  }
  await condition(allHandlersFinished)
}

const nothingDone: LeaseStep = { next: 'settled', status: 'not-done', detail: 'The action was never applied.' }

async function attempt(actionId: string, request: RevertRequest | undefined): Promise<LeaseStep> {
  const reason: RevertReason = request ? (request.reason ?? 'person') : 'lease'
  try {
    return await revertAction({ actionId, by: request?.by ?? 'system', reason })
  } catch (failure) {
    return { next: 'retry', status: 'reverting', detail: stepErrorOf(failure).message }
  }
}
