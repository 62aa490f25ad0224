/** Planning: from what is wanted and what the target looks like to an absolute intent, its effect in numbers, and the guards. */
import { contentHash } from '@tenon/runbook'
import { ActionError } from './action-error.ts'
import {
  defaultCapacityLimits,
  defaultWatchSeconds,
  type ActionDeps,
  type ActionTarget,
  type CapacityLimits,
} from './deps.ts'
import type { ActionRequest, Driver, PlannedAction, ServerState, TargetState } from './driver.ts'
import type { Draft } from './draft.ts'
import { blockingAction } from './ledger.ts'
import { planSilence } from './plan-silence.ts'

type Guard = Draft['guards'][number]
type Fact = Draft['facts'][number]

/** A share of the present traffic below which a limit would be an outage of its own making. */
const SMALLEST_LET_THROUGH = 0.2

/**
 * Plans without changing anything: observes the target, makes the intent absolute, says what it would do and whether it may.
 * A plan with a failing guard is shown to people and refused by `applyAction`.
 *
 * The hash covers the request, the intent, and the weights and limit that were found: any change of them voids an approval. Rates and
 * health are not in it; the guards judge those again before the action is applied.
 *
 * @param scope `key` is the action's own idempotency key, so that its claim does not count as "another action".
 * @throws ActionError `target-unreachable`, `unknown-target`, `bad-answer`, `bad-request`.
 */
export async function planAction(
  request: ActionRequest,
  deps: ActionDeps,
  scope: { stepId: string; key?: string; signal?: AbortSignal },
): Promise<PlannedAction> {
  const target = await targetOf(request, deps)
  const traffic =
    request.kind === 'silence'
      ? { state: await target.driver.observe(target.backend, scope.signal), rates: new Map<string, number | null>() }
      : await watch(target.driver, target.backend, deps, scope.signal)
  const { state } = traffic
  const general = [await writesGuard(deps), await otherActionGuard(request, target, deps, scope.key ?? '')]
  const draft = await draftOf(request, { target, traffic, deps })
  const plan = {
    stepId: scope.stepId,
    title: draft.title,
    target: `${target.connection}/${target.backend}`,
    diff: draft.diff,
    facts: [
      ...draft.facts,
      { label: 'reverts', value: `by itself ${minutes(request.leaseSeconds)} after it is applied` },
    ],
    guards: [...draft.guards, ...general],
    intent: draft.intent,
    revert: draft.revert,
    before: state,
    leaseSeconds: request.leaseSeconds,
  }
  return { ...plan, hash: contentHash({ request, intent: plan.intent, revert: plan.revert, version: state.version }) }
}

async function draftOf(
  request: ActionRequest,
  of: { target: ActionTarget; traffic: Traffic; deps: ActionDeps },
): Promise<Draft> {
  switch (request.kind) {
    case 'traffic-switch':
      return planSwitch(request, of.target, of.traffic)
    case 'rate-limit':
      return planLimit(request, of.target, of.traffic)
    case 'silence':
      return planSilence(request, of.traffic.state, of.deps)
  }
}

/** @throws ActionError `bad-request` when there is nothing to act upon. */
export async function targetOf(request: ActionRequest, deps: ActionDeps): Promise<ActionTarget> {
  if (request.kind !== 'silence') return deps.targets.forEntity(request.entity)
  const { connection, alert, title } = request
  if (!deps.targets.forSilences)
    throw new ActionError('bad-request', 'Alerts cannot be silenced here.', { fix: 'Leave the step out.' })
  const driver = await deps.targets.forSilences(connection)
  return { title, connection, backend: alert, driver, limits: defaultCapacityLimits }
}

interface Traffic {
  state: TargetState
  /** Requests a second by server; null where the system does not say. */
  rates: Map<string, number | null>
}

type SwitchRequest = Extract<ActionRequest, { kind: 'traffic-switch' }>
type LimitRequest = Extract<ActionRequest, { kind: 'rate-limit' }>

function planSwitch(request: SwitchRequest, target: ActionTarget, { state, rates }: Traffic): Draft {
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

function planLimit(request: LimitRequest, target: ActionTarget, { state, rates }: Traffic): Draft {
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
        pass: share !== null && share >= SMALLEST_LET_THROUGH,
        detail:
          share === null
            ? 'No requests are reported, so what the limit would refuse is unknown'
            : `${percent(share)} pass, ${percent(SMALLEST_LET_THROUGH)} needed`,
      },
    ],
  }
}

