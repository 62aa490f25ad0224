/** The REST API on Node's own HTTP server. */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { ApiError, problemOf } from '../errors.ts'
import { problemAnswer, type RestAnswer } from './answer-request.ts'
import type { RestRequest } from './rest-request.ts'

/** For every answer: nothing of the API is a page that a browser should frame, sniff or refer from. */
const securityHeaders = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
}

/** Answers one request; resolves when the answer is written, or the caller has gone. */
export async function answerNode(
  rest: (request: RestRequest) => Promise<RestAnswer>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const gone = new AbortController()
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) gone.abort()
  })
  const request = requestOf(incoming, gone.signal)
  let answer: RestAnswer
  try {
    answer = await rest(request)
  } catch (error) {
    answer = problemAnswer(problemOf(error), {}, request.id)
  }
  if (outgoing.destroyed) return
  outgoing.writeHead(answer.status, {
    ...securityHeaders,
    ...answer.headers,
    'content-length': String(Buffer.byteLength(answer.body)),
  })
  // A text and not its bytes, so that it leaves in one piece with the headers.
  outgoing.end(answer.body)
}

function requestOf(incoming: IncomingMessage, signal: AbortSignal): RestRequest {
  const url = incoming.url ?? '/'
  const mark = url.indexOf('?')
  return {
    method: incoming.method ?? 'GET',
    path: mark === -1 ? url : url.slice(0, mark),
    query: new URLSearchParams(mark === -1 ? '' : url.slice(mark + 1)),
    header(name) {
      const value = incoming.headers[name]
      return Array.isArray(value) ? value.join(', ') : value
    },
    headers: () =>
      Object.fromEntries(
        Object.entries(incoming.headers).flatMap(([name, value]) =>
          value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
        ),
      ),
    body: (limit) => readBody(incoming, limit),
    signal,
    id: requestId(incoming.headers['x-request-id']),
    address: incoming.socket.remoteAddress ?? '',
  }
}

/** The caller's own, when it is one that is safe to write into a log. */
function requestId(given: string | string[] | undefined): string {
  return typeof given === 'string' && /^[\w.:-]{1,64}$/.test(given) ? given : randomUUID()
}

/**
 * By events and not by `for await`, which would destroy the connection, and the answer with it, when it stops early. Node reads on and throws away
 * what is still to come of a body that was refused, until the server's request timeout.
 */
function readBody(incoming: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (Number(incoming.headers['content-length'] ?? 0) > limit) {
      reject(tooLarge(limit))
      return
    }
    const chunks: Buffer[] = []
    let size = 0
    const onData = (chunk: Buffer): void => {
      size += chunk.length
      if (size <= limit) {
        chunks.push(chunk)
        return
      }
      incoming.off('data', onData)
      incoming.resume()
      reject(tooLarge(limit))
    }
    incoming.on('data', onData)
    incoming.once('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)))
    incoming.once('error', reject)
  })
}

function tooLarge(limit: number): ApiError {
  return new ApiError({
    status: 413,
    code: 'body-too-large',
    message: `The body is larger than ${limit / 1024} KiB.`,
    fix: 'Send less; nothing was done.',
  })
}
