/** Taking the traffic away from a zone: the weights of its servers become 0, and the others must be able to carry it. */
import { capacityAfter, capacityFact, dataGuard, loadGuard } from '../capacity.ts'
import type { ActionTarget } from '../deps.ts'
import type { ActionRequest } from '../request.ts'
import { sumRates } from '../traffic.ts'
import { minutes, percent, type Draft, type Traffic } from './draft.ts'

type SwitchRequest = Extract<ActionRequest, { kind: 'traffic-switch' }>

export function planSwitch(request: SwitchRequest, target: ActionTarget, { state, rates }: Traffic): Draft {
  const drained = state.servers.filter((server) => server.zone === request.fromZone && server.weight > 0)
  const names = new Set(drained.map((server) => server.name))
  const rest = state.servers.filter((server) => !names.has(server.name))
  const total = sumRates(state.servers, rates)
  const moved = sumRates(drained, rates)
  const weights = Object.fromEntries(drained.map((server) => [server.name, 0]))
  const before = Object.fromEntries(drained.map((server) => [server.name, server.weight]))
  const capacity = capacityAfter(state, names, rates, target.limits)
  const backends = capacity.length > 1 ? ` in each of ${capacity.length} services` : ''
  const tightest = capacity.toSorted((a, b) => (b.utilisation ?? Infinity) - (a.utilisation ?? Infinity))[0]
  const fewest = capacity.toSorted((a, b) => a.healthy - b.healthy)[0]
  const zones = state.servers.filter((server) => server.zone === request.toZone && server.up && server.weight > 0)
  const { minimumServers, maximumUtilisation } = target.limits

  return {
    title: `Switch ${target.title} traffic from zone ${request.fromZone} to zone ${request.toZone} for ${minutes(request.leaseSeconds)}`,
    intent: { kind: 'set-weights', target: state.target, weights },
    revert: { kind: 'set-weights', target: state.target, weights: before },
    diff: drained.map((server) => ({ label: server.name, before: `weight ${server.weight}`, after: 'weight 0' })),
    facts: [
      {
        label: 'moves',
        value:
          total === null || moved === null
            ? 'unknown: the edge does not report requests'
            : `${percent(total === 0 ? 0 : moved / total)} of requests, ${moved.toFixed(1)}/s`,
        ...(total === null ? { tone: 'inconclusive' as const } : {}),
      },
      capacityFact(request.toZone, tightest, maximumUtilisation),
      {
        label: 'verify',
        value: `weights read back; requests to zone ${request.fromZone} stop and zone ${request.toZone} takes them`,
      },
    ],
    guards: [
      {
        name: 'Servers to switch',
        pass: drained.length > 0,
        detail:
          drained.length > 0
            ? `${drained.length} servers of zone ${request.fromZone} have traffic now`
            : `No server of zone ${request.fromZone} has traffic: nothing to switch`,
      },
      {
        name: 'Another zone takes it',
        pass: request.fromZone !== request.toZone && zones.length > 0,
        detail:
          request.fromZone === request.toZone
            ? `Zone ${request.toZone} is the zone to leave`
            : `${zones.length} healthy servers with traffic in zone ${request.toZone}`,
      },
      {
        name: 'Healthy servers remain',
        pass: fewest !== undefined && fewest.healthy >= minimumServers,
        detail: `${fewest?.healthy ?? 0} healthy servers remain${backends} of ${minimumServers} needed`,
      },
      loadGuard(tightest, maximumUtilisation),
      dataGuard(rest, rates),
    ],
  }
}
