import { once } from 'node:events'
import { connect, type AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createHttpServer, type HttpServer, type HttpServerOptions } from './http-server.ts'

const open: HttpServer[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.stop(0)
})

async function serve(parts: Partial<HttpServerOptions> = {}): Promise<{ http: HttpServer; url: string; port: number }> {
  const http = createHttpServer({
    rest: async ({ path }) => ({ status: 200, headers: {}, body: `rest ${path}` }),
    pages: async (incoming, outgoing) => {
      outgoing.end(`page ${incoming.url}`)
    },
    ...parts,
  })
  open.push(http)
  http.server.listen(0, '127.0.0.1')
  await once(http.server, 'listening')
  const { port } = http.server.address() as AddressInfo
  return { http, url: `http://127.0.0.1:${port}`, port }
}

const textOf = async (url: string): Promise<string> => (await fetch(url)).text()

test('the API and health are answered by the API, everything else by the pages', async () => {
  const { url } = await serve()
  expect(await textOf(`${url}/api/v1/runs?limit=1`)).toBe('rest /api/v1/runs')
  expect(await textOf(`${url}/healthz`)).toBe('rest /healthz')
  expect(await textOf(`${url}/runs/1`)).toBe('page /runs/1')
  expect(await textOf(`${url}/api/v10`)).toBe('page /api/v10')
  expect(await textOf(`${url}/api/trpc/runs.list`)).toBe('page /api/trpc/runs.list')
})

async function raw(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.end(text)
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

test.each([
  ['no HTTP', 'hello\r\n\r\n', 'HTTP/1.1 400'],
  ['headers without end', `GET / HTTP/1.1\r\nhost: x\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`, 'HTTP/1.1 431'],
  ['two lengths', 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\na', 'HTTP/1.1 400'],
])('%s is refused, and the server goes on', async (_, request, answer) => {
  const { url, port } = await serve()
  expect(await raw(port, request)).toMatch(answer)
  expect(await textOf(`${url}/healthz`)).toBe('rest /healthz')
})

test('slow callers are given up: headers and bodies have their time', async () => {
  const { http } = await serve()
  expect(http.server.headersTimeout).toBeLessThanOrEqual(10_000)
  expect(http.server.requestTimeout).toBeLessThanOrEqual(30_000)
})

test('a handler that throws ends its request only', async () => {
  const { url } = await serve({ pages: () => Promise.reject(new Error('broken')) })
  await expect(fetch(`${url}/runs`)).rejects.toThrow(/fetch failed|terminated/)
  expect(await textOf(`${url}/healthz`)).toBe('rest /healthz')
})

test('stopping waits for what is under way, and not for live updates', async () => {
  const gate = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  const { http, url } = await serve({
    async rest() {
      begun.resolve()
      await gate.promise
      return { status: 200, headers: {}, body: 'done' }
    },
    async pages(_, outgoing) {
      outgoing.write('live')
    },
  })
  const live = await fetch(`${url}/api/live`)
  const answer = textOf(`${url}/api/v1/runs`)
  await begun.promise
  const stopped = http.stop(60_000)
  await expect(fetch(`${url}/healthz`)).rejects.toThrow(/fetch failed|terminated/)
  gate.resolve()
  expect(await answer).toBe('done')
  await stopped
  await expect(live.text()).rejects.toThrow(/fetch failed|terminated/)
})
