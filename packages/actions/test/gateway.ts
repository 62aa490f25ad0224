/**
 * A gateway that fails on purpose: the contract of docs/gateway.md over real HTTP, with faults that tests plan and a truth log of every call that
 * reached it. What the log says happened is what happened, whatever the caller was told.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  createGatewayApi,
  type GatewayApi,
  type GatewayAnswer,
  type GatewayRequest,
  type GatewayState,
} from '@tenon/demo'

/**
 * `drop-reply`: done, but the connection ends without an answer. `drop-request`: not done, and no answer. `hang`: not done and no answer until the
 * gateway is closed. `hang-done`: done, then no answer. `slow`: done after `milliseconds`. `half-apply`: only the first part of the change, then no
 * answer. `lie`: says it is done and does nothing. `refuse`: 503 and nothing done. `vanish`: 404 for everything asked about.
 */
export type GatewayFault =
  | { kind: 'drop-reply' | 'drop-request' | 'hang' | 'hang-done' | 'half-apply' | 'lie' | 'refuse' | 'vanish' }
  | { kind: 'slow'; milliseconds: number }

/** One call that reached the gateway, in the order in which they took effect. */
export interface TruthEntry {
  number: number
  /** Unix ms of this machine. */
  at: number
  method: string
  path: string
  key: string | null
  fence: number | null
  scope: string | null
  ifMatch: string | null
  body: unknown
  status: number
  effect: GatewayAnswer['effect'] | 'none'
  fault: GatewayFault['kind'] | null
  /** Weights of each server by `<backend>/<server>` right after it. */
  weights: Record<string, number>
}

export interface GatewayOptions {
  state?: GatewayState
  /** null asks for none. */
  token?: string | null
  port?: number
  /** Asked for each call; null lets it pass. Planned faults (`fail`) come first. */
  faultFor?: (request: GatewayRequest) => GatewayFault | null
  /** Called with each entry as it is made. */
  onTruth?: (entry: TruthEntry) => void
}

export interface TestGateway {
  readonly address: string
  /** What is really so. Changing it here is somebody else's change: it does not count versions; `touch` does. */
  readonly state: GatewayState
  /** Every call, reads too. */
  readonly truth: TruthEntry[]
  /** The calls that changed something. */
  changes(): TruthEntry[]
  /** Fails the next `times` calls that change (or, with `reads`, the next reads). */
  fail(fault: GatewayFault, of?: { times?: number; reads?: boolean }): void
  /** A person changes it past the product, with a version of its own. */
  touch(path: string, body: unknown): void
  /** A new start that has forgotten keys, fences and versions; with `state`, also what was set. */
  restart(state?: GatewayState): void
  close(): Promise<void>
}

/** Three servers in each of two zones for `payment` and `stock`; two features. */
export function twoZones(): GatewayState {
  const servers = (service: string) =>
    ['a', 'b'].flatMap((zone) =>
      [1, 2, 3].map((n) => ({ name: `${service}-${zone}-${n}`, weight: 100, up: true, requestsTotal: 0 })),
    )
  return {
    backends: [
      { name: 'payment', servers: servers('pay'), limits: [] },
      { name: 'stock', servers: servers('stock'), limits: [] },
    ],
    features: [
      { name: 'recommendations', title: 'Recommendations', value: 'full', values: ['full', 'cached', 'off'] },
      { name: 'wallet', title: 'Wallet payments', value: true, values: [true, false] },
    ],
    incidents: [],
  }
}

