import {
  ApplicationFailure,
  condition,
  defineSignal,
  defineUpdate,
  proxyActivities,
  setHandler,
  allHandlersFinished,
} from '@temporalio/workflow'
import {
  renewLease as renewLeasePayload,
  revertNow as revertNowPayload,
  updateNames,
  type LeaseInput,
  type RenewLease,
  type RevertNow,
} from '@tenon/runbook'
import type { EngineActivities, LeaseStep } from '../engine-activities.ts'
import { stepErrorOf } from './step-failure.ts'

const { revertAction, recordRenewal } = proxyActivities<EngineActivities>({
  startToCloseTimeout: '60s',
  heartbeatTimeout: '5s',
  retry: { initialInterval: '1s', maximumInterval: '10s' },
})

const firstRetrySeconds = 2
const longestRetrySeconds = 60

export const revertNowUpdate = defineUpdate<LeaseStep, [RevertNow]>(updateNames.revertNow)
export const renewLeaseUpdate = defineUpdate<{ leaseUntil: number }, [RenewLease]>(updateNames.renewLease)
/** The action came to nothing: the lease need not wait for its timer. */
export const actionNotDoneSignal = defineSignal('actionNotDone')

/**
 * The lease of one action: a durable timer that puts the action back, apart from the run that applied it, so that no failure of that run can
 * leave the outside changed. It begins before the outside is called and ends when there is nothing left to put back.
 */
export async function leaseAction({ actionId, leaseSeconds }: LeaseInput): Promise<void> {
  let leaseUntil = Date.now() + leaseSeconds * 1000
  let requestedBy: string | null = null
  let notDone = false
  let last: LeaseStep | null = null
  let attempts = 0
  let presses = 0

  setHandler(actionNotDoneSignal, () => {
    notDone = true
  })

  setHandler(
    revertNowUpdate,
    async ({ by }) => {
      requestedBy ??= by
      presses += 1
      const seen = attempts
      await condition(() => attempts > seen || last?.settled === true)
      if (!last?.settled) {
        throw ApplicationFailure.create({
          type: 'revert-failed',
          message: `Not put back yet: ${last?.detail ?? 'no answer'} It is tried again until it succeeds.`,
        })
      }
      return last
    },
    { validator: (payload) => void revertNowPayload.parse(payload) },
  )

  setHandler(
    renewLeaseUpdate,
    async ({ by, seconds }) => {
      leaseUntil = Date.now() + seconds * 1000
      await recordRenewal({ actionId, by, leaseUntil })
      return { leaseUntil }
    },
    {
      validator: (payload) => {
        renewLeasePayload.parse(payload)
        if (requestedBy === null && Date.now() < leaseUntil) return
        throw ApplicationFailure.nonRetryable(
          'The action is being put back already; apply it anew instead.',
          'lease-ended',
        )
      },
    },
  )

  while (!notDone && requestedBy === null && Date.now() < leaseUntil) {
    const until: number = leaseUntil
    await condition(() => notDone || requestedBy !== null || leaseUntil !== until, until - Date.now())
  }

  for (let wait = firstRetrySeconds; !notDone; wait = Math.min(wait * 2, longestRetrySeconds)) {
    last = await attempt(actionId, requestedBy)
    attempts += 1
    if (last.settled) break
    // A person who presses Revert meanwhile does not have to wait for the next attempt.
    const seen: number = presses
    await condition(() => notDone || presses !== seen, wait * 1000)
  }
  last ??= { settled: true, status: 'not-done', detail: 'The action was never applied.' }
  await condition(allHandlersFinished)
}

async function attempt(actionId: string, requestedBy: string | null): Promise<LeaseStep> {
  try {
    return await revertAction({
      actionId,
      by: requestedBy ?? 'lease',
      cause: requestedBy === null ? 'lease' : 'request',
    })
  } catch (failure) {
    const error = stepErrorOf(failure)
    return { settled: false, status: 'reverting', detail: error.message }
  }
}
