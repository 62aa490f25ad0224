import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import type { Prisma } from './generated/client.ts'
import { telling, type Statement, type Store } from './store.ts'
import { iso, isoOrNull, jsonTextOrNull } from './stored.ts'

/**
 * What became of an event. `accepted`: it is on record, and not decided yet. `delivered`: steps that wait for it, or runbooks that listen for it, got it.
 */
export const inboundDisposition = z.enum([
  'accepted',
  'ran',
  'joined',
  'queued',
  'deduplicated',
  'filtered',
  'rejected',
  'delivered',
])
export type InboundDisposition = z.infer<typeof inboundDisposition>

export const inboundKind = z.enum(['webhook', 'api', 'schedule', 'event', 'button', 'runbook'])
export type InboundKind = z.infer<typeof inboundKind>

/** An event from outside, and what became of it. Times are ISO 8601. */
export interface InboundRow {
  id: string
  receivedAt: string
  kind: InboundKind
  /** What of ours it came through: `payment-drop/alerts`, or the event's name. */
  source: string
  runbookName: string | null
  environment: string | null
  /** Equal keys of one source mean the same event. */
  dedupKey: string | null
  disposition: InboundDisposition
  /** One sentence. */
  reason: string
  runId: string | null
  payload: unknown
  bytes: number
  decidedAt: string | null
}

export interface NewInbound {
  kind: InboundKind
  source: string
  runbookName: string | null
  environment: string | null
  /** null: there is no other event that it could be. */
  dedupKey: string | null
  payload: unknown
  bytes: number
}

export interface InboundQuery {
  /** Name of the runbook. */
  runbook?: string
  environment?: string
  source?: string
  disposition?: InboundDisposition
  /** `receivedAt` of the last one seen, or `<receivedAt>_<id>`. */
  before?: string
  /** At most 200; 50 without it. */
  limit?: number
}

const columns = `"id", "kind", "source", "runbookName", "environment", "dedupKey", "payload", "bytes", "disposition", "reason", "receivedAt"`

const accept: Statement = {
  name: 'inbound-accept',
  text: `
WITH "made" AS (
  INSERT INTO "inbound_event" (${columns})
  VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, 'accepted', 'It was received.', $9::timestamp(3))
  ON CONFLICT DO NOTHING RETURNING "id"
)
SELECT "id", ${telling('inbound', '"id"')} FROM "made"`,
}

/** Never `accepted`, not for a moment: whoever looks for events that nobody decided must not meet it. */
const acceptAgain: Statement = {
  name: 'inbound-accept-again',
  text: `
WITH "made" AS (
  INSERT INTO "inbound_event" (${columns}, "decidedAt", "runId")
  VALUES ($1, $2, $3, $4, $5, NULL, $6::jsonb, $7, 'deduplicated', $8, $9::timestamp(3), $9::timestamp(3), $10) RETURNING "id"
)
SELECT "id", ${telling('inbound', '"id"')} FROM "made"`,
}

const decide: Statement = {
  name: 'inbound-decide',
  text: `
WITH "decided" AS (
  UPDATE "inbound_event" SET "disposition" = $2, "reason" = $3, "runId" = $4, "decidedAt" = $5::timestamp(3)
  WHERE "id" = $1 AND "disposition" IN ('accepted', 'deduplicated') RETURNING "id"
)
SELECT "id", ${telling('inbound', '"id"')} FROM "decided"`,
}

