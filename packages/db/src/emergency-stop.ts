/**
 * The kill switch straight in PostgreSQL, for when neither the pages nor Temporal answer. One statement a call, without the client: it must work
 * from any machine that reaches the database. What it writes is what settings.ts reads, and it is in the audit log all the same.
 */
import { parseStopScope, type WriteStop } from '@tenon/actions'
import pg from 'pg'
import * as z from 'zod'
import { channel } from './live.ts'
import { stopKey, writesKey } from './stop-key.ts'

const rows = z.array(
  z.object({ key: z.string(), by: z.string(), at: z.coerce.number(), reason: z.string().nullable() }),
)

/** @throws ActionError for what is no scope; the driver's error when PostgreSQL does not answer within 5 s. */
export async function stopWritesAt(url: string, stop: Pick<WriteStop, 'scope' | 'by' | 'reason'>): Promise<void> {
  parseStopScope(stop.scope)
  await query(
    url,
    `WITH "stop" AS (
  INSERT INTO "setting" ("key", "value", "updatedBy", "updatedAt")
  VALUES ($1, jsonb_build_object('reason', $2::text), $3, clock_timestamp())
  ON CONFLICT ("key") DO UPDATE SET "value" = excluded."value", "updatedBy" = excluded."updatedBy", "updatedAt" = excluded."updatedAt"
), "kept" AS (
  INSERT INTO "audit_event" ("actor", "action", "subject", "detail")
  VALUES ($3, 'writes.stop', $4, jsonb_build_object('reason', $2::text))
)
SELECT ${told}`,
    [stopKey(stop.scope), stop.reason, stop.by, stop.scope],
  )
}

/** Ends the stop of a scope; the others hold on. Throws as `stopWritesAt`. */
export async function resumeWritesAt(url: string, { scope, by }: Pick<WriteStop, 'scope' | 'by'>): Promise<void> {
  parseStopScope(scope)
  await query(
    url,
    `WITH "resumed" AS (
  DELETE FROM "setting" WHERE "key" = $1
), "kept" AS (
  INSERT INTO "audit_event" ("actor", "action", "subject", "detail") VALUES ($2, 'writes.resume', $3, '{}')
)
SELECT ${told}`,
    [stopKey(scope), by, scope],
  )
}

/** Newest first. Throws as `stopWritesAt`. */
export async function writeStopsAt(url: string): Promise<WriteStop[]> {
  const found = await query(
    url,
    `SELECT "key", "updatedBy" AS "by", extract(epoch FROM "updatedAt") * 1000 AS "at", "value"->>'reason' AS "reason"
FROM "setting" WHERE "key" = $1 OR starts_with("key", $1 || ':') ORDER BY "updatedAt" DESC`,
    [writesKey],
  )
  return rows.parse(found).map(({ key, by, at, reason }) => ({
    scope: key === writesKey ? 'all' : key.slice(writesKey.length + 1),
    by,
    at: Math.round(at),
    reason: reason ?? 'no reason can be read',
  }))
}

const told = `pg_notify('${channel}', json_build_object('topic', 'action', 'id', '${writesKey}')::text)::text`

async function query(url: string, text: string, values: string[]): Promise<unknown[]> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 5000,
    query_timeout: 5000,
    options: '-c timezone=UTC',
  })
  // A connection that breaks fails its query, which says so.
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(text, values)).rows
  } finally {
    await client.end()
  }
}
