/** An edge of the demo shop, and a gate before its admin API that counts the changes that took effect. */
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { once } from 'node:events'
import { HOSTS, startBuiltinEdge } from '@tenon/demo'
import * as z from 'zod'

export interface CountingEdge {
  /** Address of the admin API behind the gate. */
  address: string
  /** Changes of a backend that took effect so far. */
  changesOf(backend: string): number
  close(): Promise<void>
}

/** @param busy backends that get requests all the time, so that a switch can be verified. */
export async function startCountingEdge(busy: readonly string[]): Promise<CountingEdge> {
  const upstream = await listening((_request, respond) => respond(200, 'ok'))
  const targets = HOSTS.map((host) => ({ host, port: upstream.port }))
  const edge = await startBuiltinEdge({ targets, trafficPort: 0, adminPort: 0 })
  const traffic = setInterval(() => {
    for (const backend of busy) {
      void fetch(`${edge.trafficUrl}/${backend}/order`).then(
        (answer) => answer.body?.cancel(),
        () => undefined,
      )
    }
  }, 50)
  const changes = new Map<string, number>()
  const admin = await listening(async (request, respond) => {
    const body = await textOf(request)
    const changing = request.method === 'PUT'
    const path = request.url ?? ''
    const answer = await fetch(`${edge.adminAddress}${path}`, {
      method: request.method ?? 'GET',
      ...(changing ? { body } : {}),
    })
    const text = await answer.text()
    const backend = path.split('/')[2] ?? ''
    if (changing && answer.ok) changes.set(backend, (changes.get(backend) ?? 0) + 1)
    respond(answer.status, text)
  })
  return {
    address: `http://127.0.0.1:${admin.port}`,
    changesOf: (backend) => changes.get(backend) ?? 0,
    async close() {
      clearInterval(traffic)
      admin.close()
      await edge.close()
      upstream.close()
    },
  }
}

type Respond = (status: number, body: string) => void

async function listening(
  handle: (request: IncomingMessage, respond: Respond) => void | Promise<void>,
): Promise<{ port: number; close(): void }> {
  const server: Server = createServer((request, response) => {
    const respond: Respond = (status, body) =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(body)
    void (async () => handle(request, respond))().catch(() => response.destroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = z.object({ port: z.number() }).parse(server.address())
  return {
    port,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of request) if (chunk instanceof Uint8Array) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}
