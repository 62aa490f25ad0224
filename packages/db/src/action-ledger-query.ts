/** Looking things up in the action ledger: newest first, page by page, by what people know of an action. */
import {
  actionKind,
  actionStatus,
  verificationRow,
  type ActionEventRecord,
  type ActionKind,
  type ActionStatus,
  type LedgerAction,
} from '@tenon/actions'
import { personOf } from '@tenon/runbook'
import * as z from 'zod'
import { actionEvents, ledgerAction } from './action-row.ts'
import { Prisma } from './generated/client.ts'
import type { Statement, Store } from './store.ts'
import { iso, isoOrNull } from './stored.ts'

/** What is left out holds for all. */
export interface LedgerFilter {
  /** In one of these. */
  statuses?: readonly ActionStatus[]
  kind?: ActionKind
  /** `<connection>/<backend>`, or a connection alone: all of its targets. */
  target?: string
  /** Name. */
  runbook?: string
  /** Who asked for it, approved, renewed, kept, settled or reverted it, by themselves or by a token of theirs. */
  person?: string
  runId?: string
  /** Planned at or after; unix milliseconds. */
  from?: number
  /** Planned before; unix milliseconds. */
  to?: number
}

/** The last one seen: what is older follows. Entries of one millisecond are told apart by their ids. */
export interface LedgerCursor {
  createdAt: string
  id: string
}

interface LedgerPage {
  after?: LedgerCursor
  limit: number
}

/** An action in a list. Times are ISO 8601. */
export interface LedgerEntry {
  id: string
  title: string
  status: ActionStatus
  kind: ActionKind
  target: string
  driver: string
  runbook: string | null
  runId: string | null
  stepId: string | null
  requestedBy: string
  approvedBy: string | null
  planHash: string
  /** Whether everything that was watched was as meant; null when nothing was. */
  verified: boolean | null
  /** Whether it can be put back. */
  revertible: boolean
  createdAt: string
  appliedAt: string | null
  endedAt: string | null
  leaseUntil: string | null
}

const row = z.object({
  id: z.string(),
  title: z.string(),
  status: actionStatus,
  kind: actionKind,
  target: z.string(),
  driver: z.string(),
  runbook: z.string().nullable(),
  runId: z.string().nullable(),
  stepId: z.string().nullable(),
  requestedBy: z.string(),
  approvedBy: z.string().nullable(),
  planHash: z.string(),
  verification: z.array(verificationRow).nullable(),
  revertible: z.boolean(),
  createdAt: z.date(),
  appliedAt: z.date().nullable(),
  endedAt: z.date().nullable(),
  leaseUntil: z.date().nullable(),
})
const idRow = z.object({ id: z.string() })
const countRow = z.tuple([z.object({ count: z.coerce.number() })])

/** Reads of the ledger for lists, exports and search. */
export function createActionLedger(store: Store) {
  const people = () => labelsIn(store)

  async function where(filter: LedgerFilter, after?: LedgerCursor): Promise<Prisma.Sql> {
    const { person } = filter
    const labels = person === undefined ? null : (await people()).filter((label) => isOf(label, person))
    const all = [...conditions(filter, labels), ...(after ? [isAfter(after)] : [])]
    return all.length === 0 ? Prisma.empty : Prisma.sql`WHERE ${Prisma.join(all, ' AND ')}`
  }

  return {
    /** Newest first, at most `limit`. */
    async page(filter: LedgerFilter, { after, limit }: LedgerPage): Promise<LedgerEntry[]> {
      const rows: unknown[] = await store.client.$queryRaw`
        SELECT "id", "title", "status", "kind", "target", "driver", "runbook", "runId", "stepId", "requestedBy", "approvedBy", "planHash",
          "verification", "revert" IS NOT NULL AS "revertible", "createdAt", "appliedAt", "endedAt", "leaseUntil"
        FROM "action" ${await where(filter, after)} ORDER BY "createdAt" DESC, "id" DESC LIMIT ${limit}`
      return rows.map((each) => entryOf(row.parse(each)))
    },

    /** The same with all that is known of each, and what happened to it. */
    async whole(
      filter: LedgerFilter,
      { after, limit }: LedgerPage,
    ): Promise<{ action: LedgerAction; events: ActionEventRecord[] }[]> {
      const rows: unknown[] = await store.client.$queryRaw`
        SELECT "id" FROM "action" ${await where(filter, after)} ORDER BY "createdAt" DESC, "id" DESC LIMIT ${limit}`
      const ids = rows.map((each) => idRow.parse(each).id)
      const [actions, events] = await Promise.all([
        store.client.action.findMany({ where: { id: { in: ids } } }),
        store.client.actionEvent.findMany({ where: { actionId: { in: ids } }, orderBy: { id: 'asc' } }),
      ])
      const found = new Map(actions.map((action) => [action.id, ledgerAction(action)]))
      const told = Map.groupBy(actionEvents(events), ({ actionId }) => actionId)
      return ids.flatMap((id) => {
        const action = found.get(id)
        return action ? [{ action, events: told.get(id) ?? [] }] : []
      })
    },

    /** How many there are; `most` when there are as many or more. */
    async count(filter: LedgerFilter, most: number): Promise<number> {
      const rows = await store.client.$queryRaw`
        SELECT count(*) FROM (SELECT FROM "action" ${await where(filter)} LIMIT ${most}) AS "some"`
      return countRow.parse(rows)[0].count
    },

    /** Everyone who ever did something to an action, as the ledger names them, by name. */
    async people(): Promise<string[]> {
      return (await people()).filter((label) => label !== 'system' && !label.includes(', '))
    },
  }
}

