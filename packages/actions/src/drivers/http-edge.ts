/**
 * In-house gateways: the HTTP contract of docs/gateway.md (docs/gateway.openapi.yaml). A target is a backend (`payment`, or `*` for all of them), a
 * feature (`feature:<name>`) or an incident (`incident:<key>`). Settings: `limit`, `limit:route:<prefix>`, `limit:caller:<name>` of a backend; a
 * feature's own name; `incident`, which is the title of one that is open and null of one that is not.
 */
import * as z from 'zod'
import { ActionError } from '../action-error.ts'
import type { ApplyCall, Driver, Intent, ServerState, SettingValue, TargetState } from '../driver.ts'
import { stateVersion } from '../state-version.ts'
import { createGatewayClient } from './http-edge-client.ts'
import { assertMaySend } from './may-send.ts'
import { assertSafeName, cannotSet, type ZoneOf } from './names.ts'

export interface HttpEdgeOptions {
  /** `http(s)://host:port`, with a path where it has one. */
  address: string
  zoneOf: ZoneOf
  /** Sent as a bearer token. */
  token?: string
  /** Of one call; 2,000 by default. */
  timeoutMs?: number
}

/** Both may be left out: then what can be set is compared, and a restart is not noticed. */
const stamped = { version: z.string().max(200).optional(), instance: z.string().max(200).optional() }
const backend = z.object({
  name: z.string(),
  ...stamped,
  limits: z
    .array(z.object({ route: z.string().optional(), caller: z.string().optional(), requestsPerSecond: z.number() }))
    .default([]),
  servers: z.array(
    z.object({ name: z.string(), weight: z.number(), up: z.boolean(), requestsTotal: z.number().nullable() }),
  ),
})
const backends = z.object({ instance: z.string().max(200).optional(), backends: z.array(backend) })
const feature = z.object({
  ...stamped,
  title: z.string().optional(),
  value: z.union([z.string(), z.number(), z.boolean()]),
  values: z.array(z.union([z.string(), z.number(), z.boolean()])).optional(),
})
const incident = z.object({ ...stamped, title: z.string(), state: z.enum(['open', 'closed']) })
type Backend = z.infer<typeof backend>

/** A target as it is, with the gateway's own version of each of its resources by path. */
interface Seen {
  state: TargetState
  versions: Map<string, string>
}

interface Put {
  /** Whose version it is compared with. */
  resource: string
  path: string
  body: unknown
}

const featurePrefix = 'feature:'
const incidentPrefix = 'incident:'

/** The target of a feature, as this driver names it. */
export const featureTarget = (name: string): string => `${featurePrefix}${name}`
/** The target of an incident. */
export const incidentTarget = (key: string): string => `${incidentPrefix}${key}`

/** A driver for one gateway. Weights of a target `*` are named `<backend>/<server>`. */
export function createHttpEdgeDriver(options: HttpEdgeOptions): Driver {
  const timeoutMs = options.timeoutMs ?? 2000
  const client = createGatewayClient({ address: options.address, token: options.token ?? null, timeoutMs })

  async function look(target: string, signal?: AbortSignal): Promise<Seen> {
    const { kind, name } = partsOfTarget(target)
    switch (kind) {
      case 'backend':
        return lookAtBackends(target, signal)
      case 'feature': {
        const path = `features/${name}`
        const { value, values, title, ...stamps } = await client.get(path, feature, signal)
        const notes = {
          ...(title === undefined ? {} : { title }),
          ...(values === undefined ? {} : { 'can be': values.join(', ') }),
        }
        return seen(path, stamps, { target, values: { [name]: value }, notes })
      }
      case 'incident': {
        const path = `incidents/${name}`
        const found = await client.find(path, incident, signal)
        const values = { incident: found?.state === 'open' ? found.title : null }
        return seen(path, found ?? {}, { target, values, notes: found ? { title: found.title } : {} })
      }
    }
  }

  async function lookAtBackends(target: string, signal?: AbortSignal): Promise<Seen> {
    const answer = await client.get('backends', backends, signal)
    const of = answer.backends.filter(({ name }) => target === '*' || name === target)
    if (of.every(({ servers }) => servers.length === 0))
      throw new ActionError(
        'unknown-target',
        `The gateway at ${options.address} has no backend "${target}" with servers.`,
        { fix: "Compare the entity's edge in the model with GET /backends." },
      )
    const servers = of.flatMap((each) => serversOf(each, target, options.zoneOf))
    const values = target === '*' ? {} : limitsOf(of)
    const versions = new Map<string, string>()
    for (const { name, version } of of) if (version !== undefined) versions.set(`backends/${name}`, version)
    const version = versions.size === of.length ? [...versions.values()].join(' ') : stateVersion(servers, values)
    return {
      state: { target, version, instance: answer.instance ?? null, servers, values, notes: {} },
      versions,
    }
  }

  /** All names and values are checked before anything is sent. */
  function putsOf(intent: Intent, title: string | undefined): Put[] {
    switch (intent.kind) {
      case 'set-weights':
        return [...weightsByBackend(intent.target, intent.weights)].map(([name, weights]) => {
          const resource = `backends/${name}`
          return { resource, path: `${resource}/weights`, body: { weights } }
        })
      case 'set-values':
        return [valuesPut(intent, title)]
      case 'set-silence':
      case 'run-statement':
        throw cannotSet('A gateway', intent)
    }
  }

  return {
    name: 'http-edge',
    inFlightSeconds: timeoutMs / 1000,
    forgets: true,
    observe: async (target, signal) => (await look(target, signal)).state,

    async apply(intent, to) {
      // Before the first call, so that names which are none reach nobody.
      putsOf(intent, '')
      const { state, versions } = await look(intent.target, to.signal)
      if (to.expect !== null && state.version !== to.expect) throw changedSince(intent.target)
      const { kind } = partsOfTarget(intent.target)
      // One that is not open needs no closing, and one that was never opened cannot be closed.
      if (kind === 'incident' && state.values['incident'] === null && isClosing(intent)) return
      for (const { resource, path, body } of putsOf(intent, state.notes['title'])) {
        const version = to.expect === null ? undefined : versions.get(resource)
        assertMaySend(to)
        await client.put(path, body, headersOf(to, { scope: intent.target, path, version }), to.signal)
      }
    },
  }
}

