/** The floor that no action goes below, read anew right before each call: what was true when it was planned may not be true any more. */
import { capacityUnder, type BackendCapacity } from '../capacity.ts'
import type { ActionTarget } from '../deps.ts'
import type { SettingValue } from '../driver.ts'
import { percent } from '../plans/draft.ts'
import type { Guard, GuardCheck, GuardSubject } from './guard.ts'

const name = 'Enough remains'

export const capacityFloor: GuardCheck = async (subject, deps) => {
  const { intent, state, request, moment } = subject
  if (intent.kind === 'set-values' && intent.values['replicas'] !== undefined)
    return replicasFloor(intent.values['replicas'], subject, await deps.targets.of(request))
  // The plan of a switch judges it by seconds of traffic and says so with guards of its own.
  if (intent.kind !== 'set-weights' || moment === 'plan') return null
  const { limits } = await deps.targets.of(request)
  const rates = new Map(state.servers.map((server) => [server.name, server.requestsPerSecond]))
  const capacity = capacityUnder(state, intent.weights, rates, limits)
  const few = capacity.find(({ healthy }) => healthy < limits.minimumServers)
  if (few)
    return {
      name,
      pass: false,
      detail: `Only ${few.healthy} healthy servers of ${few.backend} would remain right now, ${limits.minimumServers} are needed`,
    }
  const tight = capacity.find(({ utilisation }) => utilisation !== null && utilisation > limits.maximumUtilisation)
  if (tight)
    return {
      name,
      pass: false,
      detail: `A server of ${tight.backend} would be at ${percent(tight.utilisation ?? 0)} right now, at most ${percent(limits.maximumUtilisation)}`,
    }
  return { name, pass: true, detail: said(capacity) }
}

function said(capacity: BackendCapacity[]): string {
  const fewest = Math.min(...capacity.map(({ healthy }) => healthy))
  // A system that does not report a rate of this moment was watched for seconds when it was planned.
  const load = capacity.every(({ utilisation }) => utilisation === null) ? '; their load was judged with the plan' : ''
  return `${Number.isFinite(fewest) ? fewest : 0} healthy servers remain${load}`
}

/** Fewer replicas are as a drain; more, or as many, take nothing away. */
function replicasFloor(
  wanted: SettingValue,
  { state }: GuardSubject,
  { limits: { minimumServers } }: ActionTarget,
): Guard | null {
  const now = state.values['replicas'] ?? null
  if (typeof wanted !== 'number' || typeof now !== 'number')
    return { name, pass: false, detail: 'How many replicas there are is unknown' }
  if (wanted >= now) return null
  return {
    name,
    pass: wanted >= minimumServers,
    detail: `${wanted} replicas remain of ${now}, ${minimumServers} are needed`,
  }
}