/** Events from outside: each is on record before anything is done about it, and nothing that was accepted is ever forgotten. */
export function createInbound(store: Store) {
  const find = async (source: string, dedupKey: string): Promise<InboundRow | null> => {
    const row = await store.client.inboundEvent.findUnique({ where: { source_dedupKey: { source, dedupKey } } })
    return row && inboundRow(row)
  }

  return {
    /**
     * Puts an event on record; durable when it resolves. One that came before, by its source and key, is on record as `deduplicated`.
     * @returns `duplicateOf`: the one that came before.
     */
    async accept(event: NewInbound): Promise<{ id: string; duplicateOf: InboundRow | null }> {
      const id = randomUUID()
      const { kind, source, runbookName, environment, dedupKey, bytes } = event
      const payload = jsonTextOrNull(event.payload)
      const first = [id, kind, source, runbookName, environment]
      const now = new Date().toISOString()
      const made = await store.run(accept, [...first, dedupKey, payload, bytes, now])
      if (made.length > 0) return { id, duplicateOf: null }
      const earlier = await find(source, dedupKey ?? '')
      // Rows are never removed, and only the key can conflict.
      if (!earlier) throw new Error(`The inbound event ${source}/${dedupKey} conflicts with none.`)
      const reason = `The same event came at ${earlier.receivedAt} already.`
      await store.run(acceptAgain, [...first, payload, bytes, reason, now, earlier.runId])
      return { id, duplicateOf: earlier }
    },

    /** @returns whether it was decided now; what was decided before stays. */
    async decide(
      id: string,
      decision: { disposition: Exclude<InboundDisposition, 'accepted'>; reason: string; runId: string | null },
    ): Promise<boolean> {
      const { disposition, reason, runId } = decision
      return (await store.run(decide, [id, disposition, reason, runId, new Date().toISOString()])).length > 0
    },

    /** Newest first. */
    async list(query: InboundQuery = {}): Promise<InboundRow[]> {
      const rows = await store.client.inboundEvent.findMany({
        where: {
          runbookName: query.runbook,
          environment: query.environment,
          source: query.source,
          disposition: query.disposition,
          ...(query.before === undefined ? {} : isBefore(query.before)),
        },
        orderBy: [{ receivedAt: 'desc' }, { id: 'desc' }],
        take: Math.min(query.limit ?? 50, 200),
      })
      return rows.map(inboundRow)
    },

    async get(id: string): Promise<InboundRow | null> {
      const row = await store.client.inboundEvent.findUnique({ where: { id } })
      return row && inboundRow(row)
    },

    find,

    /** What nobody decided, oldest first. @param of.olderThanMs younger ones are being worked on. */
    async undecided(of: { olderThanMs: number; kind?: InboundKind; limit?: number }): Promise<InboundRow[]> {
      const rows = await store.client.inboundEvent.findMany({
        where: {
          disposition: 'accepted',
          receivedAt: { lte: new Date(Date.now() - of.olderThanMs) },
          ...(of.kind === undefined ? {} : { kind: of.kind }),
        },
        orderBy: { receivedAt: 'asc' },
        take: of.limit ?? 500,
      })
      return rows.map(inboundRow)
    },

    /**
     * Events of a name that came since a moment, oldest first, at most 100: for a step that begins to wait.
     * @param since unix milliseconds.
     */
    async eventsSince(event: string, since: number): Promise<{ name: string; id: string; payload: unknown }[]> {
      const rows = await store.client.inboundEvent.findMany({
        where: { source: `event:${event}`, receivedAt: { gte: new Date(since) }, dedupKey: { not: null } },
        orderBy: { receivedAt: 'asc' },
        take: 100,
      })
      return rows.flatMap(({ payload }) => namedEvent.safeParse(payload).data ?? [])
    },
  }
}

export type InboundEvents = ReturnType<typeof createInbound>

const namedEvent = z.object({ name: z.string(), id: z.string(), payload: z.unknown() })

function isBefore(cursor: string): Prisma.InboundEventWhereInput {
  const [at = '', id] = cursor.split('_')
  const receivedAt = new Date(at)
  if (id === undefined) return { receivedAt: { lt: receivedAt } }
  return { OR: [{ receivedAt: { lt: receivedAt } }, { receivedAt, id: { lt: id } }] }
}

function inboundRow(row: Prisma.InboundEventGetPayload<object>): InboundRow {
  return {
    ...row,
    kind: inboundKind.parse(row.kind),
    disposition: inboundDisposition.parse(row.disposition),
    receivedAt: iso(row.receivedAt),
    decidedAt: isoOrNull(row.decidedAt),
  }
}
