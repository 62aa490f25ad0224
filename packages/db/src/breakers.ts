/** Breakers without an action, as packages/actions `Breaker` says. All times are PostgreSQL's, as the ledger's are. */
import { breakerBound, breakerState, onBreach, type Breaker, type BreakerStore, type NewBreaker } from '@tenon/actions'
import * as z from 'zod'
import { DbError } from './db-error.ts'
import { Prisma } from './generated/client.ts'
import type { Store, Transaction } from './store.ts'
import { jsonText, jsonValue } from './stored.ts'

export type Breakers = ReturnType<typeof createBreakers>

/** Told of whatever happens to a breaker, and of a breach that was pushed. */
export const breakersTopic = { topic: 'action', id: 'breakers' } as const
/** Without a sign of life of a watcher for so long, or for its own grace if that is longer, a breaker trips: nobody would see a breach. */
const unwatchedSeconds = 15
const listed = 200

/** Makes the storage of breakers. */
export function createBreakers(store: Store) {
  const trip: BreakerStore['trip'] = (id, { detail, by }) =>
    store.write(async (tx, tell) => {
      const [tripped] = rowsOf(
        await tx.$queryRaw`
UPDATE "breaker" SET "state" = 'tripped', "trippedAt" = clock_timestamp(), "detail" = ${detail}
WHERE "id" = ${id} AND "state" = 'watching' AND "endsAt" > clock_timestamp()
RETURNING ${columns}`,
      )
      if (!tripped) return null
      const { name, onBreach: what } = tripped
      await record(tx, { actor: by, action: 'breakers.trip', subject: id, detail: { name, detail, onBreach: what } })
      tell(breakersTopic)
      return tripped
    })

  /** Whoever asks sees a breaker that nobody watches trip, though all workers are away. */
  const tripUnwatched = async (): Promise<void> => {
    const unwatched = unwatchedRows.parse(
      await store.client.$queryRaw`
SELECT "id", floor(extract(epoch FROM clock_timestamp() - "watchedAt"))::int AS "seconds" FROM "breaker"
WHERE "state" = 'watching' AND "endsAt" > clock_timestamp()
  AND "watchedAt" < clock_timestamp() - make_interval(secs => greatest("graceSeconds", ${unwatchedSeconds}::int))`,
    )
    for (const { id, seconds } of unwatched)
      await trip(id, { detail: `no worker watched it for ${seconds} s`, by: 'system' })
  }

  const read = async (where: Prisma.Sql): Promise<Breaker[]> => {
    await tripUnwatched()
    return rowsOf(
      await store.client
        .$queryRaw`SELECT ${columns} FROM "breaker" WHERE ${where} ORDER BY "startedAt" DESC, "id" LIMIT ${listed}`,
    )
  }

  return {
    async now(): Promise<number> {
      return nowRow.parse(
        await store.client.$queryRaw`SELECT ${milliseconds(Prisma.sql`clock_timestamp()`)} AS "now"`,
      )[0].now
    },

    async open(): Promise<Breaker[]> {
      return rowsOf(
        await store.client.$queryRaw`
WITH "over" AS (
  UPDATE "breaker" SET "state" = 'ended' WHERE "state" = 'watching' AND "endsAt" <= clock_timestamp()
), "watched" AS (
  UPDATE "breaker" SET "watchedAt" = clock_timestamp() WHERE "state" = 'watching' AND "endsAt" > clock_timestamp() RETURNING *
)
SELECT ${columns} FROM "watched"
UNION ALL SELECT ${columns} FROM "breaker" WHERE "state" = 'tripped' AND "result" IS NULL`,
      )
    },

    trip,

    async settle(id: string, result: string): Promise<void> {
      await store.write(async (tx, tell) => {
        const [settled] = rowsOf(
          await tx.$queryRaw`
UPDATE "breaker" SET "result" = ${result}, "settledAt" = clock_timestamp()
WHERE "id" = ${id} AND "state" = 'tripped' AND "result" IS NULL
RETURNING ${columns}`,
        )
        if (!settled) return
        await record(tx, { actor: 'system', action: 'breakers.settle', subject: id, detail: { result } })
        tell(breakersTopic)
      })
    },

    /** A breach is on record in the ledger: whoever watches need not wait for its next round. */
    tell: (): Promise<void> => store.write(async (_, tell) => tell(breakersTopic)),

    /** Newest first, at most 200. One that nobody watches trips by being asked for. */
    list: (): Promise<Breaker[]> => read(Prisma.sql`TRUE`),

    /** @throws DbError `unknown-breaker`. */
    async get(id: string): Promise<Breaker> {
      const [found] = await read(Prisma.sql`"id" = ${id}`)
      if (!found) throw unknownBreaker(id)
      return found
    },

    /** Begins to watch. @param by how people know who started it; `actor` as in the audit log. */
    start: (wanted: NewBreaker, { by, actor }: { by: string; actor: string }): Promise<Breaker> =>
      store.write(async (tx, tell) => {
        const { name, bounds, graceSeconds, minutes } = wanted
        const [made] = rowsOf(
          await tx.$queryRaw`
INSERT INTO "breaker" ("id", "name", "bounds", "onBreach", "graceSeconds", "by", "state", "startedAt", "endsAt", "watchedAt", "pushed")
VALUES (
  gen_random_uuid()::text, ${name}, ${jsonText(bounds)}::jsonb, ${jsonText(wanted.onBreach)}::jsonb, ${graceSeconds}::int,
  ${by}, 'watching', clock_timestamp(), clock_timestamp() + make_interval(mins => ${minutes}::int), clock_timestamp(), '{}'
)
RETURNING ${columns}`,
        )
        if (!made) throw new Error('The database returned no row of the breaker that it took.')
        await record(tx, { actor, action: 'breakers.start', subject: made.id, detail: { ...wanted } })
        tell(breakersTopic)
        return made
      }),

    /** Ends a breaker that watches. @throws DbError `unknown-breaker`, `breaker-over`. */
    end: (id: string, { actor }: { actor: string }): Promise<Breaker> =>
      store.write(async (tx, tell) => {
        const [ended] = rowsOf(
          await tx.$queryRaw`
UPDATE "breaker" SET "state" = 'ended', "endsAt" = clock_timestamp()
WHERE "id" = ${id} AND "state" = 'watching' AND "endsAt" > clock_timestamp()
RETURNING ${columns}`,
        )
        if (!ended) {
          const [found] = rowsOf(await tx.$queryRaw`SELECT ${columns} FROM "breaker" WHERE "id" = ${id}`)
          if (!found) throw unknownBreaker(id)
          throw new DbError('breaker-over', `The breaker "${found.name}" is ${found.state}, not watching.`, {
            fix: 'Nothing is to be ended. Start another one before the next test.',
          })
        }
        await record(tx, { actor, action: 'breakers.end', subject: id, detail: { name: ended.name } })
        tell(breakersTopic)
        return ended
      }),

    /** Keeps the newest value of pushed bounds, by their places in the list. Nothing happens when it does not watch any more. */
    async push(id: string, { bounds, value }: { bounds: readonly number[]; value: number }): Promise<void> {
      const at = milliseconds(Prisma.sql`clock_timestamp()`)
      await store.client.$executeRaw`
UPDATE "breaker" SET "pushed" = "pushed" || (
  SELECT coalesce(jsonb_object_agg("place"::text, jsonb_build_object('at', ${at}, 'value', ${value}::float8)), '{}')
  FROM unnest(${[...bounds]}::int[]) AS "place"
)
WHERE "id" = ${id} AND "state" = 'watching'`
    },
  }
}

