/** The action ledger in PostgreSQL. The rules are packages/actions'; this keeps them under concurrency, by the database's clock. */
import {
  ActionError,
  actionEventKind,
  actionKind,
  actionRequest,
  actionStatus,
  assertAdvance,
  assertFence,
  intent,
  isFinal,
  isOpen,
  isRecent,
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
  type RecentAction,
  type RecordedChange,
} from '@tenon/actions'
import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import { Prisma } from './generated/client.ts'
import type { Store, Transaction } from './store.ts'
import { json, jsonValue, storedActionPlan } from './stored.ts'

const plannedAction: z.ZodType<PlannedAction> = storedActionPlan.extend({
  intent,
  waves: z.array(intent),
  revert: intent.nullable(),
  before: targetState,
  asOf: z.number().nullable(),
  excludes: z.array(z.string()).optional(),
})

const openStatuses = actionStatus.options.filter(isOpen)
const recentStatuses = actionStatus.options.filter(isRecent)
/** Rates are far below this; a rule that sees so many has refused long before. */
const mostRecent = 20_000

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
    now: async () => (await clock(store.client)).getTime(),

    claim: (action, event, rules) =>
      store.write(async (tx, tell): Promise<Claim> => {
        // Serial among all claims, because rules look at other connections too; freed when the transaction ends.
        await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('tenon-action', 0))`
        const existing = await tx.action.findUnique({ where: { key: action.key } })
        if (existing) return { kind: 'existing', action: ledgerAction(existing) }
        const at = await clock(tx)
        const open = await tx.action.findMany({
          where: { status: { in: openStatuses } },
          orderBy: { createdAt: 'asc' },
        })
        const recent = await recentActions(tx, at, rules.recentSeconds)
        const refusal = rules.refuse({ now: at.getTime(), open: open.map(ledgerAction), recent })
        const fence = await newFence(tx, action.target)
        const row = await tx.action.create({ data: newRow(action, { fence, refused: refusal !== null, at }) })
        const made = ledgerAction(row)
        await append(tx, made.id, event, at)
        if (refusal) await append(tx, made.id, { kind: 'refused', actor: 'system', detail: { ...refusal } }, at)
        tell({ topic: 'action', id: made.id })
        return refusal ? { kind: 'refused', action: made, refusal } : { kind: 'claimed', action: made }
      }),

    async find(key) {
      const row = await store.client.action.findUnique({ where: { key } })
      return row && ledgerAction(row)
    },

    async get(id) {
      const row = await store.client.action.findUnique({ where: { id } })
      return row && ledgerAction(row)
    },

    nextFence: (id, held, event) =>
      store.write(async (tx) => {
        const current = await lockAction(tx, id)
        assertFence(current, held)
        const fence = await newFence(tx, current.target)
        const row = await tx.action.update({ where: { id }, data: { fence } })
        if (event) await append(tx, id, event, await clock(tx))
        return ledgerAction(row)
      }),

    advance: (id, change) =>
      store.write(async (tx, tell) => {
        const current = await lockAction(tx, id)
        assertAdvance(current, change)
        const at = await clock(tx)
        const row = await tx.action.update({
          where: { id },
          data: {
            status: change.to,
            ...(change.to === 'done' && current.appliedAt === null ? { appliedAt: at } : {}),
            ...(isFinal(change.to) ? { endedAt: at } : {}),
            ...recorded(change, at),
          },
        })
        await append(tx, id, change.event, at)
        tell({ topic: 'action', id })
        return ledgerAction(row)
      }),

    record: (id, event, change = {}) =>
      store.write(async (tx, tell) => {
        await lockAction(tx, id)
        const at = await clock(tx)
        const row = await tx.action.update({ where: { id }, data: recorded(change, at) })
        await append(tx, id, event, at)
        tell({ topic: 'action', id })
        return ledgerAction(row)
      }),

    async events(id): Promise<ActionEventRecord[]> {
      const rows = await store.client.actionEvent.findMany({ where: { actionId: id }, orderBy: { id: 'asc' } })
      return rows.map((row) => ({
        actionId: row.actionId,
        at: row.at.getTime(),
        kind: actionEventKind.parse(row.kind),
        actor: row.actor,
        detail: z.record(z.string(), z.unknown()).parse(row.detail),
      }))
    },

    recent: async (seconds) => recentActions(store.client, await clock(store.client), seconds),

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

const clockRow = z.tuple([z.object({ now: z.date() })])

/** Of the database: a worker's own may be wrong. */
async function clock(tx: Transaction): Promise<Date> {
  return clockRow.parse(await tx.$queryRaw`SELECT clock_timestamp() AS "now"`)[0].now
}

/** The next fence of a target, one at a time. The lock is freed when the transaction ends. */
async function newFence(tx: Transaction, target: string): Promise<bigint> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`tenon-fence:${target}`}, 0))`
  const { _max } = await tx.action.aggregate({ where: { target }, _max: { fence: true } })
  return (_max.fence ?? 0n) + 1n
}

async function recentActions(tx: Transaction, now: Date, seconds: number): Promise<RecentAction[]> {
  if (seconds === 0) return []
  const rows = await tx.action.findMany({
    where: { createdAt: { gt: new Date(now.getTime() - seconds * 1000) }, status: { in: recentStatuses } },
    select: { key: true, target: true, kind: true, runbook: true, runId: true, status: true, createdAt: true },
    orderBy: { createdAt: 'desc' },
    take: mostRecent,
  })
  return rows.map((row) => ({
    ...row,
    kind: actionKind.parse(row.kind),
    status: actionStatus.parse(row.status),
    createdAt: row.createdAt.getTime(),
  }))
}

async function lockAction(tx: Transaction, id: string): Promise<LedgerAction> {
  await tx.$queryRaw`SELECT "id" FROM "action" WHERE "id" = ${id} FOR UPDATE`
  const row = await tx.action.findUnique({ where: { id } })
  if (row) return ledgerAction(row)
  throw new ActionError('unknown-action', `There is no action ${id}.`, { fix: 'Load the list of actions again.' })
}

async function append(tx: Transaction, actionId: string, event: NewActionEvent, at: Date): Promise<void> {
  await tx.actionEvent.create({
    data: { actionId, at, kind: event.kind, actor: event.actor, detail: jsonValue(event.detail) },
  })
}

function recorded({ leaseSeconds, verification }: RecordedChange, now: Date): Prisma.ActionUpdateInput {
  return {
    ...(leaseSeconds === undefined ? {} : { leaseUntil: new Date(now.getTime() + leaseSeconds * 1000) }),
    ...(verification === undefined ? {} : { verification: json(verification) }),
  }
}

function newRow(
  action: NewLedgerAction,
  { fence, refused, at }: { fence: bigint; refused: boolean; at: Date },
): Prisma.ActionUncheckedCreateInput {
  return {
    ...action,
    id: randomUUID(),
    fence,
    request: jsonValue(action.request),
    intent: jsonValue(action.intent),
    revert: action.revert === null ? Prisma.DbNull : jsonValue(action.revert),
    before: jsonValue(action.before),
    plan: jsonValue(action.plan),
    status: (refused ? 'refused' : 'planned') satisfies ActionStatus,
    createdAt: at,
    endedAt: refused ? at : null,
  }
}

/** A row as the protocol knows it. */
export function ledgerAction(row: Prisma.ActionGetPayload<object>): LedgerAction {
  return {
    id: row.id,
    key: row.key,
    runId: row.runId,
    stepId: row.stepId,
    runbook: row.runbook,
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
    revert: intent.nullable().parse(row.revert),
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
