/** Calls a service through the edge, as the shop's services and the marketplace do. */
import { Agent, request } from 'node:http'

export interface EdgeClient {
  /** The answer's status and body; status 0 when there was none within `seconds`. Never throws: a lost call is an outcome here. */
  call(service: string, seconds: number, orderKind: string): Promise<{ status: number; body: string }>
  close(): void
}

/** A client over kept-alive connections. `edgeUrl` is read at each call, because the edge starts after the hosts. */
export function createEdgeClient(edgeUrl: () => string): EdgeClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 256, maxFreeSockets: 64, timeout: 20_000 })
  return {
    call: (service, seconds, orderKind) =>
      new Promise((resolve) => {
        const lost = () => resolve({ status: 0, body: '' })
        const outgoing = request(
          `${edgeUrl()}/${service}/order`,
          { agent, headers: { 'x-order-kind': orderKind }, signal: AbortSignal.timeout(seconds * 1000) },
          (incoming) => {
            let body = ''
            incoming.setEncoding('utf8')
            incoming.on('data', (chunk: string) => (body += chunk))
            incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, body }))
            incoming.on('error', lost)
          },
        )
        outgoing.on('error', lost)
        outgoing.end()
      }),
    close: () => agent.destroy(),
  }
}
