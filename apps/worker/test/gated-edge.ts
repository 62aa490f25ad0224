/**
 * A real edge of the demo shop with a gate before its admin API: every change passes the gate, which counts it and may let something happen
 * just before or just after it takes effect.
 */
import { createServer, type IncomingMessage } from 'node:http'
import { once } from 'node:events'
import { HOSTS, startBuiltinEdge } from '@tenon/demo'

export type Moment = 'before' | 'after'

export interface GatedEdge {
  /** Address of the admin API behind the gate. */
  address: string
  /** Changes that took effect, in order: method, path and body. */
  changes: { path: string; body: unknown }[]
  /** Runs once, at the next change; the change's answer is then never sent, as when the process that waits for it dies. */
  atNextChange(moment: Moment, action: () => Promise<void>): void
  weights(service: string): Promise<Record<string, number>>
  /** As after a crash of its process: another instance, which knows nothing of what was set. */
  restart(): Promise<void>
  close(): Promise<void>
}

/** All services have their hosts as servers; behind each is one server that answers 200. Requests go through the edge all the time. */
export async function startGatedEdge(): Promise<GatedEdge> {
  const upstream = createServer((_request, response) => response.end('ok')).listen(0, '127.0.0.1')
  await once(upstream, 'listening')
  const startEdge = () =>
    startBuiltinEdge({
      targets: HOSTS.map((host) => ({ host, port: portOf(upstream) })),
      trafficPort: 0,
      adminPort: 0,
    })
  let edge = await startEdge()
  const traffic = setInterval(() => {
    for (const service of ['payment', 'trade-create'])
      void fetch(`${edge.trafficUrl}/${service}/order`).then(
        (answer) => answer.body?.cancel(),
        () => undefined,
      )
  }, 50)
  const changes: GatedEdge['changes'] = []
  let gate: { moment: Moment; action: () => Promise<void> } | null = null

  const admin = createServer((request, response) => {
    void (async () => {
      const body = await textOf(request)
      const change = request.method === 'PUT'
      const held = change ? gate : null
      if (held) gate = null
      if (held?.moment === 'before') return held.action()
      const answer = await fetch(`${edge.adminAddress}${request.url}`, {
        method: request.method ?? 'GET',
        ...(change ? { body } : {}),
      })
      if (change) changes.push({ path: request.url ?? '', body: JSON.parse(body) })
      const text = await answer.text()
      if (held?.moment === 'after') return held.action()
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text)
    })().catch(() => response.destroy())
  }).listen(0, '127.0.0.1')
  await once(admin, 'listening')

  return {
    address: `http://127.0.0.1:${portOf(admin)}`,
    changes,
    atNextChange(moment, action) {
      gate = { moment, action }
    },
    async weights(service) {
      const answer = await fetch(`${edge.adminAddress}/backends/${service}`)
      const backend = (await answer.json()) as { servers: { name: string; weight: number }[] }
      return Object.fromEntries(backend.servers.map(({ name, weight }) => [name, weight]))
    },
    async restart() {
      const before = edge
      edge = await startEdge()
      await before.close()
    },
    async close() {
      clearInterval(traffic)
      admin.closeAllConnections()
      admin.close()
      await edge.close()
      upstream.closeAllConnections()
      upstream.close()
    },
  }
}

function portOf(server: ReturnType<typeof createServer>): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server does not listen.')
  return address.port
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
