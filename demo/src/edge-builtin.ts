/**
 * The shop's own small edge, for machines without HAProxy: balances by weight, limits rates, and checks its servers. Its admin API (loopback) is the
 * gateway contract of docs/gateway.md, served by gateway-api.ts.
 */
import { Agent, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { FULL_WEIGHT, type Edge, type EdgeOptions } from './edge.ts'
import { createGatewayApi, type GatewayAnswer, type GatewayFeature, type GatewayLimit } from './gateway-api.ts'
import { listenOnLoopback } from './loopback-server.ts'
import { readBody } from './read-body.ts'
import { SERVICES } from './world.ts'

interface Server {
  name: string
  port: number
  weight: number
  up: boolean
  requestsTotal: number
  /** Smooth weighted round robin: the server with the highest goes next. */
  current: number
}

interface Backend {
  name: string
  servers: Server[]
  limits: GatewayLimit[]
}

/** What a limit is compared with. */
interface Passing {
  /** Path after the service. */
  path: string
  /** Header `x-caller`; empty when there is none. */
  caller: string
}

const CHECK_SECONDS = 3
const LARGEST_BODY = 64 * 1024

/** What the shop's pages can do without. */
const FEATURES: GatewayFeature[] = [
  { name: 'recommendations', title: 'Recommendations', value: 'full', values: ['full', 'cached', 'off'] },
  { name: 'order-history', title: 'Order history', value: 'live', values: ['live', 'cached', 'off'] },
  { name: 'wallet', title: 'Wallet payments', value: true, values: [true, false] },
]

/** Starts the edge. */
export async function startBuiltinEdge(options: EdgeOptions): Promise<Edge> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64, timeout: 20_000 })
  const backends = new Map<string, Backend>(
    SERVICES.map(({ id }) => [id, { name: id, limits: [], servers: serversOf(options, id) }]),
  )
  const features = FEATURES.map((feature) => ({ ...feature }))
  const gateway = createGatewayApi(
    { backends: [...backends.values()], features, incidents: [] },
    { token: options.adminToken ?? null },
  )
  const recent = new Map<string, number[]>()
  const traffic = await listenOnLoopback((incoming, response) => forward(incoming, response), options.trafficPort)
  const admin = await listenOnLoopback((incoming, response) => {
    readBody(incoming, LARGEST_BODY).then(
      (body) => {
        const { method = '', url: path = '/', headers } = incoming
        answer(response, gateway.handle({ method, path, headers, body }))
      },
      (error: unknown) => answer(response, { status: 500, body: { error: String(error) } }),
    )
  }, options.adminPort)
  const checks = setInterval(() => {
    for (const backend of backends.values()) for (const server of backend.servers) check(agent, server)
  }, CHECK_SECONDS * 1000)

  function forward(incoming: IncomingMessage, response: ServerResponse): void {
    const [, service = '', ...rest] = (incoming.url ?? '').split('/')
    const backend = backends.get(service)
    if (!backend) return answer(response, { status: 404, body: { error: 'no such service' } })
    const passing = { path: `/${rest.join('/')}`, caller: String(incoming.headers['x-caller'] ?? '') }
    if (!letThrough(backend, passing, recent)) return answer(response, { status: 429, body: { error: 'rate limit' } })
    const server = pick(backend)
    if (!server) return answer(response, { status: 503, body: { error: `no server of ${backend.name} is up` } })
    pass(incoming, response, server, () => {
      // Nothing was sent yet: as HAProxy's redispatch, another server gets one chance.
      const other = pick(backend, server)
      if (other)
        pass(incoming, response, other, () => answer(response, { status: 503, body: { error: 'no connection' } }))
      else answer(response, { status: 503, body: { error: 'no connection' } })
    })
  }

  function pass(incoming: IncomingMessage, response: ServerResponse, server: Server, onRefused: () => void): void {
    server.requestsTotal++
    const outgoing = httpRequest(
      {
        host: '127.0.0.1',
        port: server.port,
        path: incoming.url,
        method: incoming.method,
        headers: incoming.headers,
        agent,
      },
      (upstream) => {
        response.writeHead(upstream.statusCode ?? 502, upstream.headers)
        upstream.pipe(response)
      },
    )
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      if (response.headersSent) response.destroy()
      else if (error.code === 'ECONNREFUSED') {
        server.up = false
        onRefused()
      } else answer(response, { status: 502, body: { error: error.message } })
    })
    response.on('close', () => outgoing.destroy())
    outgoing.end()
  }

  return {
    kind: 'http-edge',
    trafficUrl: traffic.url,
    adminAddress: admin.url,
    metrics: null,
    close: async () => {
      clearInterval(checks)
      agent.destroy()
      await Promise.all([traffic.close(), admin.close()])
    },
  }
}

function serversOf(options: EdgeOptions, service: string): Server[] {
  return options.targets
    .filter(({ host }) => host.service === service)
    .map(({ host, port }) => ({ name: host.id, port, weight: FULL_WEIGHT, up: true, requestsTotal: 0, current: 0 }))
}

/** Smooth weighted round robin (as in nginx): proportional to weight and evenly spread in time. */
function pick(backend: Backend, except?: Server): Server | undefined {
  const usable = backend.servers.filter((server) => server.up && server.weight > 0 && server !== except)
  const total = usable.reduce((sum, server) => sum + server.weight, 0)
  let best: Server | undefined
  for (const server of usable) {
    server.current += server.weight
    if (!best || server.current > best.current) best = server
  }
  if (best) best.current -= total
  return best
}

/** Each limit counts what it let through in the last second; one that is full refuses. */
function letThrough(backend: Backend, passing: Passing, recent: Map<string, number[]>): boolean {
  const now = performance.now()
  const counts = backend.limits
    .filter(
      ({ route, caller }) => (caller ?? passing.caller) === passing.caller && passing.path.startsWith(route ?? ''),
    )
    .map(({ route = '', caller = '', requestsPerSecond }) => {
      const name = JSON.stringify([backend.name, route, caller])
      const passed = (recent.get(name) ?? []).filter((at) => at > now - 1000)
      recent.set(name, passed)
      return { passed, requestsPerSecond }
    })
  if (counts.some(({ passed, requestsPerSecond }) => passed.length >= requestsPerSecond)) return false
  for (const { passed } of counts) passed.push(now)
  return true
}

function check(agent: Agent, server: Server): void {
  const probe = httpRequest(
    { host: '127.0.0.1', port: server.port, path: '/healthz', agent, signal: AbortSignal.timeout(1000) },
    (response) => {
      server.up = response.statusCode === 200
      response.resume()
    },
  )
  probe.on('error', () => (server.up = false))
  probe.end()
}

function answer(response: ServerResponse, { status, headers, body }: Partial<GatewayAnswer>): void {
  if (response.headersSent) return
  response.writeHead(status ?? 500, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(body))
}
