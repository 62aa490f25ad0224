/** A small edge that balances by weight, and a clock that the tests turn: what the protocol's tests act upon. */
import { ActionError } from '../src/action-error.ts'
import type { AutonomyLevel } from '../src/autonomy.ts'
import type { ActionDeps, WritesStop } from '../src/deps.ts'
import type { ApplyCall, Driver, Intent, TargetState } from '../src/driver.ts'
import { defaultActionPolicy, type ActionPolicy } from '../src/policy.ts'
import type { LedgerAction } from '../src/ledger.ts'
import type { ActionRequest } from '../src/request.ts'
import { stateVersion } from '../src/state-version.ts'
import { MemoryLedger } from './memory-ledger.ts'

export class EdgeWorld implements Driver {
  readonly name = 'test-edge'
  readonly inFlightSeconds = 2
  readonly forgets = true
  now = Date.UTC(2026, 9, 1, 14, 7)
  readonly ledger = new MemoryLedger(() => this.now)
  requestsPerSecond = 12
  limit: number | null = null
  policy: ActionPolicy = defaultActionPolicy
  /** What runbooks may do alone. */
  level: AutonomyLevel = 'automatic'
  /** Ids of alerts. */
  firing: ReadonlySet<string> = new Set()
  /** Of the edge's process; another one has forgotten what was set. */
  instance = 'one'
  /** What came with each change. */
  readonly calls: ApplyCall[] = []
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
  readonly notPutBack: string[] = []
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
      of: async (request) => ({
        title: entityOf(request),
        connection: 'shop-edge',
        backend: entityOf(request),
        driver: this,
        limits: this.policy.capacity,
      }),
      forConnection: async () => this,
    },
    writesStopped: async () => this.stop,
    policy: async () => this.policy,
    autonomyOf: async () => ({ level: this.level, granted: null, demotedBy: null }),
    alertFires: async (id) => this.firing.has(id),
    startLease: async (actionId, seconds) => void this.leases.push({ actionId, seconds }),
    onUnknown: async (action, detail) => void this.unknown.push({ action, detail }),
    onNotPutBack: async (_action, detail) => void this.notPutBack.push(detail),
    clock: { now: () => this.now, sleep: async (milliseconds) => this.pass(milliseconds) },
  }

  async observe(target: string): Promise<TargetState> {
    if (this.unreachable) throw new ActionError('target-unreachable', 'the edge is away', { fix: 'none' })
    const servers = this.servers.map((server) => ({ ...server, requestsPerSecond: null }))
    const values = { limit: this.limit }
    return { target, version: stateVersion(servers, values), instance: this.instance, servers, values, notes: {} }
  }

  async apply(intent: Intent, call: ApplyCall): Promise<void> {
    this.calls.push(call)
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
    if (intent.kind === 'set-values') this.limit = Number(intent.values['limit'] ?? 0) || null
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

function entityOf(request: ActionRequest): string {
  return 'entity' in request ? request.entity : request.connection
}

/** Whose action a test's is. */
export const testScope = {
  key: 'run-1/switch',
  runId: 'run-1',
  stepId: 'switch',
  runbook: 'payment-drop',
  requestedBy: 'user:bob',
  asOf: null,
}

/** How a call comes that is not about protocol. */
export const freely = { key: 'test', fence: 1, expect: null, sendBefore: Infinity }
