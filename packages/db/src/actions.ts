/** The action ledger in PostgreSQL. The rules are packages/actions'; this keeps them under concurrency. */
import {
  ActionError,
  actionKind,
  actionRequest,
  actionStatus,
  assertAdvance,
  blockingAction,
  intent,
  isFinal,
  isOpen,
  splitTarget,
  targetState,
  verificationRow,
  type ActionEventRecord,
  type ActionStatus,
  type Claim,
  type Ledger,
  type LedgerAction,
  type NewActionEvent,
  type NewLedgerAction,
  type PlannedAction,
} from '@tenon/actions'
import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import type { Prisma } from './generated/client.ts'
import type { Store, Transaction } from './store.ts'
import { dateOrNull, json, jsonValue, storedActionPlan } from './stored.ts'

const eventKind = z.enum(['plan', 'approval', 'intent', 'apply', 'verify', 'lease', 'revert', 'unknown', 'refused'])
const plannedAction: z.ZodType<PlannedAction> = storedActionPlan.extend({ intent, revert: intent, before: targetState })

const openStatuses = actionStatus.options.filter(isOpen)

export interface Actions extends Ledger {
  /** Those that have an effect now or may have: `done`, `reverting`, `unknown`. Newest first. */
  inEffect(): Promise<LedgerAction[]>
}

