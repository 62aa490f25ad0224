/** Letting through no more than so many requests a second. */
import { ActionError } from '../action-error.ts'
import type { ActionTarget } from '../deps.ts'
import type { ActionRequest } from '../request.ts'
import { sumRates } from '../traffic.ts'
import { minutes, percent, type Draft, type Traffic } from './draft.ts'

type LimitRequest = Extract<ActionRequest, { kind: 'rate-limit' }>

/** A share of the present traffic below which a limit would be an outage of its own making. */
const smallestLetThrough = 0.2

export function planLimit(request: LimitRequest, target: ActionTarget, { state, rates }: Traffic): Draft {
  if (target.backend === '*')
    throw new ActionError(
      'bad-request',
      `${target.title} stands for every service of ${target.connection}; a rate limit is set on one.`,
      {
        fix: 'Choose one service, for example the one that the load enters by.',
      },
    )
  const total = sumRates(state.servers, rates)
  const limit = request.requestsPerSecond
  const share = total === null || total === 0 ? null : Math.min(1, limit / total)
  const label = `${target.title} limit`
  const show = (value: number | null): string => (value === null ? 'unlimited' : `${value} requests/s`)
  return {
    title: `Limit ${target.title} to ${limit} requests/s for ${minutes(request.leaseSeconds)}`,
    intent: { kind: 'set-rate-limit', target: state.target, requestsPerSecond: limit },
    revert: { kind: 'set-rate-limit', target: state.target, requestsPerSecond: state.rateLimit },
    diff: [{ label, before: show(state.rateLimit), after: show(limit) }],
    facts: [
      {
        label: 'requests now',
        value: total === null ? 'unknown: the edge does not report requests' : `${total.toFixed(1)}/s`,
      },
      { label: 'lets through', value: share === null ? 'unknown' : `${percent(share)} of the requests of now` },
      { label: 'verify', value: 'limit read back' },
    ],
    guards: [
      {
        name: 'Something to change',
        pass: state.rateLimit !== limit,
        detail:
          state.rateLimit === limit
            ? `The limit is ${show(limit)} already`
            : `${show(state.rateLimit)} → ${show(limit)}`,
      },
      {
        name: 'Most requests pass',
        pass: share !== null && share >= smallestLetThrough,
        detail:
          share === null
            ? 'No requests are reported, so what the limit would refuse is unknown'
            : `${percent(share)} pass, ${percent(smallestLetThrough)} needed`,
      },
    ],
  }
}
