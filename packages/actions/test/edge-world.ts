/** A small edge that balances by weight, and a clock that the tests turn: what the protocol's tests act upon. */
import { ActionError } from '../src/action-error.ts'
import type { ActionDeps, WritesStop } from '../src/deps.ts'
import { defaultCapacityLimits } from '../src/deps.ts'
import type { Driver, Intent, TargetState } from '../src/driver.ts'
import type { LedgerAction } from '../src/ledger.ts'
import { stateVersion } from '../src/state-version.ts'
import { MemoryLedger } from './memory-ledger.ts'

export class EdgeWorld implements Driver {
  readonly name = 'test-edge'
  readonly inFlightSeconds = 2
  now = Date.UTC(2026, 9, 1, 14, 7)
  readonly ledger = new MemoryLedger()
  requestsPerSecond = 12
  rateLimit: number | null = null
  servers = ['a', 'b'].flatMap((zone) =>
    [1, 2, 3].map((n) => ({
      name: `pay-${zone}-${n}`,
      zone: zone.toUpperCase(),
      weight: 100,
      up: true,
      requestsTotal: 0,
    })),
  )
  stop: WritesStop | null = null
  /** Intents that reached the edge, in order. */
  readonly applied: Intent[] = []
  readonly leases: { actionId: string; seconds: number }[] = []
  readonly unknown: { action: LedgerAction; detail: string }[] = []
  /** Called in place of the next change; throw after `take` for a lost answer. */
  onApply: ((take: () => void) => void) | null = null
  unreachable = false

  readonly deps: ActionDeps = {
    ledger: this.ledger,
    targets: {
      forEntity: async (entity) => ({
        title: entity,
        connection: 'shop-edge',
        backend: entity,
        driver: this,
        limits: defaultCapacityLimits,
      }),
      forConnection: async () => this,
    },
    writesStopped: async () => this.stop,
    startLease: async (actionId, seconds) => void this.leases.push({ actionId, seconds }),
    onUnknown: async (action, detail) => void this.unknown.push({ action, detail }),
    clock: { now: () => this.now, sleep: async (milliseconds) => this.pass(milliseconds) },
  }

  async observe(target: string): Promise<TargetState> {
    if (this.unreachable) throw new ActionError('target-unreachable', 'the edge is away', { fix: 'none' })
    const servers = this.servers.map((server) => ({ ...server, requestsPerSecond: null }))
    return { target, version: stateVersion(servers, this.rateLimit), servers, rateLimit: this.rateLimit }
  }

  async apply(intent: Intent): Promise<void> {
    const take = (): void => this.take(intent)
    const hook = this.onApply
    this.onApply = null
    if (hook) hook(take)
    else take()
  }

  weight(name: string): number | undefined {
    return this.servers.find((server) => server.name === name)?.weight
  }

  private take(intent: Intent): void {
    this.applied.push(intent)
    if (intent.kind === 'set-rate-limit') this.rateLimit = intent.requestsPerSecond
    if (intent.kind === 'set-weights')
      for (const server of this.servers) server.weight = intent.weights[server.name] ?? server.weight
  }

  private pass(milliseconds: number): void {
    this.now += milliseconds
    const total = this.servers.reduce((sum, server) => sum + (server.up ? server.weight : 0), 0)
    if (total === 0) return
    for (const server of this.servers)
      if (server.up) server.requestsTotal += (this.requestsPerSecond * milliseconds * server.weight) / total / 1000
  }
}
