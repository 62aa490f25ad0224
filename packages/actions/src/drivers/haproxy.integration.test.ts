import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MemoryLedger } from '../../test/memory-ledger.ts'
import { applyAction } from '../apply-action.ts'
import type { ActionDeps } from '../deps.ts'
import type { ActionRequest } from '../driver.ts'
import { planAction } from '../plan-action.ts'
import { revertAction } from '../revert-action.ts'
import { createHaproxyDriver, HAPROXY_RATE_LIMIT_MAP } from './haproxy.ts'

const haproxy = process.env.HAPROXY ?? ['/usr/sbin/haproxy', '/usr/local/sbin/haproxy'].find((file) => existsSync(file))
if (!haproxy)
  throw new Error('HAProxy is not installed. Install it (Debian: apt-get install haproxy) or set HAPROXY to its path.')

const HOSTS = {
  'pay-a-1': 'A',
  'pay-a-2': 'A',
  'pay-a-3': 'A',
  'pay-b-1': 'B',
  'pay-b-2': 'B',
  'pay-b-3': 'B',
} as Record<string, string>

describe('HAProxy driver', () => {
  let folder: string
  let proxy: ChildProcess
  const servers: Server[] = []
  const served: Record<string, number> = {}
  let front: string
  let unixAddress: string
  let tcpAddress: string
  let traffic: NodeJS.Timeout

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tenon-haproxy-'))
    for (const host of Object.keys(HOSTS)) {
      const server = createServer((_, response) => {
        served[host] = (served[host] ?? 0) + 1
        response.end('ok')
      })
      await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
      servers.push(server)
    }
    const [frontPort, adminPort] = await freePorts(2)
    const map = path.join(folder, HAPROXY_RATE_LIMIT_MAP)
    await writeFile(map, '')
    const lines = Object.keys(HOSTS).map(
      (host, index) => `  server ${host} 127.0.0.1:${(servers[index]!.address() as AddressInfo).port} weight 100`,
    )
    await writeFile(
      path.join(folder, 'haproxy.cfg'),
      `global
  stats socket ${folder}/admin.sock level admin
  stats socket ipv4@127.0.0.1:${adminPort} level admin
defaults
  mode http
  timeout connect 1s
  timeout client 5s
  timeout server 5s
frontend edge
  bind 127.0.0.1:${frontPort}
  http-request set-var(txn.limit) str(payment),map_str_int(${map},1000000)
  default_backend payment
backend payment
${lines.join('\n')}
`,
    )
    proxy = spawn(haproxy, ['-db', '-f', path.join(folder, 'haproxy.cfg')], { stdio: 'ignore' })
    front = `http://127.0.0.1:${frontPort}`
    tcpAddress = `tcp://127.0.0.1:${adminPort}`
    unixAddress = `unix://${folder}/admin.sock`
    for (let attempt = 0; attempt < 50; attempt++) {
      if ((await fetch(front).catch(() => null))?.ok) break
      await sleep(100)
    }
    traffic = setInterval(() => void fetch(front).catch(() => null), 25)
  }, 20_000)

  afterAll(async () => {
    clearInterval(traffic)
    proxy.kill('SIGKILL')
    for (const server of servers) {
      server.closeAllConnections()
      server.close()
    }
    await rm(folder, { recursive: true, force: true })
  })

  const driver = (address: string) => createHaproxyDriver({ address, zoneOf: (host) => HOSTS[host] ?? null })

  it('observes the same over TCP and the unix socket', async () => {
    const [tcp, unix] = await Promise.all([
      driver(tcpAddress).observe('payment'),
      driver(unixAddress).observe('payment'),
    ])
    expect(tcp.version).toBe(unix.version)
    expect(tcp.servers.map((server) => [server.name, server.zone, server.weight, server.up])).toEqual(
      Object.entries(HOSTS).map(([host, zone]) => [host, zone, 100, true]),
    )
    expect(tcp.servers.every((server) => server.requestsTotal !== null)).toBe(true)
    expect((await driver(tcpAddress).observe('*')).servers[0]?.name).toBe('payment/pay-a-1')
  })

  it('switches real requests, reads back, and puts back', async () => {
    const request: ActionRequest = {
      kind: 'traffic-switch',
      entity: 'payment',
      fromZone: 'A',
      toZone: 'B',
      leaseSeconds: 60,
    }
    const edge = driver(tcpAddress)
    const deps: ActionDeps = {
      ledger: new MemoryLedger(),
      targets: {
        forEntity: async () => ({
          title: 'payment',
          connection: 'shop-edge',
          backend: 'payment',
          driver: edge,
          limits: { minimumServers: 2, maximumUtilisation: 0.8, requestsPerSecondPerServer: 40 },
        }),
        forConnection: async () => edge,
      },
      writesStopped: async () => null,
      startLease: async () => {},
      onUnknown: async () => {},
      clock: { now: () => Date.now(), sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }) },
      watchSeconds: { plan: 1, verify: 2 },
    }
    const { hash, guards } = await planAction(request, deps, { stepId: 'switch' })
    expect(guards.filter((guard) => !guard.pass)).toEqual([])
    const action = await applyAction(
      {
        request,
        key: 'run/switch',
        runId: 'run',
        stepId: 'switch',
        approvedHash: hash,
        approvedBy: 'user:ann',
        requestedBy: 'user:bob',
      },
      deps,
    )
    expect(action.status).toBe('done')
    expect(action.verification?.filter((row) => !row.pass)).toEqual([])
    const before = { ...served }
    await sleep(500)
    expect(served['pay-a-1']).toBe(before['pay-a-1'])
    expect(served['pay-b-1']).toBeGreaterThan(before['pay-b-1'] ?? 0)

    expect((await revertAction({ actionId: action.id, reason: 'lease', by: 'system' }, deps)).status).toBe('expired')
    await sleep(500)
    expect(served['pay-a-1']).toBeGreaterThan(before['pay-a-1'] ?? 0)
  }, 20_000)

  it('sets, reads and removes a rate limit', async () => {
    const edge = driver(unixAddress)
    for (const requestsPerSecond of [20, 30, null]) {
      await edge.apply({ kind: 'set-rate-limit', target: 'payment', requestsPerSecond })
      expect((await edge.observe('payment')).rateLimit).toBe(requestsPerSecond)
    }
  })

  it('sends no name that could be a command, and names what HAProxy does not know', async () => {
    const edge = driver(tcpAddress)
    const weights = (name: string) => edge.apply({ kind: 'set-weights', target: 'payment', weights: { [name]: 0 } })
    await expect(weights('pay-a-1 weight 0;disable server payment/pay-b-1')).rejects.toMatchObject({
      code: 'bad-request',
    })
    await expect(weights('pay-a-1\ndisable frontend edge')).rejects.toMatchObject({ code: 'bad-request' })
    await expect(weights('pay-z-9')).rejects.toMatchObject({ code: 'unknown-target' })
    await expect(edge.observe('nothing')).rejects.toMatchObject({ code: 'unknown-target' })
    await expect(driver('tcp://127.0.0.1:1').observe('payment')).rejects.toMatchObject({
      code: 'target-unreachable',
      retryable: true,
    })
    await expect(driver(front.replace('http', 'tcp')).observe('payment')).rejects.toMatchObject({
      code: /bad-answer|target-unreachable/,
    })
  })
})

async function freePorts(count: number): Promise<number[]> {
  const holders = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<Server>((resolve) => {
          const server = createServer()
          server.listen(0, '127.0.0.1', () => resolve(server))
        }),
    ),
  )
  const ports = holders.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(holders.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}
