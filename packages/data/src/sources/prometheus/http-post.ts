/**
 * Posts a form and reads the answer, over connections that are kept open. Node's `fetch` takes several times the work for a call, which is what a run of many
 * short reads then consists of.
 */
import { Agent as HttpAgent, request as requestHttp, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import { createGunzip } from 'node:zlib'

export interface Post {
  url: URL
  form: URLSearchParams
  headers: Record<string, string>
  signal: AbortSignal
  /** Of the answer as it is read, unpacked. */
  maximumBytes: number
}

/** Redirects are not followed: they could carry a secret to somebody else. */
export interface PostAnswer {
  status: number
  text: string
}

/** The answer is longer than `maximumBytes`. */
export class AnswerTooLong extends Error {}

// A store closes connections that are idle for a minute or more; Node heeds what it says about that, too.
const idleMilliseconds = 15_000
const protocols = {
  'http:': { request: requestHttp, agent: new HttpAgent({ keepAlive: true, timeout: idleMilliseconds }) },
  'https:': { request: requestHttps, agent: new HttpsAgent({ keepAlive: true, timeout: idleMilliseconds }) },
}

/** Only for what changes nothing: a kept connection that turns out to be closed is replaced, and the form sent again. @throws Error when there is no whole answer. */
export async function httpPost(post: Post): Promise<PostAnswer> {
  try {
    return await send(post)
  } catch (error) {
    if (!(error instanceof StaleConnection)) throw error
    return send(post)
  }
}

class StaleConnection extends Error {}

function send({ url, form, headers, signal, maximumBytes }: Post): Promise<PostAnswer> {
  const protocol = protocols[url.protocol as keyof typeof protocols]
  const body = form.toString()
  return new Promise((resolve, reject) => {
    const request = protocol.request(url, {
      method: 'POST',
      agent: protocol.agent,
      signal,
      headers: {
        'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
        'content-length': Buffer.byteLength(body),
        'accept-encoding': 'gzip',
        ...headers,
      },
    })
    request.on('error', (error: NodeJS.ErrnoException) => {
      const isStale = request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE')
      reject(isStale ? new StaleConnection('The connection was closed.', { cause: error }) : error)
    })
    request.on('response', (response) => {
      textOf(response, maximumBytes).then((text) => resolve({ status: response.statusCode ?? 0, text }), reject)
    })
    request.end(body)
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
