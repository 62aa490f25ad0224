/** A real HAProxy with the configuration of the demo shop's edge, and servers that count what reaches them. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { haproxyConfig, HOSTS, RATE_LIMIT_MAPS, type Host } from '@tenon/demo'

export interface HaproxyWorld {
  front: string
  adminPort: number
  /** Requests that reached each host, by its id. */
  served: Record<string, number>
  /** The hosts of the payment service. */
  hosts: readonly Host[]
  /** Another process with the same configuration, as after a reload. */
  restart(): Promise<void>
  stop(): Promise<void>
  close(): Promise<void>
}

/** @throws Error when HAProxy is not installed. */
export async function startHaproxy(): Promise<HaproxyWorld> {
  const binary =
    process.env.HAPROXY ?? ['/usr/sbin/haproxy', '/usr/local/sbin/haproxy'].find((file) => existsSync(file))
  if (!binary)
    throw new Error(
      'HAProxy is not installed. Install it (Debian: apt-get install haproxy) or set HAPROXY to its path.',
    )
  const folder = await mkdtemp(path.join(tmpdir(), 'tenon-haproxy-'))
  const hosts = HOSTS.filter(({ service }) => service === 'payment')
  const served: Record<string, number> = {}
  const servers: Server[] = []
  for (const { id } of hosts) {
    const server = createServer((request, response) => {
      if (request.url !== '/healthz') served[id] = (served[id] ?? 0) + 1
      response.end('ok')
    })
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    servers.push(server)
  }
  const [trafficPort, adminPort] = await freePorts()
  for (const map of RATE_LIMIT_MAPS) await writeFile(path.join(folder, map), '')
  const targets = hosts.map((host, index) => ({ host, port: portOf(servers[index]) }))
  const file = path.join(folder, 'haproxy.cfg')
  await writeFile(file, haproxyConfig({ targets, trafficPort, adminPort, metricsPort: null, mapFolder: folder }))
  const front = `http://127.0.0.1:${trafficPort}`
  let proxy: ChildProcess

  async function start(): Promise<void> {
    proxy = spawn(binary ?? '', ['-db', '-q', '-f', file], { stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    proxy.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
    for (let attempt = 0; attempt < 100; attempt++) {
      if (await fetch(`${front}/none`).catch(() => null)) return
      await sleep(50)
    }
    throw new Error(`HAProxy did not start: ${said}`)
  }
  async function stop(): Promise<void> {
    if (proxy.exitCode !== null || proxy.signalCode !== null) return
    const gone = once(proxy, 'exit')
    proxy.kill('SIGKILL')
    await gone
  }
  await start()
  return {
    front,
    adminPort,
    served,
    hosts,
    restart: async () => {
      await stop()
      await start()
    },
    stop,
    async close() {
      await stop()
      for (const server of servers) {
        server.closeAllConnections()
        server.close()
      }
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function portOf(server: Server | undefined): number {
  const address = server?.address()
  if (typeof address !== 'object' || address === null) throw new Error('The server does not listen.')
  return address.port
}

/** Two that are free now. */
export async function freePorts(): Promise<[number, number]> {
  const hold = async (): Promise<Server> => {
    const server = createServer()
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    return server
  }
  const holders = [await hold(), await hold()] as const
  const [first, second] = holders.map(portOf)
  await Promise.all(holders.map((server) => new Promise((resolve) => server.close(resolve))))
  return [first ?? 0, second ?? 0]
}
