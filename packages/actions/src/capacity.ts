/** Whether the servers that remain can carry what the drained ones leave. */
import type { PlannedAction, ServerState, TargetState } from './driver.ts'
import type { Guard } from './guards/guard.ts'
import { percent, type Traffic } from './plans/draft.ts'
import type { CapacityLimits } from './policy.ts'
import { sumRates } from './traffic.ts'

export interface BackendCapacity {
  backend: string
  healthy: number
  /** Of the fullest remaining server, before and after; null when rates are unknown or none remain. */
  usual: number | null
  utilisation: number | null
}

/** With no traffic for `drained`. */
export function capacityAfter(
  state: TargetState,
  drained: ReadonlySet<string>,
  rates: Traffic['rates'],
  limits: CapacityLimits,
): BackendCapacity[] {
  return capacityUnder(state, Object.fromEntries([...drained].map((name) => [name, 0])), rates, limits)
}

/**
 * With these weights, for each backend that they touch.
 * Each backend has to carry its own requests: under `*` a roomy service does not make up for a tight one.
 */
export function capacityUnder(
  state: TargetState,
  weights: Readonly<Record<string, number>>,
  rates: Traffic['rates'],
  limits: CapacityLimits,
): BackendCapacity[] {
  const groups = Map.groupBy(state.servers, (server) => backendOf(server, state.target))
  return [...groups]
    .filter(([, servers]) => servers.some((server) => weights[server.name] !== undefined))
    .map(([backend, servers]) => {
      const serving = servers.filter((server) => server.up && server.weight > 0)
      const remaining = servers
        .map((server) => ({ ...server, weight: weights[server.name] ?? server.weight }))
        .filter((server) => server.up && server.weight > 0)
      const total = sumRates(servers, rates)
      return {
        backend,
        healthy: remaining.length,
        usual: fullest(serving, total, limits),
        utilisation: fullest(remaining, total, limits),
      }
    })
}

function fullest(servers: ServerState[], total: number | null, limits: CapacityLimits): number | null {
  if (total === null || servers.length === 0) return null
  const weight = servers.reduce((sum, server) => sum + server.weight, 0)
  const heaviest = Math.max(...servers.map((server) => server.weight))
  return (total * heaviest) / weight / limits.requestsPerSecondPerServer
}

/** Under the target `*` a server's name is `<backend>/<server>`. */
export function backendOf(server: ServerState, target: string): string {
  return target === '*' ? server.name.slice(0, server.name.indexOf('/')) : target
}

export function capacityFact(
  zone: string,
  tightest: BackendCapacity | undefined,
  maximum: number,
): PlannedAction['facts'][number] {
  const label = `capacity in ${zone}`
  if (!tightest || tightest.utilisation === null || tightest.usual === null)
    return { label, value: 'unknown', tone: 'inconclusive' }
  const fits = tightest.utilisation <= maximum
  return {
    label,
    value: `${percent(tightest.usual)} → ${percent(tightest.utilisation)}, ${fits ? 'below' : 'above'} ${percent(maximum)}`,
    tone: fits ? 'normal' : 'abnormal',
  }
}

export function loadGuard(tightest: BackendCapacity | undefined, maximum: number): Guard {
  const name = 'Load of the rest'
  if (!tightest || tightest.utilisation === null)
    return { name, pass: false, detail: 'The load of the remaining servers is unknown' }
  return {
    name,
    pass: tightest.utilisation <= maximum,
    detail: `${percent(tightest.utilisation)} of what a server of ${tightest.backend} carries, at most ${percent(maximum)}`,
  }
}

export function dataGuard(rest: ServerState[], rates: Traffic['rates']): Guard {
  const silent = rest.filter((server) => server.up && (rates.get(server.name) ?? null) === null)
  return {
    name: 'The edge reports',
    pass: silent.length === 0,
    detail:
      silent.length === 0
        ? 'Requests of every server are known'
        : `No request counts of ${silent.map((server) => server.name).join(', ')}`,
  }
}