const milliseconds = (time: Prisma.Sql): Prisma.Sql => Prisma.sql`floor(extract(epoch FROM ${time}) * 1000)::float8`

const columns = Prisma.sql`"id", "name", "bounds", "onBreach", "graceSeconds", "by",
CASE WHEN "state" = 'watching' AND "endsAt" <= clock_timestamp() THEN 'ended' ELSE "state" END AS "state",
"startedAt", "endsAt", "pushed", "trippedAt", "detail", "result", "settledAt"`

const row = z.object({
  id: z.string(),
  name: z.string(),
  bounds: z.array(breakerBound),
  onBreach,
  graceSeconds: z.number(),
  by: z.string(),
  state: breakerState,
  startedAt: z.date(),
  endsAt: z.date(),
  pushed: z.record(z.string(), z.object({ at: z.number(), value: z.number() })),
  trippedAt: z.date().nullable(),
  detail: z.string().nullable(),
  result: z.string().nullable(),
  settledAt: z.date().nullable(),
})

const nowRow = z.tuple([z.object({ now: z.number() })])
const unwatchedRows = z.array(z.object({ id: z.string(), seconds: z.number() }))

function rowsOf(found: unknown): Breaker[] {
  return z
    .array(row)
    .parse(found)
    .map(({ pushed, ...one }) => ({
      ...one,
      startedAt: one.startedAt.getTime(),
      endsAt: one.endsAt.getTime(),
      trippedAt: one.trippedAt?.getTime() ?? null,
      settledAt: one.settledAt?.getTime() ?? null,
      pushed: one.bounds.flatMap(({ measure, where }, place) => {
        const sample = pushed[place]
        return sample === undefined ? [] : [{ measure, where, ...sample }]
      }),
    }))
}

async function record(
  tx: Transaction,
  { detail, ...event }: { actor: string; action: string; subject: string; detail: {} },
): Promise<void> {
  await tx.auditEvent.create({ data: { ...event, detail: jsonValue(detail) } })
}

const unknownBreaker = (id: string): DbError =>
  new DbError('unknown-breaker', `There is no breaker ${id}.`, { fix: 'List the breakers to see their ids.' })
