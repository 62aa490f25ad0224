/** Works on events that are on record and not decided: those that a step of a run sent, and those whose process died before it could decide. */
import type { InboundRow } from '@tenon/db'
import { problemOf } from '../errors.ts'
import type { Services } from '../services.ts'
import { decide, decideEvent, type InboundParts } from './decide-event.ts'
import { dispatchEvent, isRoot, namedEvent } from './events.ts'
import { inTurn } from './in-turn.ts'
import { sourceOf } from './receive-webhook.ts'
import * as z from 'zod'

const width = 8
const settleMs = 100

export interface Dispatcher {
  /** Works on all that is older than a moment; resolves when it has. @returns how many there were. */
  sweep(olderThanMs?: number): Promise<number>
  stop(): void
}

/** @param options.everyMs between two looks for what was left. */
export function startDispatcher(
  services: InboundParts & Pick<Services, 'live'>,
  { everyMs = 30_000 }: { everyMs?: number } = {},
): Dispatcher {
  let turn: Promise<unknown> = Promise.resolve()

  const resumeQuietly = (row: InboundRow): Promise<void> =>
    resumeInbound(services, row).catch((error: unknown) => say(row.id, error))

  async function sweepNow(olderThanMs: number): Promise<number> {
    const rows = await services.db.inbound.undecided({ olderThanMs })
    const ours = rows.filter(({ kind }) => kind !== 'schedule')
    // Events first: what they met is worked on with them, and is decided then.
    await inTurn(ours.filter(isRoot), width, resumeQuietly)
    await inTurn(
      ours.filter((row) => !isRoot(row)),
      width,
      async ({ id }) => {
        const now = await services.db.inbound.get(id)
        if (now) await resumeQuietly(now)
      },
    )
    return ours.length
  }

  /** One at a time: a second one would work on the same rows. */
  function sweep(olderThanMs = everyMs): Promise<number> {
    const mine = turn.then(() => sweepNow(olderThanMs))
    turn = mine.catch(() => undefined)
    return mine
  }

  /** Events that steps of runs sent and only wrote down: whoever hears of it works on them. */
  async function takeEmitted(): Promise<void> {
    const rows = await services.db.inbound.undecided({ olderThanMs: 0, kind: 'event' })
    await inTurn(rows.filter(isRoot), width, resumeQuietly)
  }

  // Much may be told in one moment; one look then finds it all.
  let looking: NodeJS.Timeout | null = null
  function lookSoon(): void {
    looking ??= setTimeout(() => {
      looking = null
      void takeEmitted().catch((error: unknown) => say('all', error))
    }, settleMs)
  }

  const quietly = (olderThanMs?: number): void => void sweep(olderThanMs).catch((error: unknown) => say('all', error))
  const unsubscribe = services.live.subscribe({
    onMessage: ({ topic }) => {
      if (topic === 'inbound') lookSoon()
    },
    onGap: () => quietly(),
  })
  const timer = setInterval(quietly, everyMs)
  timer.unref()
  quietly()
  return {
    sweep,
    stop() {
      clearInterval(timer)
      if (looking) clearTimeout(looking)
      unsubscribe?.()
    },
  }
}

/** Works again on an event that is on record. Doing it twice does nothing twice: a run has the id of its event. */
export async function resumeInbound(services: InboundParts, row: InboundRow): Promise<void> {
  if (row.disposition !== 'accepted') return
  if (isRoot(row)) {
    const event = namedEvent.safeParse(row.payload)
    if (event.success) await dispatchEvent(services, row.id, event.data)
    else await decide(services, row.id, { disposition: 'rejected', reason: 'What was kept of it is no event.' })
    return
  }
  // Those that an event met are worked on with it.
  if (row.kind === 'event') return resumeMet(services, row)
  const trigger = await triggerOfRow(services, row)
  const payload = z.record(z.string(), z.unknown()).safeParse(row.payload)
  if (!trigger || !payload.success) {
    const reason = trigger ? 'Nothing is kept of it.' : 'The trigger that it came through is gone.'
    await decide(services, row.id, { disposition: 'rejected', reason })
    return
  }
  await decideEvent(services, { id: row.id, receivedAt: row.receivedAt, trigger, event: payload.data, again: true })
}

async function resumeMet(services: InboundParts, row: InboundRow): Promise<void> {
  const event = namedEvent.safeParse(row.payload)
  const root = event.success ? await services.db.inbound.find(`event:${event.data.name}`, row.dedupKey ?? '') : null
  if (root?.disposition === 'accepted') return
  const trigger = event.success ? await triggerOfRow(services, row) : null
  if (trigger && event.success) {
    await decideEvent(services, { id: row.id, receivedAt: row.receivedAt, trigger, event: event.data, again: true })
    return
  }
  await decide(services, row.id, { disposition: 'rejected', reason: 'What it was for is gone.' })
}

async function triggerOfRow({ db }: Pick<Services, 'db'>, row: InboundRow) {
  const { runbookName, environment, source } = row
  if (runbookName === null) return null
  const rows = await db.runbooks.triggersOf(runbookName, environment ?? 'production')
  return rows.find((trigger) => sourceOf(trigger) === source) ?? null
}

function say(id: string, error: unknown): void {
  const { code, message } = problemOf(error)
  console.error(JSON.stringify({ level: 'warn', message: `The event ${id} is not decided yet`, code, error: message }))
}
