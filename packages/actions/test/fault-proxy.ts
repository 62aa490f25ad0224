/** A TCP proxy between a driver and a real system that counts what could change something, and fails on purpose. */
import { connect, createServer, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import type { WriteFault } from './conformance.ts'

export interface FaultProxyOptions {
  upstreamPort: number
  /** Of what a client sends: the beginning of a request that reads or that could change something, or more of the one before. */
  kindOf: (text: string) => 'read' | 'write' | 'more'
  /** What the system says when a change was done. */
  doneAnswer: string
  /** It ends the connection after each answer. */
  endsAfterAnswer: boolean
}

export interface FaultProxy {
  readonly port: number
  writes(): number
  fail(fault: WriteFault): void
  close(): Promise<void>
}

/** Listens on 127.0.0.1. `half-apply` lets the first write through and cuts the second. */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  let writes = 0
  /** A change of several calls is lied about in each, until the next read. */
  let lying = false
  const planned: (WriteFault | 'cut')[] = []
  const sockets = new Set<Socket>()

  function serve(client: Socket): void {
    const upstream = connect(options.upstreamPort, '127.0.0.1')
    let mode: 'pass' | WriteFault | 'cut' = 'pass'
    const end = (): void => {
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', end)
      socket.on('close', () => sockets.delete(socket))
    }
    client.on('data', (chunk) => {
      const kind = options.kindOf(chunk.toString('latin1'))
      if (kind === 'read') {
        mode = 'pass'
        lying = false
      }
      if (kind === 'write') {
        writes += 1
        mode = lying ? 'lie' : (planned.shift() ?? 'pass')
        lying = mode === 'lie'
        if (mode === 'half-apply') {
          mode = 'pass'
          planned.unshift('cut')
        }
      }
      switch (mode) {
        case 'pass':
        case 'lost-answer':
        case 'half-apply':
          return void upstream.write(chunk)
        case 'slow':
          return
        case 'cut':
          return end()
        case 'lie':
          if (kind === 'more') return
          return options.endsAfterAnswer ? void client.end(options.doneAnswer) : void client.write(options.doneAnswer)
      }
    })
    upstream.on('data', (chunk) => {
      if (mode === 'lost-answer') end()
      else client.write(chunk)
    })
    client.on('end', () => upstream.end())
    upstream.on('end', () => {
      if (mode === 'lost-answer') client.destroy()
      else if (mode === 'pass') client.end()
    })
  }

  const server = createServer({ allowHalfOpen: true }, serve)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    writes: () => writes,
    fail: (fault) => void planned.push(fault),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
