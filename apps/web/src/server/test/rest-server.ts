/** The REST API on a real HTTP server, for tests: every answer is held against what its operation declares. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { createRest, type RestOptions } from '../rest/answer-request.ts'
import { answerNode } from '../rest/node-http.ts'
import type { RestOperation } from '../rest/operation.ts'
import { operations } from '../rest/operations.ts'
import { problemContentType, problemSchema } from '../rest/problem-json.ts'
import { createRouteTable } from '../rest/route-table.ts'
import type { Services } from '../services.ts'

export interface RestCallOptions {
  token?: string
  headers?: Record<string, string>
  /** Sent as JSON, unless it is text or a stream. */
  body?: unknown
}

export interface RestServer {
  url: string
  /** @throws Error when the answer is not what the operation declares. */
  call(method: string, path: string, options?: RestCallOptions): Promise<RestCallAnswer>
  /** The platform's own, with every answer held in the same way: for the client. */
  fetch: typeof fetch
  /** Ids of the operations that answered something else than an error. */
  answered: Set<string>
  close(): Promise<void>
}

export interface RestCallAnswer {
  status: number
  headers: Headers
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look at what they expect; the schema has checked it.
  body: any
}

export async function startRestServer(
  services: Services,
  options: Pick<RestOptions, 'limit'> & { operations?: readonly RestOperation[] } = {},
): Promise<RestServer> {
  const list = options.operations ?? operations
  const rest = createRest({ operations: list, services: () => services, limit: options.limit })
  const server = createServer((incoming, outgoing) => void answerNode(rest, incoming, outgoing))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  const match = createRouteTable(list)
  const answered = new Set<string>()

  const held: typeof fetch = async (input, init) => {
    const response = await fetch(input, init)
    const answer = await readAnswer(response.clone())
    const { pathname } = new URL(response.url)
    const found = match(init?.method ?? 'GET', pathname)
    hold(found.kind === 'found' ? found.operation : null, response, answer)
    if (response.ok && found.kind === 'found') answered.add(found.operation.id)
    return response
  }

  return {
    url,
    answered,
    fetch: held,
    async call(method, path, { token, headers = {}, body } = {}) {
      const plain = body === undefined || typeof body === 'string' || body instanceof ReadableStream
      const response = await held(`${url}${path}`, {
        method,
        headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
        body: plain ? body : JSON.stringify(body),
        ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
      })
      return { status: response.status, headers: response.headers, body: await readAnswer(response) }
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function readAnswer(response: Response): Promise<unknown> {
  const text = await response.text()
  return /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : text
}

function hold(operation: RestOperation | null, { status, headers }: Response, body: unknown): void {
  const contentType = headers.get('content-type')
  const declared = operation?.responses[status]
  if (status >= 400 && !declared) {
    if (contentType !== problemContentType) throw new Error(`An error of ${status} came as ${contentType}.`)
    problemSchema.strict().parse(body)
    return
  }
  if (declared?.files?.some((type) => contentType?.startsWith(type))) return
  if (!declared || !operation) throw new Error(`${operation?.id ?? 'Nothing'} does not declare an answer of ${status}.`)
  // Strict at the top, so that a field that the documents do not name is found.
  if (declared.schema) strictly(declared.schema, body, `${operation.id} ${status}`)
}

function strictly(
  schema: NonNullable<RestOperation['responses'][number]['schema']>,
  body: unknown,
  where: string,
): void {
  const result = schema.safeParse(body)
  if (!result.success) throw new Error(`${where}: the answer is not what its schema says: ${result.error.message}`)
  const lost = lostPath(body, result.data, '')
  if (lost) throw new Error(`${where}: the answer has ${lost}, of which its schema does not know.`)
}

/** Objects of zod drop fields that they do not know: what the parsed value lacks is undocumented. */
function lostPath(given: unknown, parsed: unknown, at: string): string | null {
  if (typeof given !== 'object' || given === null || typeof parsed !== 'object' || parsed === null) return null
  for (const [key, value] of Object.entries(given)) {
    if (!(key in parsed)) return `${at}.${key}`
    const lost = lostPath(value, Reflect.get(parsed, key), `${at}.${key}`)
    if (lost) return lost
  }
  return null
}
