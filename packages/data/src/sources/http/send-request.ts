/**
 * Sends one HTTP request and reads the answer, over connections that are kept open. Node's `fetch` takes several times the work for a
 * call, which is what a run of many short reads then consists of.
 */
import { lookup, type LookupAddress } from 'node:dns'
import { Agent as HttpAgent, request as requestHttp, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { createGunzip } from 'node:zlib'
import { isForbiddenAddress } from './forbidden-address.ts'

/** Only for what changes nothing: it may be sent twice. */
export interface HttpRequest {
  url: URL
  headers: Record<string, string>
  /** With it the request is a POST. */
  body?: { type: string; text: string }
  signal: AbortSignal
  /** Of the answer as it is read, unpacked. */
  maximumBytes: number
}

/** Redirects are not followed: they could carry a secret to somebody else. */
export interface HttpAnswer {
  status: number
  text: string
  /** Where a redirect leads. */
  location: string | null
}

/** The answer is longer than `maximumBytes`. */
export class AnswerTooLong extends Error {}

/** The host is, or is named for, an address that must not be called. No socket was opened. */
export class ForbiddenAddress extends Error {}

// A store closes connections that are idle for a minute or more; Node heeds what it says about that, too.
const idleMilliseconds = 15_000
const agentOptions = { keepAlive: true, timeout: idleMilliseconds, lookup: allowedOnly() }
const protocols = {
  'http:': { request: requestHttp, agent: new HttpAgent(agentOptions) },
  'https:': { request: requestHttps, agent: new HttpsAgent(agentOptions) },
}

/** A kept connection that turns out to be closed is replaced, and the request sent again. @throws Error when there is no whole answer. */
export async function sendRequest(request: HttpRequest): Promise<HttpAnswer> {
  const host = request.url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) && isForbiddenAddress(host)) throw new ForbiddenAddress(host)
  try {
    return await send(request)
  } catch (error) {
    if (!(error instanceof StaleConnection)) throw error
    return send(request)
  }
}

class StaleConnection extends Error {}

function send({ url, headers, body, signal, maximumBytes }: HttpRequest): Promise<HttpAnswer> {
  const protocol = protocols[url.protocol as keyof typeof protocols]
  return new Promise((resolve, reject) => {
    const request = protocol.request(url, {
      method: body ? 'POST' : 'GET',
      agent: protocol.agent,
      signal,
      headers: {
        ...(body ? { 'content-type': body.type, 'content-length': Buffer.byteLength(body.text) } : {}),
        'accept-encoding': 'gzip',
        ...headers,
      },
    })
    request.on('error', (error: NodeJS.ErrnoException) => {
      const isStale = request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE')
      reject(isStale ? new StaleConnection('The connection was closed.', { cause: error }) : error)
    })
    request.on('response', (response) => {
      const [status, location] = [response.statusCode ?? 0, response.headers.location ?? null]
      textOf(response, maximumBytes).then((text) => resolve({ status, text, location }), reject)
    })
    request.end(body?.text)
  })
}

async function textOf(response: IncomingMessage, maximumBytes: number): Promise<string> {
  const packed = response.headers['content-encoding'] === 'gzip'
  // A pipe passes no errors on: a connection that breaks would leave the unpacking waiting.
  const unpacked = packed ? createGunzip() : null
  if (unpacked) response.on('error', (error) => unpacked.destroy(error)).pipe(unpacked)
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of (unpacked ?? response) as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > maximumBytes) {
      response.destroy()
      throw new AnswerTooLong(`The answer is above ${maximumBytes} bytes.`)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Looked at here and not before: a name could resolve to something else a moment later. */
/** Looks a host up, and fails for one at an address that nothing here calls. */
export function allowedOnly(): LookupFunction {
  return (host, options, callback) => {
    lookup(host, { ...options, all: true }, (error: NodeJS.ErrnoException | null, found: LookupAddress[]) => {
      const [first] = found ?? []
      if (error || !first) return callback(error ?? new Error(`${host} has no address`), '', 4)
      const bad = found.find(({ address }) => isForbiddenAddress(address))
      if (bad) return callback(new ForbiddenAddress(bad.address), '', 4)
      if (options.all) callback(null, found)
      else callback(null, first.address, first.family)
    })
  }
}