export type ActionLedger = ReturnType<typeof createActionLedger>

function conditions(filter: LedgerFilter, labels: string[] | null): Prisma.Sql[] {
  const { statuses, kind, target, runbook, runId, from, to } = filter
  return [
    statuses === undefined ? null : Prisma.sql`"status" = ANY(${statuses}::text[])`,
    kind === undefined ? null : Prisma.sql`"kind" = ${kind}`,
    target === undefined ? null : isOn(target),
    runbook === undefined ? null : Prisma.sql`"runbook" = ${runbook}`,
    runId === undefined ? null : Prisma.sql`"runId" = ${runId}`,
    from === undefined ? null : Prisma.sql`"createdAt" >= ${moment(from)}`,
    to === undefined ? null : Prisma.sql`"createdAt" < ${moment(to)}`,
    labels === null ? null : isBy(labels),
  ].filter((condition) => condition !== null)
}

function isOn(target: string): Prisma.Sql {
  return target.includes('/') ? Prisma.sql`"target" = ${target}` : Prisma.sql`starts_with("target", ${`${target}/`})`
}

/** Who planned and who approved is in the action itself. */
function isBy(labels: string[]): Prisma.Sql {
  return Prisma.sql`("requestedBy" = ANY(${labels}::text[]) OR "approvedBy" = ANY(${labels}::text[]) OR "id" IN (
    SELECT "actionId" FROM "action_event" WHERE "actor" = ANY(${labels}::text[]) AND "kind" NOT IN ('plan', 'approval')))`
}

function isAfter({ createdAt, id }: LedgerCursor): Prisma.Sql {
  return Prisma.sql`("createdAt", "id") < (${moment(Date.parse(createdAt))}, ${id})`
}

/** Times are stored as UTC without saying so. */
function moment(ms: number): Prisma.Sql {
  return Prisma.sql`${new Date(ms).toISOString()}::timestamp(3)`
}

/** Whether a label is of the person: theirs, one of several who approved, or a token of theirs. */
function isOf(label: string, person: string): boolean {
  return label === person || label.split(', ').some((one) => one === person || personOf(one) === person)
}

const labels: Statement = {
  name: 'action-labels',
  text: ['"action"/"requestedBy"', '"action"/"approvedBy"', '"action_event"/"actor"']
    .map((column) => column.split('/'))
    .map(([table, column]) => distinct(table ?? '', column ?? ''))
    .join('\nUNION\n'),
}

/** From one value to the next by its index: as fast with a million rows as with ten. */
function distinct(table: string, column: string): string {
  return `(
WITH RECURSIVE "next" AS (
  (SELECT ${column} AS "label" FROM ${table} WHERE ${column} IS NOT NULL ORDER BY ${column} LIMIT 1)
  UNION ALL
  SELECT (SELECT ${column} FROM ${table} WHERE ${column} > "next"."label" ORDER BY ${column} LIMIT 1)
  FROM "next" WHERE "next"."label" IS NOT NULL
)
SELECT "label" FROM "next" WHERE "label" IS NOT NULL LIMIT 5000)`
}

async function labelsIn(store: Store): Promise<string[]> {
  const rows = await store.run(labels, [])
  return rows.map((each) => z.object({ label: z.string() }).parse(each).label).toSorted()
}

function entryOf({
  verification,
  createdAt,
  appliedAt,
  endedAt,
  leaseUntil,
  ...same
}: z.output<typeof row>): LedgerEntry {
  return {
    ...same,
    verified: verification === null || verification.length === 0 ? null : verification.every(({ pass }) => pass),
    createdAt: iso(createdAt),
    appliedAt: isoOrNull(appliedAt),
    endedAt: isoOrNull(endedAt),
    leaseUntil: isoOrNull(leaseUntil),
  }
}
