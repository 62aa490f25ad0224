/** A ledger in memory, with the rules of `ledger.ts`: for tests of the protocol, never for the product. */
import { randomUUID } from 'node:crypto'
import { ActionError } from '../src/action-error.ts'
import {
  assertAdvance,
  blockingAction,
  isFinal,
  isOpen,
  type ActionEventRecord,
  type Ledger,
  type LedgerAction,
  type NewActionEvent,
} from '../src/ledger.ts'

export class MemoryLedger implements Ledger {
  readonly actions = new Map<string, LedgerAction>()
  readonly log: ActionEventRecord[] = []

  async claim(...[action, event, at]: Parameters<Ledger['claim']>): ReturnType<Ledger['claim']> {
    const existing = await this.find(action.key)
    if (existing) return { kind: 'existing', action: existing }
    const by = blockingAction(await this.list({ state: 'open' }), action)
    const row: LedgerAction = {
      ...action,
      id: randomUUID(),
      fence: (await this.fence(action.target)) + 1,
      status: by ? 'refused' : 'planned',
      verification: null,
      leaseUntil: null,
      createdAt: at,
      appliedAt: null,
      endedAt: by ? at : null,
    }
    this.actions.set(row.id, structuredClone(row))
    this.append(row.id, event, at)
    if (!by) return { kind: 'claimed', action: row }
    this.append(row.id, { kind: 'refused', actor: 'system', detail: { code: 'target-busy', by: by.id } }, at)
    return { kind: 'blocked', action: row, by }
  }

  async find(key: string): Promise<LedgerAction | null> {
    return structuredClone([...this.actions.values()].find((action) => action.key === key) ?? null)
  }

  async get(id: string): Promise<LedgerAction | null> {
    return structuredClone(this.actions.get(id) ?? null)
  }

  async advance(...[id, change]: Parameters<Ledger['advance']>): Promise<LedgerAction> {
    const action = this.row(id)
    assertAdvance(action, change)
    action.status = change.to
    if (change.appliedAt !== undefined) action.appliedAt = change.appliedAt
    if (change.leaseUntil !== undefined) action.leaseUntil = change.leaseUntil
    if (change.verification !== undefined) action.verification = change.verification
    if (isFinal(change.to)) action.endedAt = change.at
    this.append(id, change.event, change.at)
    return structuredClone(action)
  }

  async record(...[id, event, at, change]: Parameters<Ledger['record']>): Promise<LedgerAction> {
    const action = this.row(id)
    if (change?.leaseUntil !== undefined) action.leaseUntil = change.leaseUntil
    if (change?.verification !== undefined) action.verification = change.verification
    this.append(id, event, at)
    return structuredClone(action)
  }

  async fence(target: string): Promise<number> {
    return Math.max(
      0,
      ...[...this.actions.values()].filter((action) => action.target === target).map((action) => action.fence),
    )
  }

  async events(id: string): Promise<ActionEventRecord[]> {
    return this.log.filter((event) => event.actionId === id)
  }

  async list(query: Parameters<Ledger['list']>[0]): Promise<LedgerAction[]> {
    const found = [...this.actions.values()]
      .toReversed()
      .filter((action) => query.state === 'all' || isOpen(action.status))
      .filter((action) => query.target === undefined || action.target === query.target)
      .filter((action) => query.runId === undefined || action.runId === query.runId)
    return structuredClone(found.slice(0, query.limit))
  }

  private append(actionId: string, event: NewActionEvent, at: number): void {
    this.log.push({ actionId, at, ...event })
  }

  private row(id: string): LedgerAction {
    const action = this.actions.get(id)
    if (!action) throw new ActionError('unknown-action', `no action ${id}`, { fix: 'none' })
    return action
  }
}
