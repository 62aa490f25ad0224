/**
 * One HTTP server for all: the REST API is answered here, without a detour through the pages' framework, which costs more than a short run does
 * (docs/decisions/9-rest-server.md); everything else is a page's.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { RestAnswer } from './rest/answer-request.ts'
import { answerNode } from './rest/node-http.ts'
import type { RestRequest } from './rest/rest-request.ts'

export interface HttpServerOptions {
  rest(request: RestRequest): Promise<RestAnswer>
  pages(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void>
}

export interface HttpServer {
  server: Server
  /** Takes no more, waits for what is under way (at most `graceMs`), then ends every connection. */
  stop(graceMs: number): Promise<void>
}

/** Reading a request's headers, and all of it: a caller that is slower holds a connection for nothing. */
const headersMs = 10_000
const requestMs = 30_000
/** Longer than the 60 s of common proxies, so that they and not we end an idle connection. */
const keepAliveMs = 65_000
const mostHeaderBytes = 16_384
const mostConnections = 5_000

const health = new Set(['/healthz', '/readyz'])

export function createHttpServer({ rest, pages }: HttpServerOptions): HttpServer {
  const underWay = new Set<ServerResponse>()
  let idle: (() => void) | null = null
  let stopping = false

  const server = createServer(
    {
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      keepAliveTimeout: keepAliveMs,
      maxHeaderSize: mostHeaderBytes,
      connectionsCheckingInterval: 5_000,
      noDelay: true,
    },
    (incoming, outgoing) => {
      const path = pathOf(incoming)
      if (stopping) outgoing.setHeader('connection', 'close')
      // Live updates never end by themselves; browsers connect anew.
      if (path !== '/api/live') follow(outgoing)
      const answering =
        path.startsWith('/api/v1/') || health.has(path)
          ? answerNode(rest, incoming, outgoing)
          : pages(incoming, outgoing)
      answering.catch((error: unknown) => {
        console.error(
          JSON.stringify({ level: 'error', message: 'a request could not be answered', error: String(error) }),
        )
        outgoing.destroy()
      })
    },
  )
  server.maxConnections = mostConnections
  // A request that is malformed or too slow; Node has no response object for it.
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) return
    socket.end(`HTTP/1.1 ${statusOf(error.code)}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
  })

  function follow(outgoing: ServerResponse): void {
    underWay.add(outgoing)
    outgoing.once('close', () => {
      underWay.delete(outgoing)
      if (underWay.size === 0) idle?.()
    })
  }

  return {
    server,
    async stop(graceMs) {
      stopping = true
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeIdleConnections()
      if (underWay.size > 0) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, graceMs)
          idle = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      }
      server.closeAllConnections()
      await closed
    },
  }
}

function pathOf({ url = '/' }: IncomingMessage): string {
  const mark = url.indexOf('?')
  return mark === -1 ? url : url.slice(0, mark)
}

function statusOf(code: string | undefined): string {
  if (code === 'HPE_HEADER_OVERFLOW') return '431 Request Header Fields Too Large'
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return '408 Request Timeout'
  return '400 Bad Request'
}
