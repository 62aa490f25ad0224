/** Requests and successes of the last half minute, by host: what the shop's own page shows. Read from the hosts, not from the store. */
import type { RunningHost } from './host.ts'
import type { Traffic } from './traffic.ts'

export interface HostFlow {
  id: string
  service: string
  zone: string
  version: string
  requestsPerSecond: number
  /** Null without requests: nothing failed, and nothing worked. */
  okShare: number | null
}

export interface Flow {
  ordersPerMinute: number
  hosts: HostFlow[]
}

interface Snapshot {
  at: number
  hosts: ReturnType<RunningHost['answered']>[]
  orders: number
}

const EVERY_MS = 2_000
const SPAN_MS = 30_000

export interface FlowMeter {
  read(): Flow
  close(): void
}

export function startFlowMeter(hosts: readonly RunningHost[], traffic: Traffic): FlowMeter {
  const take = (): Snapshot => {
    const { normal, 'load-test': loadTest } = traffic.sent()
    return { at: Date.now(), hosts: hosts.map((host) => host.answered()), orders: normal + loadTest }
  }
  const snapshots = [take()]
  const timer = setInterval(() => {
    snapshots.push(take())
    while (snapshots.length > 1 && snapshots[1]!.at <= Date.now() - SPAN_MS) snapshots.shift()
  }, EVERY_MS)
  return {
    read() {
      const [before] = snapshots
      const now = take()
      const seconds = Math.max(0.001, (now.at - before!.at) / 1000)
      return {
        ordersPerMinute: ((now.orders - before!.orders) / seconds) * 60,
        hosts: hosts.map(({ host, version }, index) => {
          const requests = now.hosts[index]!.requests - before!.hosts[index]!.requests
          const ok = now.hosts[index]!.ok - before!.hosts[index]!.ok
          return {
            id: host.id,
            service: host.service,
            zone: host.zone,
            version: version(),
            requestsPerSecond: requests / seconds,
            okShare: requests === 0 ? null : ok / requests,
          }
        }),
      }
    },
    close: () => clearInterval(timer),
  }
}