/** Makes the ledger's storage. */
export function createActions(store: Store): Actions {
  const list = async (where: Prisma.ActionWhereInput, limit = 200): Promise<LedgerAction[]> => {
    const rows = await store.client.action.findMany({ where, orderBy: { createdAt: 'desc' }, take: limit })
    return rows.map(ledgerAction)
  }

  return {
    claim: (action, event, at) =>
      store.write(async (tx, tell): Promise<Claim> => {
        const [connection] = splitTarget(action.target)
        // Serial per connection, because `*` overlaps every backend; freed when the transaction ends.
        await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`tenon-action:${connection}`}, 0))`
        const existing = await tx.action.findUnique({ where: { key: action.key } })
        if (existing) return { kind: 'existing', action: ledgerAction(existing) }
        const open = await tx.action.findMany({
          where: { target: { startsWith: `${connection}/` }, status: { in: openStatuses } },
          orderBy: { createdAt: 'asc' },
        })
        const by = blockingAction(open.map(ledgerAction), action)
        const fence = (await highestFence(tx, action.target)) + 1n
        const made = ledgerAction(await tx.action.create({ data: newRow(action, { fence, blocked: by !== null, at }) }))
        await append(tx, made.id, event, at)
        if (by) {
          const detail = { reason: 'target-busy', blockedBy: by.id, title: by.title }
          await append(tx, made.id, { kind: 'refused', actor: 'system', detail }, at)
        }
        tell({ topic: 'action', id: made.id })
        return by ? { kind: 'blocked', action: made, by } : { kind: 'claimed', action: made }
      }),

    async find(key) {
      const row = await store.client.action.findUnique({ where: { key } })
      return row && ledgerAction(row)
    },

    async get(id) {
      const row = await store.client.action.findUnique({ where: { id } })
      return row && ledgerAction(row)
    },

    advance: (id, change) =>
      store.write(async (tx, tell) => {
        const current = await lockAction(tx, id)
        assertAdvance(current, change)
        const row = await tx.action.update({
          where: { id },
          data: {
            status: change.to,
            ...(change.appliedAt === undefined ? {} : { appliedAt: new Date(change.appliedAt) }),
            ...(isFinal(change.to) ? { endedAt: new Date(change.at) } : {}),
            ...recorded(change),
          },
        })
        await append(tx, id, change.event, change.at)
        tell({ topic: 'action', id })
        return ledgerAction(row)
      }),

    record: (id, event, at, change = {}) =>
      store.write(async (tx, tell) => {
        await lockAction(tx, id)
        const row = await tx.action.update({ where: { id }, data: recorded(change) })
        await append(tx, id, event, at)
        tell({ topic: 'action', id })
        return ledgerAction(row)
      }),

    fence: async (target) => Number(await highestFence(store.client, target)),

    async events(id): Promise<ActionEventRecord[]> {
      const rows = await store.client.actionEvent.findMany({ where: { actionId: id }, orderBy: { id: 'asc' } })
      return rows.map((row) => ({
        actionId: row.actionId,
        at: row.at.getTime(),
        kind: eventKind.parse(row.kind),
        actor: row.actor,
        detail: z.record(z.string(), z.unknown()).parse(row.detail),
      }))
    },

    list: (query) =>
      list(
        {
          ...(query.state === 'open' ? { status: { in: openStatuses } } : {}),
          ...(query.target === undefined ? {} : { target: query.target }),
          ...(query.runId === undefined ? {} : { runId: query.runId }),
        },
        query.limit,
      ),

    inEffect: () => list({ status: { in: ['done', 'reverting', 'unknown'] satisfies ActionStatus[] } }),
  }
}

async function highestFence(tx: Transaction, target: string): Promise<bigint> {
  const { _max } = await tx.action.aggregate({ where: { target }, _max: { fence: true } })
  return _max.fence ?? 0n
}

async function lockAction(tx: Transaction, id: string): Promise<LedgerAction> {
  await tx.$queryRaw`SELECT "id" FROM "action" WHERE "id" = ${id} FOR UPDATE`
  const row = await tx.action.findUnique({ where: { id } })
  if (row) return ledgerAction(row)
  throw new ActionError('unknown-action', `There is no action ${id}.`, { fix: 'Load the list of actions again.' })
}

async function append(tx: Transaction, actionId: string, event: NewActionEvent, at: number): Promise<void> {
  await tx.actionEvent.create({
    data: { actionId, at: new Date(at), kind: event.kind, actor: event.actor, detail: jsonValue(event.detail) },
  })
}

function recorded(change: { leaseUntil?: number | null; verification?: unknown[] }): Prisma.ActionUpdateInput {
  return {
    ...(change.leaseUntil === undefined ? {} : { leaseUntil: dateOrNull(change.leaseUntil) }),
    ...(change.verification === undefined ? {} : { verification: json(change.verification) }),
  }
}

function newRow(
  action: NewLedgerAction,
  { fence, blocked, at }: { fence: bigint; blocked: boolean; at: number },
): Prisma.ActionUncheckedCreateInput {
  return {
    ...action,
    id: randomUUID(),
    fence,
    request: jsonValue(action.request),
    intent: jsonValue(action.intent),
    revert: jsonValue(action.revert),
    before: jsonValue(action.before),
    plan: jsonValue(action.plan),
    status: (blocked ? 'refused' : 'planned') satisfies ActionStatus,
    createdAt: new Date(at),
    endedAt: blocked ? new Date(at) : null,
  }
}

function ledgerAction(row: Prisma.ActionGetPayload<object>): LedgerAction {
  return {
    id: row.id,
    key: row.key,
    runId: row.runId,
    stepId: row.stepId,
    target: row.target,
    driver: row.driver,
    title: row.title,
    kind: actionKind.parse(row.kind),
    planHash: row.planHash,
    approvedHash: row.approvedHash,
    approvedBy: row.approvedBy,
    requestedBy: row.requestedBy,
    fence: Number(row.fence),
    request: actionRequest.parse(row.request),
    intent: intent.parse(row.intent),
    revert: intent.parse(row.revert),
    before: targetState.parse(row.before),
    plan: plannedAction.parse(row.plan),
    verification: row.verification === null ? null : z.array(verificationRow).parse(row.verification),
    status: actionStatus.parse(row.status),
    leaseUntil: row.leaseUntil?.getTime() ?? null,
    createdAt: row.createdAt.getTime(),
    appliedAt: row.appliedAt?.getTime() ?? null,
    endedAt: row.endedAt?.getTime() ?? null,
  }
}