interface BackendCapacity {
  backend: string
  healthy: number
  /** Of the fullest remaining server, before and after; null when rates are unknown or none remain. */
  usual: number | null
  utilisation: number | null
}

/** Each backend has to carry its own requests: under `*` a roomy service does not make up for a tight one. */
function capacityAfter(
  state: TargetState,
  drained: ReadonlySet<string>,
  rates: Traffic['rates'],
  limits: CapacityLimits,
): BackendCapacity[] {
  const groups = Map.groupBy(state.servers, (server) => backendOf(server, state.target))
  return [...groups]
    .filter(([, servers]) => servers.some((server) => drained.has(server.name)))
    .map(([backend, servers]) => {
      const serving = servers.filter((server) => server.up && server.weight > 0)
      const remaining = serving.filter((server) => !drained.has(server.name))
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
function backendOf(server: ServerState, target: string): string {
  return target === '*' ? server.name.slice(0, server.name.indexOf('/')) : target
}

function capacityFact(zone: string, tightest: BackendCapacity | undefined, maximum: number): Fact {
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

function loadGuard(tightest: BackendCapacity | undefined, maximum: number): Guard {
  const name = 'Load of the rest'
  if (!tightest || tightest.utilisation === null)
    return { name, pass: false, detail: 'The load of the remaining servers is unknown' }
  return {
    name,
    pass: tightest.utilisation <= maximum,
    detail: `${percent(tightest.utilisation)} of what a server of ${tightest.backend} carries, at most ${percent(maximum)}`,
  }
}

function dataGuard(rest: ServerState[], rates: Traffic['rates']): Guard {
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

/** A switch that cannot be read counts as stopped: fail closed. */
export async function writesGuard(deps: ActionDeps): Promise<Guard> {
  const name = 'Writes are allowed'
  try {
    const stop = await deps.writesStopped()
    if (!stop) return { name, pass: true, detail: 'Nobody stopped writes' }
    return {
      name,
      pass: false,
      detail: `${stop.by} stopped all writes at ${new Date(stop.at).toISOString()}: ${stop.reason}`,
    }
  } catch (error) {
    return {
      name,
      pass: false,
      detail: `Whether writes are stopped could not be read (${messageOf(error)}), so they count as stopped`,
    }
  }
}

async function otherActionGuard(
  request: ActionRequest,
  target: ActionTarget,
  deps: ActionDeps,
  key: string,
): Promise<Guard> {
  const open = await deps.ledger.list({ state: 'open' })
  const other = blockingAction(open, { key, target: `${target.connection}/${target.backend}`, kind: request.kind })
  return {
    name: 'No other action',
    pass: other === null,
    detail:
      other === null
        ? `No other action on ${target.title}`
        : `"${other.title}" is ${other.status}; revert or resolve it first`,
  }
}

/** Observes twice, so that rates come from counters over seconds and not from one moment. */
export async function watch(
  driver: Driver,
  backend: string,
  deps: ActionDeps,
  signal?: AbortSignal,
  seconds = (deps.watchSeconds ?? defaultWatchSeconds).plan,
): Promise<Traffic> {
  const first = await driver.observe(backend, signal)
  const startedAt = deps.clock.now()
  await deps.clock.sleep(seconds * 1000, signal)
  const state = await driver.observe(backend, signal)
  const elapsed = Math.max(0.001, (deps.clock.now() - startedAt) / 1000)
  const totals = new Map(first.servers.map((server) => [server.name, server.requestsTotal]))
  const rates = new Map(
    state.servers.map((server) => {
      const earlier = totals.get(server.name) ?? null
      // A counter that fell was reset: its difference says nothing.
      if (earlier === null || server.requestsTotal === null || server.requestsTotal < earlier)
        return [server.name, server.requestsPerSecond]
      return [server.name, (server.requestsTotal - earlier) / elapsed]
    }),
  )
  return { state, rates }
}

/** Null when a server that is up does not report: no data is not zero. */
export function sumRates(servers: readonly ServerState[], rates: ReadonlyMap<string, number | null>): number | null {
  let sum = 0
  for (const server of servers) {
    const rate = rates.get(server.name) ?? null
    if (rate === null && server.up) return null
    sum += rate ?? 0
  }
  return sum
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}

function minutes(seconds: number): string {
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`
}
