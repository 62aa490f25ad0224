/**
 * The action ledger in PostgreSQL. The rules are packages/actions'; this keeps them under concurrency, by the database's clock. Each change of an action
 * is one statement: a process that is stopped in the middle of anything holds no lock.
 */
import {
  ActionError,
  actionStatus,
  assertAdvance,
  assertFence,
  canTransition,
  isFinal,
  isOpen,
  isRecent,
  type ActionStatus,
  type Claim,
  type Ledger,
  type LedgerAction,
  type NewActionEvent,
  type NewLedgerAction,
  type RecentAction,
  type RecordedChange,
} from '@tenon/actions'
import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import { actionEvents, ledgerAction, recentActions } from './action-row.ts'
import { telling, type Run, type Statement, type Store } from './store.ts'
import { jsonText, jsonTextOrNull } from './stored.ts'

/** Written into statements, not given to them: the planner then knows how few are open. */
const texts = (of: (status: ActionStatus) => boolean): string =>
  actionStatus.options
    .filter(of)
    .map((status) => `'${status}'`)
    .join(', ')
const open = `"status" IN (${texts(isOpen)})`
/** Rates are far below this; a rule that sees so many has refused long before. */
const mostRecent = 20_000

/** Stored times have milliseconds. Of the database: a worker's own clock may be wrong. */
const now = 'clock_timestamp()::timestamp(3)'

const readClock: Statement = { name: 'action-clock', text: `SELECT ${now} AS "now"` }
const readKey: Statement = { name: 'action-key', text: 'SELECT * FROM "action" WHERE "key" = $1' }
const readId: Statement = { name: 'action-id', text: 'SELECT * FROM "action" WHERE "id" = $1' }
const readEvents: Statement = {
  name: 'action-events',
  text: 'SELECT "actionId", "at", "kind", "actor", "detail" FROM "action_event" WHERE "actionId" = $1 ORDER BY "id"',
}
const readRecent: Statement = {
  name: 'action-recent',
  text: `
SELECT "key", "target", "kind", "runbook", "runId", "status", "createdAt" FROM "action"
WHERE "createdAt" > ${now} - make_interval(secs => $1) AND "status" IN (${texts(isRecent)})
ORDER BY "createdAt" DESC LIMIT ${mostRecent}`,
}

const narrowed = `($1::text IS NULL OR "target" = $1) AND ($2::text IS NULL OR "runId" = $2) ORDER BY "createdAt" DESC LIMIT $3`
const listAll: Statement = { name: 'action-list', text: `SELECT * FROM "action" WHERE ${narrowed}` }
const listOpen: Statement = { name: 'action-list-open', text: `SELECT * FROM "action" WHERE ${open} AND ${narrowed}` }
const listInEffect: Statement = {
  name: 'action-list-in-effect',
  text: `SELECT * FROM "action" WHERE "status" IN ('done', 'reverting', 'unknown') ORDER BY "createdAt" DESC LIMIT 200`,
}

/** All that are open, and the one of the key; without any, one row of the time alone. */
const readForClaim: Statement = {
  name: 'action-claim-facts',
  text: `
SELECT ${now} AS "now", "action".* FROM (SELECT) AS "one" LEFT JOIN "action" ON "key" = $1 OR ${open}
ORDER BY "createdAt"`,
}

const insert: Statement = {
  name: 'action-insert',
  text: `
WITH "made" AS (
  INSERT INTO "action" SELECT * FROM jsonb_populate_record(NULL::"action", $1::jsonb
    || jsonb_build_object('fence', nextval('"action_fence"'), 'createdAt', ${now})
    || CASE WHEN $2::boolean THEN jsonb_build_object('endedAt', ${now}) ELSE '{}' END)
  RETURNING *
), "said" AS (
  INSERT INTO "action_event" ("actionId", "at", "kind", "actor", "detail")
  SELECT "made"."id", "made"."createdAt", "event".* FROM "made",
    jsonb_to_recordset($3::jsonb) AS "event" ("kind" text, "actor" text, "detail" jsonb)
)
SELECT *, ${telling('action', '"id"')} FROM "made"`,
}

/** Waits for who changes the row at this moment, then looks again whether it still is as was asked for. */
const change: Statement = {
  name: 'action-change',
  text: `
WITH "moved" AS (
  UPDATE "action" SET
    "status" = COALESCE($4, "status"),
    "fence" = CASE WHEN $5::boolean THEN nextval('"action_fence"') ELSE "fence" END,
    "appliedAt" = CASE WHEN $4 = 'done' AND "appliedAt" IS NULL THEN ${now} ELSE "appliedAt" END,
    "endedAt" = CASE WHEN $6::boolean THEN ${now} ELSE "endedAt" END,
    "leaseUntil" = CASE WHEN $7::float8 IS NULL THEN "leaseUntil" ELSE ${now} + make_interval(secs => $7) END,
    "verification" = COALESCE($8::jsonb, "verification")
  WHERE "id" = $1 AND "status" = ANY($2::text[]) AND ($3::bigint IS NULL OR "fence" = $3)
  RETURNING *
), "said" AS (
  INSERT INTO "action_event" ("actionId", "at", "kind", "actor", "detail")
  SELECT "id", ${now}, $9, $10::text, $11::jsonb FROM "moved" WHERE $9::text IS NOT NULL
)
SELECT *, ${telling('action', '"id"')} FROM "moved"`,
}

