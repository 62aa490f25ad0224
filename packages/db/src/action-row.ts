/** Rows of the action ledger, parsed on the way out. */
import {
  actionEventKind,
  actionKind,
  actionRequest,
  actionStatus,
  intent,
  targetState,
  verificationRow,
  type ActionEventRecord,
  type LedgerAction,
  type PlannedAction,
  type RecentAction,
} from '@tenon/actions'
import * as z from 'zod'
import { BoundedMap } from './bounded-map.ts'
import { storedActionPlan } from './stored.ts'

const plannedAction: z.ZodType<PlannedAction> = storedActionPlan.extend({
  intent,
  waves: z.array(intent),
  revert: intent.nullable(),
  before: targetState,
  asOf: z.number().nullable(),
  excludes: z.array(z.string()).optional(),
})

/** What a row says from its first moment to its end. */
const lasting = z.object({
  key: z.string(),
  runId: z.string().nullable(),
  stepId: z.string().nullable(),
  runbook: z.string().nullable(),
  target: z.string(),
  driver: z.string(),
  title: z.string(),
  kind: actionKind,
  planHash: z.string(),
  approvedHash: z.string().nullable(),
  approvedBy: z.string().nullable(),
  requestedBy: z.string(),
  request: actionRequest,
  intent,
  revert: intent.nullable(),
  before: targetState,
  plan: plannedAction,
})

const time = z.date().transform((date) => date.getTime())

const changing = z.object({
  // The client gives a bigint, a raw statement a text.
  fence: z.union([z.bigint(), z.string()]).transform(Number),
  verification: z.array(verificationRow).nullable(),
  status: actionStatus,
  leaseUntil: time.nullable(),
  createdAt: time,
  appliedAt: time.nullable(),
  endedAt: time.nullable(),
})

const identity = z.object({ id: z.string() })

/** What never changes of an action is parsed once: all that are open are read for every claim. */
const known = new BoundedMap<string, z.infer<typeof lasting>>(1000)

/** Reads a row of `action`. */
export function ledgerAction(row: unknown): LedgerAction {
  const { id } = identity.parse(row)
  const stays = known.get(id) ?? lasting.parse(row)
  if (!known.has(id)) known.set(id, stays)
  return { id, ...stays, ...changing.parse(row) }
}

const event = z.object({
  actionId: z.string(),
  at: time,
  kind: actionEventKind,
  actor: z.string(),
  detail: z.record(z.string(), z.unknown()),
})
export const actionEvents = (rows: unknown): ActionEventRecord[] => z.array(event).parse(rows)

const recent: z.ZodType<RecentAction> = z.object({
  key: z.string(),
  target: z.string(),
  kind: actionKind,
  runbook: z.string().nullable(),
  runId: z.string().nullable(),
  status: actionStatus,
  createdAt: time,
})
export const recentActions = (rows: unknown): RecentAction[] => z.array(recent).parse(rows)
