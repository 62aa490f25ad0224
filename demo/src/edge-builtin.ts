/**
 * The shop's own small edge, for machines without HAProxy: balances by weight, limits rates, checks its servers, and is switched over HTTP.
 *
 * Admin API (loopback): `GET /backends` and `GET /backends/<b>` answer `{ name, rateLimit, servers: [{ name, weight, up, requestsTotal }] }`;
 * `PUT /backends/<b>/weights` takes `{ weights: { <server>: 0..256 } }`; `PUT /backends/<b>/rate-limit` takes `{ requestsPerSecond: n | null }`.
 */
import { Agent, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import * as z from 'zod'
import { FULL_WEIGHT, type Edge, type EdgeOptions } from './edge.ts'
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
  rateLimit: number | null
  /** Starts of the requests that were let through in the last second. */
  recent: number[]
}

const CHECK_SECONDS = 3
const LARGEST_BODY = 64 * 1024

const weightsBody = z.object({ weights: z.record(z.string(), z.number().int().min(0).max(256)) })
const rateLimitBody = z.object({ requestsPerSecond: z.number().positive().nullable() })

/** Starts the edge. */
export async function startBuiltinEdge(options: EdgeOptions): Promise<Edge> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64, timeout: 20_000 })
  const backends = new Map<string, Backend>(
    SERVICES.map(({ id }) => [id, { name: id, rateLimit: null, recent: [], servers: serversOf(options, id) }]),
  )
  const traffic = await listenOnLoopback((incoming, response) => forward(incoming, response), options.trafficPort)
  const admin = await listenOnLoopback((incoming, response) => {
    administer(backends, incoming).then(
      ({ status, body }) => answer(response, status, body),
      (error: unknown) => answer(response, 500, { error: String(error) }),
    )
  }, options.adminPort)
  const checks = setInterval(() => {
    for (const backend of backends.values()) for (const server of backend.servers) check(agent, server)
  }, CHECK_SECONDS * 1000)

  function forward(incoming: IncomingMessage, response: ServerResponse): void {
    const backend = backends.get((incoming.url ?? '').split('/')[1] ?? '')
    if (!backend) return answer(response, 404, { error: 'no such service' })
    if (!letThrough(backend)) return answer(response, 429, { error: 'rate limit' })
    const server = pick(backend)
    if (!server) return answer(response, 503, { error: `no server of ${backend.name} is up` })
    pass(incoming, response, server, () => {
      // Nothing was sent yet: as HAProxy's redispatch, another server gets one chance.
      const other = pick(backend, server)
      if (other) pass(incoming, response, other, () => answer(response, 503, { error: 'no connection' }))
      else answer(response, 503, { error: 'no connection' })
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
      } else answer(response, 502, { error: error.message })
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

function letThrough(backend: Backend): boolean {
  const now = performance.now()
  while (backend.recent.length > 0 && backend.recent[0]! <= now - 1000) backend.recent.shift()
  if (backend.rateLimit !== null && backend.recent.length >= backend.rateLimit) return false
  backend.recent.push(now)
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

async function administer(
  backends: Map<string, Backend>,
  incoming: IncomingMessage,
): Promise<{ status: number; body: unknown }> {
  const [, root, name, field, ...more] = new URL(incoming.url ?? '/', 'http://edge').pathname.split('/')
  if (root !== 'backends' || more.length > 0) return { status: 404, body: { error: 'see GET /backends' } }
  if (incoming.method === 'GET' && name === undefined)
    return { status: 200, body: { backends: [...backends.values()].map(describe) } }
  const backend = backends.get(name ?? '')
  if (!backend) return { status: 404, body: { error: `no backend ${name}` } }
  if (incoming.method === 'GET' && field === undefined) return { status: 200, body: describe(backend) }
  if (incoming.method !== 'PUT') return { status: 405, body: { error: 'use GET or PUT' } }
  const body = await readBody(incoming, LARGEST_BODY)
  if (field === 'weights') return setWeights(backend, body)
  if (field === 'rate-limit') return setRateLimit(backend, body)
  return { status: 404, body: { error: `a backend has weights and rate-limit, not ${field}` } }
}

function setWeights(backend: Backend, body: unknown): { status: number; body: unknown } {
  const parsed = weightsBody.safeParse(body)
  if (!parsed.success) return { status: 400, body: { error: z.prettifyError(parsed.error) } }
  // All names are checked before the first weight changes, so that a request is done whole or not at all.
  const unknown = Object.keys(parsed.data.weights).find(
    (name) => !backend.servers.some((server) => server.name === name),
  )
  if (unknown) return { status: 404, body: { error: `${backend.name} has no server ${unknown}` } }
  for (const server of backend.servers) server.weight = parsed.data.weights[server.name] ?? server.weight
  return { status: 200, body: describe(backend) }
}

function setRateLimit(backend: Backend, body: unknown): { status: number; body: unknown } {
  const parsed = rateLimitBody.safeParse(body)
  if (!parsed.success) return { status: 400, body: { error: z.prettifyError(parsed.error) } }
  backend.rateLimit = parsed.data.requestsPerSecond
  return { status: 200, body: describe(backend) }
}

function describe({ name, rateLimit, servers }: Backend): unknown {
  return {
    name,
    rateLimit,
    servers: servers.map((server) => ({
      name: server.name,
      weight: server.weight,
      up: server.up,
      requestsTotal: server.requestsTotal,
    })),
  }
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  if (response.headersSent) return
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
