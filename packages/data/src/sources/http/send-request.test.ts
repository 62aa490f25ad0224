import { createServer, type RequestListener, type Server } from 'node:http'
import type { Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { gzipSync } from 'node:zlib'
import { AnswerTooLong, sendRequest } from './send-request.ts'

let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

async function listen(handler: RequestListener): Promise<URL> {
  const started = createServer(handler)
  server = started
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve))
  const address = started.address()
  return new URL(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/path?x=1`)
}

const post = (url: URL, more: { signal?: AbortSignal; maximumBytes?: number } = {}) =>
  sendRequest({
    url,
    body: { type: 'text/plain', text: 'sum(ü) + 1' },
    headers: { accept: 'application/json' },
    signal: AbortSignal.timeout(5_000),
    maximumBytes: 1_000,
    ...more,
  })

test('posts a body, and reads an answer that is packed as well as one that is not', async () => {
  const seen: string[] = []
  const url = await listen((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += String(chunk)))
    request.on('end', () => {
      seen.push(`${request.method} ${request.url} ${request.headers['content-type']} ${body}`)
      const packed = seen.length === 1
      response.writeHead(packed ? 200 : 503, packed ? { 'content-encoding': 'gzip' } : {})
      response.end(packed ? gzipSync('packed ü') : 'plain ü')
    })
  })
  expect(await post(url)).toEqual({ status: 200, text: 'packed ü', location: null })
  expect(await post(url)).toEqual({ status: 503, text: 'plain ü', location: null })
  const sent = 'POST /path?x=1 text/plain sum(ü) + 1'
  expect(seen).toEqual([sent, sent])
})

test('an answer that is too long once it is unpacked is given up, however short it came', async () => {
  const url = await listen((_request, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' })
    response.end(gzipSync('0'.repeat(1_000_000)))
  })
  await expect(post(url)).rejects.toBeInstanceOf(AnswerTooLong)
})

test('an answer that breaks off in its midst is none', async () => {
  const url = await listen((request, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': 500 })
    response.write(gzipSync('begun').subarray(0, 12))
    setTimeout(() => request.socket.destroy(), 20)
  })
  await expect(post(url)).rejects.toThrow(/aborted|hang up|reset|unexpected end/i)
})

test('a kept connection that the server closed meanwhile is replaced, and the form sent once more', async () => {
  const sockets = new Set<Socket>()
  let requests = 0
  const url = await listen((request, response) => {
    sockets.add(request.socket)
    requests += 1
    // The second call comes over the first one's connection, which ends before it is answered.
    if (requests === 2) request.socket.destroy()
    else response.end('ok')
  })
  expect(await post(url)).toMatchObject({ text: 'ok' })
  expect(await post(url)).toMatchObject({ text: 'ok' })
  expect({ requests, connections: sockets.size }).toEqual({ requests: 3, connections: 2 })
})

test('a server that never answers is given up at the signal', async () => {
  const url = await listen(() => undefined)
  await expect(post(url, { signal: AbortSignal.timeout(50) })).rejects.toThrow(/abort/i)
})
