/**
 * The targets of a campaign: real HTTP, the gateway contract without its help. Keys, fences and versions that come with a call are logged and not looked
 * at, so that nothing but the protocol prevents a change from being made twice or late.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createGatewayApi, type GatewayState } from '@tenon/demo'
import type { TruthCall } from './checker.ts'
import type { Chance } from './chance.ts'

/** What may happen to a call that changes something, and how often of 1000. `partition` and `down` fail all calls to the gateway for a while. */
const faultWeights = {
  'lost-reply': 25,
  'lost-request': 20,
  'late-reply': 8,
  'no-reply': 8,
  lie: 8,
  partition: 5,
  down: 3,
  'half-applied': 1,
} as const
export type TargetFault = keyof typeof faultWeights

export interface Targets {
  readonly address: string
  readonly truth: TruthCall[]
  /** How often each fault was injected. */
  readonly injected: Map<TargetFault, number>
  /** No more faults from here on. */
  calm(): void
  close(): Promise<void>
}

export const hostsOf = (lane: number): string[] =>
  ['a', 'b'].flatMap((zone) => [1, 2, 3].map((n) => `h${lane}-${zone}-${n}`))
export const laneName = (lane: number): string => `lane-${lane}`
const lanesOfGateway = 8
/** The gateway of a backend by its name; its address is this below the targets'. Every look at one backend reads all of its gateway. */
export const gatewayOf = (backend: string): string =>
  `gateway-${Math.floor(Number(backend.split('-')[1]) / lanesOfGateway)}`
/** Zone of a host by its name: `h3-a-1` is in A. */
export const zoneOf = (host: string): string | null => host.split('-')[1]?.toUpperCase() ?? null

/** Serves `lanes` backends of two zones with three servers each. */
export async function startTargets(lanes: number, chance: Chance): Promise<Targets> {
  const all = Array.from({ length: lanes }, (_, lane) => laneName(lane))
  const gateways = new Map(
    [...Map.groupBy(all, gatewayOf)].map(([name, backends]) => {
      const state = stateOf(backends)
      return [
        name,
        { state, api: createGatewayApi(state, { token: null }), countedAt: performance.now(), awayUntil: 0 },
      ]
    }),
  )
  const truth: TruthCall[] = []
  const injected = new Map<TargetFault, number>()
  let faulty = true

  function gatewayFor({ url = '' }: IncomingMessage) {
    const [, name = '', ...rest] = url.split('/')
    const gateway = gateways.get(name)
    if (!gateway) throw new Error(`There is no gateway ${name}.`)
    return { gateway, rest }
  }

  function pass(incoming: IncomingMessage, body: unknown) {
    const { gateway, rest } = gatewayFor(incoming)
    const now = performance.now()
    countRequests(gateway.state, now - gateway.countedAt)
    gateway.countedAt = now
    const target = rest[1] ?? ''
    const found = partsOf(gateway.state, target)
    const answer = gateway.api.handle({
      method: incoming.method ?? '',
      path: `/${rest.join('/')}`,
      headers: {},
      body,
    })
    if (incoming.method !== 'GET') {
      const key = String(incoming.headers['idempotency-key'] ?? '')
      const serving = gateway.state.backends.find(({ name }) => name === target)?.servers ?? []
      truth.push({
        target,
        // The driver adds the path: one change is one call here.
        key: key.split(':')[0] ?? '',
        fence: Number(incoming.headers['fencing-token'] ?? 0),
        at: Date.now(),
        changed: answer.effect === 'changed',
        parts: [...partsOf(gateway.state, target)]
          .filter(([part, value]) => found.get(part) !== value)
          .map(([part]) => part),
        serving: serving.filter(({ up, weight }) => up && weight > 0).length,
      })
    }
    return answer
  }

  function faultNow(): TargetFault | null {
    if (!faulty) return null
    const fault = chance.weighted(faultWeights, 1000)
    if (fault) injected.set(fault, (injected.get(fault) ?? 0) + 1)
    return fault
  }

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(incoming)
    const { gateway } = gatewayFor(incoming)
    if (performance.now() < gateway.awayUntil) return void response.destroy()
    const fault = incoming.method === 'GET' ? null : faultNow()
    const answer = (given: ReturnType<typeof pass>): void => {
      response
        .writeHead(given.status, { 'content-type': 'application/json', ...given.headers })
        .end(JSON.stringify(given.body))
    }
    switch (fault) {
      case null:
        return answer(pass(incoming, body))
      case 'lost-reply':
        pass(incoming, body)
        return void response.destroy()
      case 'lost-request':
        return void response.destroy()
      case 'late-reply':
        // Within the time of a call, so it still lands after its caller may be dead.
        await new Promise((resolve) => setTimeout(resolve, 400))
        return answer(pass(incoming, body))
      case 'no-reply':
        return void pass(incoming, body)
      case 'lie':
        return void response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
      case 'partition':
        gateway.awayUntil = performance.now() + 1200
        pass(incoming, body)
        return void response.destroy()
      case 'down':
        gateway.awayUntil = performance.now() + 1200
        return void response.destroy()
      case 'half-applied':
        pass(incoming, halfOf(body))
        return void response.destroy()
    }
  }

  const server = createServer((incoming, response) => {
    serve(incoming, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The targets got no port.')
  return {
    address: `http://127.0.0.1:${address.port}`,
    truth,
    injected,
    calm: () => void (faulty = false),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

function stateOf(backends: readonly string[]): GatewayState {
  return {
    backends: backends.map((name) => ({
      name,
      servers: hostsOf(Number(name.split('-')[1])).map((host) => ({
        name: host,
        weight: 100,
        up: true,
        requestsTotal: 0,
      })),
      limits: [],
    })),
    features: [],
    incidents: [],
  }
}

/** What can be changed of a backend: weights of servers, and the limits together. */
function partsOf({ backends }: GatewayState, name: string): Map<string, unknown> {
  const backend = backends.find((one) => one.name === name)
  const weights = backend?.servers.map((server): [string, unknown] => [server.name, server.weight]) ?? []
  return new Map([...weights, ['limits', JSON.stringify(backend?.limits)]])
}

function countRequests({ backends }: GatewayState, milliseconds: number): void {
  for (const { servers } of backends) {
    const weight = servers.reduce((sum, server) => sum + server.weight, 0)
    for (const server of servers)
      server.requestsTotal += weight === 0 ? 0 : (milliseconds * 0.012 * server.weight) / weight
  }
}

/** The first weight alone; what has one part only is done whole. */
function halfOf(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || !('weights' in body)) return body
  return { weights: Object.fromEntries(Object.entries(body.weights ?? {}).slice(0, 1)) }
}

async function bodyOf(incoming: IncomingMessage): Promise<unknown> {
  let text = ''
  for await (const chunk of incoming) text += String(chunk)
  return text === '' ? undefined : JSON.parse(text)
}
