/** HTTP servers that only this machine can reach. */
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTcpServer, type AddressInfo } from 'node:net'

export interface LoopbackServer {
  port: number
  url: string
  close(): Promise<void>
}

/** Listens on 127.0.0.1; port 0 takes a free one. Closing also ends kept-alive connections. */
export async function listenOnLoopback(listener: RequestListener, port = 0): Promise<LoopbackServer> {
  // Idle connections stay open longer than any caller's agent keeps them, so that no caller meets one being closed.
  const server = createServer({ keepAliveTimeout: 60_000 }, listener)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const bound = (server.address() as AddressInfo).port
  return { port: bound, url: `http://127.0.0.1:${bound}`, close: () => closeServer(server) }
}

/** A port that nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  const probe = createTcpServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeAllConnections()
  await closed
}
