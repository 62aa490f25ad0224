/** Taking the traffic away from a zone or from hosts: their weights become 0, and the others must be able to carry it. */
import { capacityAfter, capacityFact, dataGuard, loadGuard } from '../capacity.ts'
import type { ActionTarget } from '../deps.ts'
import type { Intent, ServerState } from '../driver.ts'
import type { Guard } from '../guards/guard.ts'
import type { ActionRequest } from '../request.ts'
import { sumRates } from '../traffic.ts'
import { minutes, percent, type Draft, type Traffic } from './draft.ts'

type SwitchRequest = Extract<ActionRequest, { kind: 'traffic-switch' }>

export function planSwitch(request: SwitchRequest, target: ActionTarget, { state, rates }: Traffic): Draft {
  const from = request.hosts ? `${request.hosts.length} hosts` : `zone ${request.fromZone}`
  const chosen = state.servers.filter((server) =>
    request.hosts ? isOneOf(request.hosts, server) : server.zone === request.fromZone,
  )
  const drained = chosen.filter((server) => server.weight > 0)
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
  const { minimumServers, maximumUtilisation } = target.limits

  return {
    title: `${titleOf(request, target.title)} for ${minutes(request.leaseSeconds)}`,
    intent: { kind: 'set-weights', target: state.target, weights },
    waves: wavesOf(request, state.target, drained),
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
      capacityFact(request.hosts ? 'the other hosts' : request.toZone, tightest, maximumUtilisation),
      ...(request.ramp
        ? [
            {
              label: 'by waves',
              value: `${request.ramp.percents.join(' %, ')} %, each watched for ${minutes(request.ramp.watchSeconds)}`,
            },
          ]
        : []),
      { label: 'verify', value: `weights read back; requests to ${from} stop and the others take them` },
    ],
    guards: [
      {
        name: 'Servers to switch',
        pass: drained.length > 0,
        detail:
          drained.length > 0
            ? `${drained.length} servers of ${from} have traffic now`
            : `No server of ${from} has traffic: nothing to switch`,
      },
      request.hosts ? hostsGuard(request.hosts, state.servers) : zoneGuard(request, state.servers),
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

function titleOf({ hosts, fromZone, toZone }: SwitchRequest, title: string): string {
  if (!hosts) return `Switch ${title} traffic from zone ${fromZone} to zone ${toZone}`
  return `Take ${hosts.length <= 3 ? hosts.join(', ') : `${hosts.length} hosts`} out of ${title}`
}

/** Under the target `*` a server is `<backend>/<host>`. */
function isOneOf(hosts: readonly string[], { name }: ServerState): boolean {
  return hosts.includes(name) || hosts.includes(name.slice(name.indexOf('/') + 1))
}

function hostsGuard(hosts: readonly string[], servers: readonly ServerState[]): Guard {
  const missing = hosts.filter((host) => !servers.some((server) => isOneOf([host], server)))
  return {
    name: 'The hosts are there',
    pass: missing.length === 0,
    detail:
      missing.length === 0 ? `All ${hosts.length} are servers of it` : `No server is called ${missing.join(', ')}`,
  }
}

function zoneGuard({ fromZone, toZone }: SwitchRequest, servers: readonly ServerState[]): Guard {
  const taking = servers.filter((server) => server.zone === toZone && server.up && server.weight > 0)
  return {
    name: 'Another zone takes it',
    pass: fromZone !== toZone && taking.length > 0,
    detail:
      fromZone === toZone
        ? `Zone ${toZone} is the zone to leave`
        : `${taking.length} healthy servers with traffic in zone ${toZone}`,
  }
}

/** Absolute weights of each wave; waves that rounding makes equal are one. */
function wavesOf({ ramp }: SwitchRequest, target: string, drained: readonly ServerState[]): Intent[] {
  const percents = ramp ? [...ramp.percents.filter((share) => share < 100), 100] : [100]
  const waves = percents.map((share): Intent => {
    const left = drained.map(({ name, weight }) => [name, Math.round((weight * (100 - share)) / 100)] as const)
    return { kind: 'set-weights', target, weights: Object.fromEntries(left) }
  })
  return waves.filter((wave, index) => JSON.stringify(wave) !== JSON.stringify(waves[index + 1]))
}
