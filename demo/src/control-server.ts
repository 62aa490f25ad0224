/**
 * The shop's page and control API, on loopback.
 *
 * `GET /` page; `GET /healthz`; `GET /state`; `POST /faults` `{ kind, severity? }`; `DELETE /faults`, `DELETE /faults/<kind>`.
 */
import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import * as z from 'zod'
import type { Edge } from './edge.ts'
import type { FaultBoard } from './fault-board.ts'
import { describeFault, faultKind, FAULTS, type FaultKind } from './fault-kinds.ts'
import type { Flow } from './flow-meter.ts'
import { listenOnLoopback, type LoopbackServer } from './loopback-server.ts'
import { readBody } from './read-body.ts'

export interface Control {
  board: Pick<FaultBoard, 'active'>
  edge: Pick<Edge, 'kind' | 'adminAddress'>
  /** False until history is written and scraping began. */
  ready: () => boolean
  flow: () => Flow
  setFault(kind: FaultKind, severity: number | undefined): Promise<void>
  clearFaults(kind: FaultKind | undefined): Promise<void>
}

const LARGEST_BODY = 64 * 1024
const faultBody = z.strictObject({ kind: faultKind, severity: z.number().gt(0).max(1).optional() })
const page = new URL('./page/index.html', import.meta.url)

export function startControlServer(control: Control, port: number): Promise<LoopbackServer> {
  return listenOnLoopback((request, response) => {
    answer(request, control).then(
      ({ status, type = 'application/json', body }) => send(response, { status, type, body }),
      (error: unknown) => send(response, { status: 500, type: 'application/json', body: { error: String(error) } }),
    )
  }, port)
}

interface Answer {
  status: number
  type?: string
  body: unknown
}

async function answer(request: IncomingMessage, control: Control): Promise<Answer> {
  // A page of another site that guesses this port must neither read nor break the shop (DNS rebinding, cross-site requests).
  const foreign = foreignReason(request)
  if (foreign) return { status: 403, body: { error: foreign } }
  const { pathname } = new URL(request.url ?? '/', 'http://shop')
  const [, root, kind, ...more] = pathname.split('/')
  if (request.method === 'GET' && pathname === '/') {
    return { status: 200, type: 'text/html; charset=utf-8', body: await readFile(page, 'utf8') }
  }
  if (request.method === 'GET' && pathname === '/healthz') {
    const { kind: edgeKind, adminAddress } = control.edge
    return { status: 200, body: { ready: control.ready(), edge: { kind: edgeKind, adminAddress } } }
  }
  if (request.method === 'GET' && pathname === '/state') return { status: 200, body: stateOf(control) }
  if (root !== 'faults' || more.length > 0) return { status: 404, body: { error: `There is no ${pathname} here.` } }
  if (request.method === 'POST' && kind === undefined) return setFault(request, control)
  if (request.method === 'DELETE') return clearFaults(kind, control)
  return { status: 405, body: { error: 'Use POST or DELETE.' } }
}

async function setFault(request: IncomingMessage, control: Control): Promise<Answer> {
  if (!request.headers['content-type']?.startsWith('application/json')) {
    return { status: 415, body: { error: 'Send JSON.' } }
  }
  const parsed = faultBody.safeParse(await readBody(request, LARGEST_BODY))
  if (!parsed.success) {
    return {
      status: 400,
      body: { error: `${z.prettifyError(parsed.error)}. Faults: ${faultKind.options.join(', ')}.` },
    }
  }
  await control.setFault(parsed.data.kind, parsed.data.severity)
  return { status: 200, body: stateOf(control) }
}

async function clearFaults(name: string | undefined, control: Control): Promise<Answer> {
  const kind = faultKind.optional().safeParse(name)
  if (!kind.success) return { status: 404, body: { error: `There is no fault "${name}".` } }
  await control.clearFaults(kind.data)
  return { status: 200, body: stateOf(control) }
}

function stateOf({ board, edge, ready, flow }: Control): object {
  return {
    ready: ready(),
    edge: { kind: edge.kind, adminAddress: edge.adminAddress },
    faults: board.active().map(({ kind, severity, since }) => ({
      kind,
      title: describeFault(kind).title,
      severity,
      since: new Date(since).toISOString(),
    })),
    kinds: FAULTS,
    ...flow(),
  }
}

function foreignReason({ headers }: IncomingMessage): string | null {
  const host = headers.host ?? ''
  if (!/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host)) return `Not served for the host "${host}".`
  if (headers.origin !== undefined && headers.origin !== `http://${host}`) return `Not for pages of ${headers.origin}.`
  return null
}

function send(response: ServerResponse, { status, type, body }: Required<Answer>): void {
  response.writeHead(status, {
    'content-type': type,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'self' 'unsafe-inline'; frame-ancestors 'none'",
  })
  response.end(typeof body === 'string' ? body : JSON.stringify(body))
}