/** Starts one on 127.0.0.1. */
export async function startGateway(options: GatewayOptions = {}): Promise<TestGateway> {
  const token = options.token ?? null
  let state = options.state ?? twoZones()
  let api: GatewayApi = createGatewayApi(state, { token })
  const truth: TruthEntry[] = []
  const planned = { read: [] as GatewayFault[], change: [] as GatewayFault[] }

  function note(request: GatewayRequest, answer: GatewayAnswer | null, fault: GatewayFault | null): void {
    const { headers } = request
    const text = (name: string): string | null => {
      const value = headers[name]
      return typeof value === 'string' ? value : null
    }
    const fence = text('fencing-token')
    const entry: TruthEntry = {
      number: truth.length,
      at: Date.now(),
      method: request.method,
      path: request.path,
      key: text('idempotency-key'),
      fence: fence === null ? null : Number(fence),
      scope: text('fencing-scope'),
      ifMatch: text('if-match'),
      body: request.body,
      status: answer?.status ?? 0,
      effect: answer?.effect ?? 'none',
      fault: fault?.kind ?? null,
      weights: weightsOf(state),
    }
    truth.push(entry)
    options.onTruth?.(entry)
  }

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await requestOf(incoming)
    const planOf = request.method === 'GET' ? planned.read : planned.change
    const fault = planOf.shift() ?? options.faultFor?.(request) ?? null
    const pass = (of: GatewayRequest = request): GatewayAnswer => {
      const answer = api.handle(of)
      note(request, answer, fault)
      return answer
    }
    const instead = (answer: Omit<GatewayAnswer, 'headers'> | null): void => {
      note(request, answer && { ...answer, headers: {} }, fault)
      if (answer) send(response, { ...answer, headers: {} })
      else response.destroy()
    }
    switch (fault?.kind) {
      case undefined:
        return send(response, pass())
      case 'drop-reply':
        pass()
        return void response.destroy()
      case 'hang-done':
        return void pass()
      case 'half-apply':
        pass(halfOf(request))
        return void response.destroy()
      case 'drop-request':
        return instead(null)
      case 'hang':
        return note(request, null, fault)
      case 'lie':
        return instead({ status: 200, body: { said: 'done' }, effect: 'refused' })
      case 'refuse':
        return instead({ status: 503, body: { error: 'busy', code: 'busy' }, effect: 'refused' })
      case 'vanish':
        return instead({ status: 404, body: { error: 'gone', code: 'unknown' }, effect: 'refused' })
      case 'slow':
        await new Promise((resolve) => setTimeout(resolve, fault.kind === 'slow' ? fault.milliseconds : 0))
        return send(response, pass())
    }
  }

  const server = createServer((incoming, response) => {
    serve(incoming, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo

  return {
    address: `http://127.0.0.1:${port}`,
    get state() {
      return state
    },
    truth,
    changes: () => truth.filter(({ effect }) => effect === 'changed'),
    fail(fault, { times = 1, reads = false } = {}) {
      for (let n = 0; n < times; n += 1) (reads ? planned.read : planned.change).push(fault)
    },
    touch(path, body) {
      const headers = token === null ? {} : { authorization: `Bearer ${token}` }
      const { status, body: said } = api.handle({ method: 'PUT', path, headers, body })
      if (status !== 200) throw new Error(`touch ${path}: ${status} ${JSON.stringify(said)}`)
    },
    restart(fresh) {
      if (fresh) state = fresh
      api = createGatewayApi(state, { token })
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

/** The first weight, limit, ... of a change, as a gateway that stops half-way leaves it. */
function halfOf({ body, headers, ...request }: GatewayRequest): GatewayRequest {
  // Such a gateway does not know afterwards that it was asked.
  const half = { ...request, headers: { ...headers, 'idempotency-key': undefined } }
  if (typeof body !== 'object' || body === null) return { ...half, body }
  if ('weights' in body && typeof body.weights === 'object' && body.weights !== null)
    return { ...half, body: { weights: Object.fromEntries(Object.entries(body.weights).slice(0, 1)) } }
  if ('limits' in body && Array.isArray(body.limits)) return { ...half, body: { limits: body.limits.slice(0, 1) } }
  return { ...half, body }
}

function weightsOf(state: GatewayState): Record<string, number> {
  return Object.fromEntries(
    state.backends.flatMap(({ name, servers }) =>
      servers.map((server) => [`${name}/${server.name}`, server.weight] as const),
    ),
  )
}

async function requestOf(incoming: IncomingMessage): Promise<GatewayRequest> {
  const chunks: Uint8Array[] = []
  for await (const chunk of incoming) if (chunk instanceof Uint8Array) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString('utf8')
  return {
    method: incoming.method ?? '',
    path: incoming.url ?? '',
    headers: incoming.headers,
    body: text === '' ? undefined : parse(text),
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function send(response: ServerResponse, { status, headers, body }: GatewayAnswer): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}
