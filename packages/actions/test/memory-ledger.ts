/** A ledger in memory, with the rules of `ledger.ts`: for tests of the protocol, never for the product. */
import { randomUUID } from 'node:crypto'
import { ActionError } from '../src/action-error.ts'
import {
  assertAdvance,
  assertFence,
  isFinal,
  isOpen,
  isRecent,
  type ActionEventRecord,
  type Ledger,
  type LedgerAction,
  type NewActionEvent,
  type RecordedChange,
} from '../src/ledger.ts'

export class MemoryLedger implements Ledger {
  readonly actions = new Map<string, LedgerAction>()
  readonly log: ActionEventRecord[] = []
  private readonly clock: () => number

  constructor(clock: () => number) {
    this.clock = clock
  }

  async now(): Promise<number> {
    return this.clock()
  }

  async claim(...[action, event, rules]: Parameters<Ledger['claim']>): ReturnType<Ledger['claim']> {
    const existing = await this.find(action.key)
    if (existing) return { kind: 'existing', action: existing }
    const open = await this.list({ state: 'open' })
    const refusal = rules.refuse({ now: this.clock(), open, recent: await this.recent(rules.recentSeconds) })
    const row: LedgerAction = {
      ...structuredClone(action),
      id: randomUUID(),
      fence: this.highestFence(action.target) + 1,
      status: refusal ? 'refused' : 'planned',
      verification: null,
      leaseUntil: null,
      createdAt: this.clock(),
      appliedAt: null,
      endedAt: refusal ? this.clock() : null,
    }
    this.actions.set(row.id, row)
    this.append(row.id, event)
    if (!refusal) return { kind: 'claimed', action: structuredClone(row) }
    this.append(row.id, { kind: 'refused', actor: 'system', detail: { ...refusal } })
    return { kind: 'refused', action: structuredClone(row), refusal }
  }

  async find(key: string): Promise<LedgerAction | null> {
    return structuredClone([...this.actions.values()].find((action) => action.key === key) ?? null)
  }

  async get(id: string): Promise<LedgerAction | null> {
    return structuredClone(this.actions.get(id) ?? null)
  }

  async nextFence(...[id, held, event]: Parameters<Ledger['nextFence']>): Promise<LedgerAction> {
    const action = this.row(id)
    assertFence(action, held)
    action.fence = this.highestFence(action.target) + 1
    if (event) this.append(id, event)
    return structuredClone(action)
  }

  async advance(...[id, change]: Parameters<Ledger['advance']>): Promise<LedgerAction> {
    const action = this.row(id)
    assertAdvance(action, change)
    action.status = change.to
    if (change.to === 'done') action.appliedAt ??= this.clock()
    this.keep(action, change)
    if (isFinal(change.to)) action.endedAt = this.clock()
    this.append(id, change.event)
    return structuredClone(action)
  }

  async record(...[id, event, change]: Parameters<Ledger['record']>): Promise<LedgerAction> {
    const action = this.row(id)
    this.keep(action, change ?? {})
    this.append(id, event)
    return structuredClone(action)
  }

  async events(id: string): Promise<ActionEventRecord[]> {
    return this.log.filter((event) => event.actionId === id)
  }

  async recent(seconds: number): Promise<LedgerAction[]> {
    const since = this.clock() - seconds * 1000
    const found = [...this.actions.values()].filter((action) => isRecent(action.status) && action.createdAt > since)
    return structuredClone(found.toReversed())
  }

  async list(query: Parameters<Ledger['list']>[0]): Promise<LedgerAction[]> {
    const found = [...this.actions.values()]
      .toReversed()
      .filter((action) => query.state === 'all' || isOpen(action.status))
      .filter((action) => query.target === undefined || action.target === query.target)
      .filter((action) => query.runId === undefined || action.runId === query.runId)
    return structuredClone(found.slice(0, query.limit))
  }

  private highestFence(target: string): number {
    const fences = [...this.actions.values()].filter((action) => action.target === target).map(({ fence }) => fence)
    return Math.max(0, ...fences)
  }

  private keep(action: LedgerAction, { leaseSeconds, verification }: RecordedChange): void {
    if (leaseSeconds !== undefined) action.leaseUntil = this.clock() + leaseSeconds * 1000
    if (verification !== undefined) action.verification = verification
  }

  private append(actionId: string, event: NewActionEvent): void {
    this.log.push({ actionId, at: this.clock(), ...event })
  }

  private row(id: string): LedgerAction {
    const action = this.actions.get(id)
    if (!action) throw new ActionError('unknown-action', `no action ${id}`, { fix: 'none' })
    return action
  }
}
