/** Calendars in which nothing outside is changed, and the exceptions that two people agreed on. What they mean is packages/actions'. */
import { freezeCalendar, isClosed, isLifted, type FreezeCalendar, type FreezeException } from '@tenon/actions'
import { personOf } from '@tenon/runbook'
import * as z from 'zod'
import { DbError } from './db-error.ts'
import type { Prisma } from './generated/client.ts'
import type { Store, Transaction } from './store.ts'
import { iso, isoOrNull, jsonValue } from './stored.ts'

/** Times are ISO 8601. */
interface FreezeExceptionRow {
  id: string
  calendar: string
  reason: string
  askedBy: string
  askedAt: string
  confirmedBy: string | null
  confirmedAt: string | null
  until: string
}

export type Freezes = ReturnType<typeof createFreezes>

const topic = { topic: 'action', id: 'freezes' } as const

/** Makes the storage of calendars and exceptions. All times are PostgreSQL's, as the ledger's are. */
export function createFreezes(store: Store) {
  return {
    /** What the guard judges by. @throws when anything stored cannot be read: then all is frozen. */
    async inForce(): Promise<{ calendars: FreezeCalendar[]; exceptions: FreezeException[] }> {
      return { calendars: await readCalendars(store.client), exceptions: await readExceptions(store.client) }
    },

    /** By name, with whether each is closed now and whether an exception lifts it. */
    async list(): Promise<(FreezeCalendar & { closedNow: boolean; lifted: boolean })[]> {
      const [calendars, exceptions, at] = await Promise.all([
        readCalendars(store.client),
        readExceptions(store.client),
        readNow(store.client),
      ])
      return calendars.map((one) => ({ ...one, closedNow: isClosed(one, at), lifted: isLifted(one, exceptions, at) }))
    },

    /** Newest first; those that are over among them, as the record. */
    async exceptions(): Promise<FreezeExceptionRow[]> {
      const rows = await store.client.freezeException.findMany({ orderBy: { askedAt: 'desc' }, take: 100 })
      return rows.map(exceptionRow)
    },

    /**
     * Makes or replaces a calendar.
     * @throws DbError `calendar-closed`: it is closed now, and one person alone may not open it.
     */
    async save(calendar: FreezeCalendar, by: string): Promise<void> {
      await store.write(async (tx, tell) => {
        await refuseWhileClosed(tx, calendar.name)
        const data = { content: jsonValue(freezeCalendar.parse(calendar)), updatedBy: by }
        const { name } = calendar
        await tx.freezeCalendar.upsert({ where: { name }, create: { name, ...data }, update: data })
        tell(topic)
      })
    },

    /** @throws DbError `calendar-closed`, `unknown-calendar`. */
    async remove(name: string): Promise<void> {
      await store.write(async (tx, tell) => {
        await refuseWhileClosed(tx, name)
        const { count } = await tx.freezeCalendar.deleteMany({ where: { name } })
        if (count === 0) throw unknownCalendar(name)
        tell(topic)
      })
    },

    /**
     * Asks for an exception; it counts once somebody else confirmed it. A token is the person whose it is.
     * @returns its id @throws DbError `unknown-calendar`, `exception-refused`: nobody knows whose token it is.
     */
    ask: (wanted: { calendar: string; reason: string; minutes: number; by: string }): Promise<string> =>
      store.write(async (tx, tell) => {
        const { calendar, reason, minutes, by } = wanted
        if (!(await tx.freezeCalendar.findUnique({ where: { name: calendar } }))) throw unknownCalendar(calendar)
        const now = await readNow(tx)
        const data = {
          calendar,
          reason,
          askedBy: personIn(by),
          askedAt: new Date(now),
          until: new Date(now + minutes * 60_000),
        }
        const { id } = await tx.freezeException.create({ data, select: { id: true } })
        tell(topic)
        return id
      }),

    /** @throws DbError `exception-refused`: it is unknown, over, confirmed already, or one's own. */
    confirm: (id: string, by: string): Promise<void> =>
      store.write(async (tx, tell) => {
        const person = personIn(by)
        const now = new Date(await readNow(tx))
        const { count } = await tx.freezeException.updateMany({
          where: { id, confirmedBy: null, askedBy: { not: person }, until: { gt: now } },
          data: { confirmedBy: person, confirmedAt: now },
        })
        if (count === 0)
          throw new DbError('exception-refused', 'It is over, confirmed already, or you asked for it yourself.', {
            fix: 'A second person must confirm it before its time is over. Ask for a new one if it is.',
          })
        tell(topic)
      }),
  }
}

async function readCalendars(tx: Transaction): Promise<FreezeCalendar[]> {
  const rows = await tx.freezeCalendar.findMany({ orderBy: { name: 'asc' } })
  return rows.map(({ content }) => freezeCalendar.parse(content))
}

async function readExceptions(tx: Transaction): Promise<FreezeException[]> {
  const until = { gt: new Date(await readNow(tx)) }
  const rows = await tx.freezeException.findMany({ where: { until } })
  return rows.map(({ calendar, reason, askedBy, confirmedBy, until: end }) => ({
    calendar,
    reason,
    askedBy,
    confirmedBy,
    until: end.getTime(),
  }))
}

function personIn(label: string): string {
  const person = personOf(label)
  if (person !== null) return person
  throw new DbError('exception-refused', 'An exception takes two people, and nobody knows whose token this is.', {
    fix: 'Do it by yourself, or with a token of yours.',
  })
}

/** Else who may edit a calendar could open it alone, without an exception. */
async function refuseWhileClosed(tx: Transaction, name: string): Promise<void> {
  const held = (await readCalendars(tx)).find((calendar) => calendar.name === name)
  const at = await readNow(tx)
  if (!held || !isClosed(held, at) || isLifted(held, await readExceptions(tx), at)) return
  throw new DbError('calendar-closed', `${name} is closed now, so that one person alone may not change it.`, {
    fix: 'Ask for an exception and let a second person confirm it, or wait until the calendar opens.',
  })
}

const nowRow = z.tuple([z.object({ now: z.number() })])

async function readNow(tx: Transaction): Promise<number> {
  const rows = await tx.$queryRaw`SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::float8 AS "now"`
  return nowRow.parse(rows)[0].now
}

function exceptionRow(row: Prisma.FreezeExceptionGetPayload<object>): FreezeExceptionRow {
  const { id, calendar, reason, askedBy, askedAt, confirmedBy, confirmedAt, until } = row
  return {
    id,
    calendar,
    reason,
    askedBy,
    askedAt: iso(askedAt),
    confirmedBy,
    confirmedAt: isoOrNull(confirmedAt),
    until: iso(until),
  }
}

const unknownCalendar = (name: string): DbError =>
  new DbError('unknown-calendar', `There is no calendar "${name}".`, {
    fix: 'Look at Actions, Calendars for the names.',
  })