function headersOf(
  { key, fence }: ApplyCall,
  { scope, path, version }: { scope: string; path: string; version: string | undefined },
): Record<string, string> {
  return {
    // With the path: a change of `*` is one of each backend.
    'idempotency-key': `${key}:${path}`,
    'fencing-token': String(fence),
    'fencing-scope': scope,
    ...(version === undefined ? {} : { 'if-match': `"${version}"` }),
  }
}

/** What a target of one resource looks like. */
function seen(
  path: string,
  stamps: { version?: string | undefined; instance?: string | undefined },
  of: Pick<TargetState, 'target' | 'values' | 'notes'>,
): Seen {
  return {
    state: {
      ...of,
      servers: [],
      version: stamps.version ?? stateVersion([], of.values),
      instance: stamps.instance ?? null,
    },
    versions: new Map(stamps.version === undefined ? [] : [[path, stamps.version]]),
  }
}

function partsOfTarget(target: string): { kind: 'backend' | 'feature' | 'incident'; name: string } {
  const of = (prefix: string): string => {
    const name = target.slice(prefix.length)
    assertSafeName(name)
    return name
  }
  if (target.startsWith(featurePrefix)) return { kind: 'feature', name: of(featurePrefix) }
  if (target.startsWith(incidentPrefix)) return { kind: 'incident', name: of(incidentPrefix) }
  if (target !== '*') assertSafeName(target)
  return { kind: 'backend', name: target }
}

function serversOf({ name, servers }: Backend, target: string, zoneOf: ZoneOf): ServerState[] {
  return servers.map((server) => ({
    name: target === '*' ? `${name}/${server.name}` : server.name,
    zone: zoneOf(server.name) ?? '',
    weight: server.weight,
    up: server.up,
    requestsPerSecond: null,
    requestsTotal: server.requestsTotal,
  }))
}

function limitsOf(of: readonly Backend[]): TargetState['values'] {
  const limits = of.flatMap((each) => each.limits)
  return {
    limit: null,
    ...Object.fromEntries(
      limits.map(({ route, caller, requestsPerSecond }) => {
        if (route !== undefined) return [`limit:route:${route}`, requestsPerSecond]
        return [caller === undefined ? 'limit' : `limit:caller:${caller}`, requestsPerSecond]
      }),
    ),
  }
}

/** @param title of the incident, when the target is one: an incident keeps its title when it closes. */
function valuesPut(intent: Extract<Intent, { kind: 'set-values' }>, title: string | undefined): Put {
  const { target, values } = intent
  const { kind, name } = partsOfTarget(target)
  const entries = Object.entries(values)
  switch (kind) {
    case 'backend': {
      if (name === '*' || entries.length === 0) throw cannotSet('All of a gateway', intent)
      const limits = entries.map(([setting, value]) => limitOf(setting, value, intent))
      return { resource: `backends/${name}`, path: `backends/${name}/limits`, body: { limits } }
    }
    case 'feature': {
      const value = values[name] ?? null
      if (entries.length !== 1 || value === null) throw cannotSet(`The feature ${name}`, intent)
      return { resource: `features/${name}`, path: `features/${name}`, body: { value } }
    }
    case 'incident': {
      const wanted = values['incident']
      if (entries.length !== 1 || (typeof wanted !== 'string' && wanted !== null))
        throw cannotSet(`The incident ${name}`, intent)
      const body = wanted === null ? { title, state: 'closed' } : { title: wanted, state: 'open' }
      return { resource: `incidents/${name}`, path: `incidents/${name}`, body }
    }
  }
}

function isClosing(intent: Intent): boolean {
  return intent.kind === 'set-values' && intent.values['incident'] === null
}

function limitOf(setting: string, value: SettingValue, intent: Intent): unknown {
  const [what, kind, ...rest] = setting.split(':')
  const of = rest.join(':')
  if (what !== 'limit' || (value !== null && (typeof value !== 'number' || !(value > 0))))
    throw cannotSet('A gateway', intent)
  if (kind === undefined) return { requestsPerSecond: value }
  if (kind === 'route' && of.startsWith('/')) return { route: of, requestsPerSecond: value }
  if (kind === 'caller' && of !== '') return { caller: of, requestsPerSecond: value }
  throw cannotSet('A gateway', intent)
}

function changedSince(target: string): ActionError {
  return new ActionError('stale', `${target} is not as it was judged: somebody changed it since.`, {
    fix: 'Nothing was sent. Run the step again for a new plan.',
  })
}

function weightsByBackend(target: string, weights: Record<string, number>): Map<string, Record<string, number>> {
  const byBackend = new Map<string, Record<string, number>>()
  for (const [name, weight] of Object.entries(weights)) {
    const [backendName, server] =
      target === '*' ? [name.slice(0, name.indexOf('/')), name.slice(name.indexOf('/') + 1)] : [target, name]
    assertSafeName(backendName)
    assertSafeName(server)
    if (!Number.isInteger(weight) || weight < 0 || weight > 256)
      throw new ActionError('bad-request', `${name}: ${weight} is not a weight.`, {
        fix: 'Use a whole number from 0 to 256.',
      })
    byBackend.set(backendName, { ...byBackend.get(backendName), [server]: weight })
  }
  return byBackend
}