/** What a change asks for and does; what is left out stays. */
interface Change extends RecordedChange {
  from?: readonly ActionStatus[]
  fence?: number
  to?: ActionStatus
  nextFence?: boolean
  event?: NewActionEvent
}

export interface Actions extends Ledger {
  /** Those that have an effect now or may have: `done`, `reverting`, `unknown`. Newest first. */
  inEffect(): Promise<LedgerAction[]>
}

/** Makes the ledger's storage. */
export function createActions(store: Store): Actions {
  const one = async (statement: Statement, value: string): Promise<LedgerAction | null> => {
    const [row] = await store.run(statement, [value])
    return row === undefined ? null : ledgerAction(row)
  }

  /** @param refuse says why an action as it is now cannot be changed so; it was changed meanwhile when it has nothing against it. */
  const changed = async (
    id: string,
    wanted: Change,
    refuse: (current: LedgerAction) => void = () => undefined,
  ): Promise<LedgerAction> => {
    const { from = actionStatus.options, fence, to, nextFence, leaseSeconds, verification, event } = wanted
    for (;;) {
      const [row] = await store.run(change, [
        id,
        from,
        fence,
        to,
        nextFence ?? false,
        to !== undefined && isFinal(to),
        leaseSeconds,
        jsonTextOrNull(verification),
        event?.kind,
        event?.actor,
        event && jsonText(event.detail),
      ])
      if (row) return ledgerAction(row)
      const current = await one(readId, id)
      if (!current)
        throw new ActionError('unknown-action', `There is no action ${id}.`, { fix: 'Load the list of actions again.' })
      refuse(current)
    }
  }

  return {
    now: async () => clockRow.parse(await store.run(readClock, []))[0].now.getTime(),

    // Serial among all claims, because rules look at other connections too.
    claim: (action, event, rules) =>
      store.serial('tenon-action', async (run): Promise<Claim> => {
        const rows = claimRows.parse(await run(readForClaim, [action.key]))
        const others = rows.filter(({ id }) => id !== null).map(ledgerAction)
        const existing = others.find(({ key }) => key === action.key)
        if (existing) return { kind: 'existing', action: existing }
        const recent = await recentOf(run, rules.recentSeconds)
        const refusal = rules.refuse({ now: rows[0].now.getTime(), open: others, recent })
        const events = refusal ? [event, { kind: 'refused', actor: 'system', detail: { ...refusal } }] : [event]
        const [row] = await run(insert, [
          jsonText(newRow(action, refusal !== null)),
          refusal !== null,
          jsonText(events),
        ])
        const made = ledgerAction(row)
        return refusal ? { kind: 'refused', action: made, refusal } : { kind: 'claimed', action: made }
      }),

    find: (key) => one(readKey, key),
    get: (id) => one(readId, id),

    nextFence: (id, held, event) =>
      changed(id, { fence: held, nextFence: true, ...(event ? { event } : {}) }, (current) =>
        assertFence(current, held),
      ),

    advance: (id, wanted) =>
      changed(id, { ...wanted, from: wanted.from.filter((from) => canTransition(from, wanted.to)) }, (current) =>
        assertAdvance(current, wanted),
      ),

    record: (id, event, wanted = {}) => changed(id, { ...wanted, event }),

    events: async (id) => actionEvents(await store.run(readEvents, [id])),

    recent: (seconds) => recentOf(store.run, seconds),

    async list({ state, target, runId, limit }) {
      const rows =
        state === 'open'
          ? await store.run(listOpen, [target, runId, limit ?? null])
          : await store.run(listAll, [target, runId, limit ?? 200])
      return rows.map(ledgerAction)
    },

    inEffect: async () => (await store.run(listInEffect, [])).map(ledgerAction),
  }
}

const clockRow = z.tuple([z.object({ now: z.date() })])
const claimRow = z.looseObject({ now: z.date(), id: z.string().nullable() })
const claimRows = z.tuple([claimRow], claimRow)

async function recentOf(run: Run, seconds: number): Promise<RecentAction[]> {
  return seconds === 0 ? [] : recentActions(await run(readRecent, [seconds]))
}

function newRow(action: NewLedgerAction, refused: boolean): object {
  return { ...action, id: randomUUID(), status: (refused ? 'refused' : 'planned') satisfies ActionStatus }
}
