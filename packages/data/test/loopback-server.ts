/** A server on this machine that answers as a test says, and servers that answer as nobody should. */
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http'
import { once } from 'node:events'
import { onTestFinished } from 'vitest'

export interface SeenRequest {
  method: string
  /** Path and query. */
  path: string
  query: URLSearchParams
  headers: IncomingHttpHeaders
  body: string
}

export interface LoopbackServer {
  url: string
  requests: SeenRequest[]
}

export interface LoopbackAnswer {
  status?: number
  headers?: Record<string, string>
  /** Sent as it is when it is a text, else as JSON. */
  body: unknown
}

/** Stopped when the test ends. */
export async function answering(answer: (request: SeenRequest) => LoopbackAnswer): Promise<LoopbackServer> {
  const requests: SeenRequest[] = []
  // A test that does not know what it is asked fails by what it says, not by waiting.
  const answerOf = (seen: SeenRequest): LoopbackAnswer => {
    try {
      return answer(seen)
    } catch (error) {
      return { status: 500, body: String(error) }
    }
  }
  const url = await listening((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += String(chunk)))
    request.on('end', () => {
      const { pathname, searchParams, search } = new URL(request.url ?? '', 'http://loopback')
      const seen = {
        method: request.method ?? '',
        path: pathname + search,
        query: searchParams,
        headers: request.headers,
        body,
      }
      requests.push(seen)
      const { status = 200, headers = {}, body: sent } = answerOf(seen)
      response.writeHead(status, headers).end(typeof sent === 'string' ? sent : JSON.stringify(sent))
    })
  })
  return { url, requests }
}

export async function listening(handler: RequestListener): Promise<string> {
  const server = createServer(handler).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
}

/** How servers misbehave that any source must bear, and what must be said of each. */
export const hostile: readonly {
  name: string
  handler: RequestListener
  error: { code: string; message: RegExp }
}[] = [
  {
    name: 'HTML instead of JSON',
    handler: (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in</html>'),
    error: { code: 'source-refused', message: /does not answer as .*HTML/ },
  },
  {
    name: 'another product',
    handler: (_, response) => response.end('{"hello":["world"]}'),
    error: { code: 'source-refused', message: /does not answer as|not a list of rows/ },
  },
  {
    name: 'a redirect, which could carry the secret away',
    handler: (_, response) => response.writeHead(302, { location: 'http://elsewhere.example/?token=abc' }).end(),
    error: { code: 'source-refused', message: /redirects to http:\/\/elsewhere\.example\.$/ },
  },
  {
    name: '401',
    handler: (_, response) => response.writeHead(401).end('no'),
    error: { code: 'source-refused', message: /401, not allowed/ },
  },
  {
    name: '403',
    handler: (_, response) => response.writeHead(403).end('no'),
    error: { code: 'source-refused', message: /403, not allowed/ },
  },
  {
    name: '503 that gives back what it was sent',
    handler: (request, response) => response.writeHead(503).end(`busy: ${request.headers.authorization}`),
    error: { code: 'source-refused', message: /503: busy/ },
  },
  {
    name: 'a connection that breaks off',
    handler: (_, response) => {
      response.writeHead(200, { 'content-length': '500' })
      response.write('{"half":')
      setImmediate(() => response.destroy())
    },
    error: { code: 'source-unreachable', message: /cannot be reached/ },
  },
  {
    name: 'an answer without end',
    handler: (_, response) => {
      const chunk = Buffer.alloc(4 * 1024 * 1024, 32)
      const write = () => {
        while (!response.destroyed && response.write(chunk));
      }
      response.on('drain', write)
      write()
    },
    error: { code: 'query-too-large', message: /more than is read/ },
  },
]
