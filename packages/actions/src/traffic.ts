/** Request rates of a target, from its counters over some seconds. */
import { defaultWatchSeconds, type ActionDeps } from './deps.ts'
import type { Driver, ServerState } from './driver.ts'
import type { Traffic } from './plans/draft.ts'

/** Observes twice, so that rates come from counters over seconds and not from one moment. */
export async function watch(
  driver: Driver,
  backend: string,
  deps: ActionDeps,
  signal?: AbortSignal,
  seconds = (deps.watchSeconds ?? defaultWatchSeconds).plan,
): Promise<Traffic> {
  const first = await driver.observe(backend, signal)
  const startedAt = deps.clock.now()
  await deps.clock.sleep(seconds * 1000, signal)
  const state = await driver.observe(backend, signal)
  const elapsed = Math.max(0.001, (deps.clock.now() - startedAt) / 1000)
  const totals = new Map(first.servers.map((server) => [server.name, server.requestsTotal]))
  const rates = new Map(
    state.servers.map((server) => {
      const earlier = totals.get(server.name) ?? null
      // A counter that fell was reset: its difference says nothing.
      if (earlier === null || server.requestsTotal === null || server.requestsTotal < earlier)
        return [server.name, server.requestsPerSecond]
      return [server.name, (server.requestsTotal - earlier) / elapsed]
    }),
  )
  return { state, rates }
}

/** Null when a server that is up does not report: no data is not zero. */
export function sumRates(servers: readonly ServerState[], rates: ReadonlyMap<string, number | null>): number | null {
  let sum = 0
  for (const server of servers) {
    const rate = rates.get(server.name) ?? null
    if (rate === null && server.up) return null
    sum += rate ?? 0
  }
  return sum
}
