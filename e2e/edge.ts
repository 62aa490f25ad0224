/** The edge itself, asked past the product: what a test believes about traffic comes from its counters. */
import { connect } from 'node:net'

export interface EdgeServer {
  weight: number
  requests: number
}

/** Weight and requests since the start of each server of a backend. */
export async function edgeServers(backend: string): Promise<Record<string, EdgeServer>> {
  const address = process.env.E2E_EDGE_ADDRESS ?? ''
  return process.env.E2E_EDGE_KIND === 'haproxy' ? haproxyServers(address, backend) : httpServers(address, backend)
}

/** Requests that each server of a backend gets within `seconds`. */
export async function requestsWithin(backend: string, seconds: number): Promise<Record<string, number>> {
  const before = await edgeServers(backend)
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
  const after = await edgeServers(backend)
  return Object.fromEntries(
    Object.entries(after).map(([name, { requests }]) => [name, requests - (before[name]?.requests ?? 0)]),
  )
}

async function haproxyServers(address: string, backend: string): Promise<Record<string, EdgeServer>> {
  const text = await runtimeCommand(new URL(address), `show stat ${backend} 4 -1`)
  const [head = '', ...lines] = text.trim().split('\n')
  const columns = head.replace(/^# /, '').split(',')
  const column = (name: string): number => columns.indexOf(name)
  return Object.fromEntries(
    lines.map((line) => {
      const cells = line.split(',')
      const weight = Number(cells[column('weight')])
      return [cells[column('svname')] ?? '', { weight, requests: Number(cells[column('stot')]) }]
    }),
  )
}

function runtimeCommand({ hostname, port }: URL, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), timeout: 5_000 })
    let answer = ''
    socket.on('connect', () => socket.write(`${command}\n`))
    socket.on('data', (chunk) => (answer += chunk.toString()))
    socket.on('end', () => resolve(answer))
    socket.on('timeout', () => socket.destroy(new Error('HAProxy did not answer.')))
    socket.on('error', reject)
  })
}

async function httpServers(address: string, backend: string): Promise<Record<string, EdgeServer>> {
  const response = await fetch(`${address}/backends/${backend}`)
  const body = (await response.json()) as { servers: { name: string; weight: number; requestsTotal: number }[] }
  return Object.fromEntries(
    body.servers.map(({ name, weight, requestsTotal }) => [name, { weight, requests: requestsTotal }]),
  )
}
