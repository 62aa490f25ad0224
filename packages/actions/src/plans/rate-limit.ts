/** Letting through no more than so many requests a second. */
import { ActionError } from '../action-error.ts'
import type { ActionTarget } from '../deps.ts'
import type { SettingValue } from '../driver.ts'
import type { Guard } from '../guards/guard.ts'
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
  if (request.route !== undefined && request.caller !== undefined)
    throw new ActionError('bad-request', 'A limit is of a route or of a caller, not of both.', {
      fix: 'Leave one of them empty.',
    })
  const total = sumRates(state.servers, rates)
  const limit = request.requestsPerSecond
  const setting = limitSetting(request)
  const present = state.values[setting] ?? null
  const part = request.route ?? request.caller
  // How much of the traffic one route or caller makes is not reported by servers, so only a limit of all is compared with it.
  const share = part !== undefined || total === null || total === 0 ? null : Math.min(1, limit / total)
  const label = part === undefined ? `${target.title} limit` : `${target.title} limit of ${part}`
  const show = (value: SettingValue): string => (value === null ? 'unlimited' : `${value} requests/s`)
  return {
    title: `Limit ${part === undefined ? target.title : `${part} at ${target.title}`} to ${limit} requests/s for ${minutes(request.leaseSeconds)}`,
    intent: { kind: 'set-values', target: state.target, values: { [setting]: limit } },
    revert: { kind: 'set-values', target: state.target, values: { [setting]: present } },
    diff: [{ label, before: show(present), after: show(limit) }],
    facts: [
      {
        label: 'requests now',
        value: total === null ? 'unknown: the edge does not report requests' : `${total.toFixed(1)}/s`,
      },
      {
        label: 'lets through',
        value: share === null ? 'unknown' : `${percent(share)} of the requests of now`,
      },
      { label: 'verify', value: 'limit read back' },
    ],
    guards: [
      {
        name: 'Something to change',
        pass: present !== limit,
        detail: present === limit ? `The limit is ${show(limit)} already` : `${show(present)} → ${show(limit)}`,
      },
      ...(part === undefined ? [mostPass(share)] : []),
    ],
  }
}

/** The name of the setting that holds it. */
function limitSetting({ route, caller }: Pick<LimitRequest, 'route' | 'caller'>): string {
  if (route !== undefined) return `limit:route:${route}`
  return caller === undefined ? 'limit' : `limit:caller:${caller}`
}

function mostPass(share: number | null): Guard {
  return {
    name: 'Most requests pass',
    pass: share !== null && share >= smallestLetThrough,
    detail:
      share === null
        ? 'No requests are reported, so what the limit would refuse is unknown'
        : `${percent(share)} pass, ${percent(smallestLetThrough)} needed`,
  }
}
