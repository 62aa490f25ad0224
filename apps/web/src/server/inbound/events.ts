/** Events by name: what is sent (by the API, or by a step of a run) starts the runbooks that listen for it and reaches the steps that wait for it. */
import type { InboundRow } from '@tenon/db'
import * as z from 'zod'
import { problemOf } from '../errors.ts'
import { decide, decideEvent, duplicate, type Decided, type InboundParts } from './decide-event.ts'
import { inTurn } from './in-turn.ts'
import { shortKey, sourceOf } from './receive-webhook.ts'

/** What expressions see as `event`, and what is kept of it. */
export const namedEvent = z.object({
  name: z.string().min(1).max(200),
  id: z.string().min(1).max(200),
  payload: z.unknown(),
  /** How many events led to it, each sent by a run that the one before had started. */
  hops: z.number().int().nonnegative().default(0),
})
export type NamedEvent = z.infer<typeof namedEvent>

/** What the event itself became, and what it met. */
export interface Published extends Decided {
  met: (Decided & { source: string })[]
}

const width = 8

/**
 * Sends an event.
 * @param event.id equal ids of one name are the same event.
 */
export async function publishEvent(
  services: InboundParts,
  { event, bytes }: { event: NamedEvent; bytes: number },
): Promise<Published> {
  const { id, duplicateOf } = await services.db.inbound.accept({
    kind: 'api',
    source: rootSource(event.name),
    runbookName: null,
    environment: null,
    dedupKey: shortKey(event.id),
    payload: event,
    bytes,
  })
  if (duplicateOf) return { ...duplicate(id, duplicateOf), met: [] }
  return dispatchEvent(services, id, event)
}

const rootSource = (name: string): string => `event:${name}`

/** Tells an event on record to all that listen. Doing it twice does nothing twice. */
export async function dispatchEvent(services: InboundParts, id: string, event: NamedEvent): Promise<Published> {
  const { db } = services
  const [triggers, waits] = await Promise.all([
    db.runbooks.triggersOfKind('event'),
    db.eventWaits.waitingFor(event.name),
  ])
  const listening = triggers.filter(({ content }) => content.kind === 'event' && content.event === event.name)
  const started = await inTurn(listening, width, async (trigger) => {
    const source = sourceOf(trigger)
    const { runbook: runbookName, environment } = trigger
    const row = await acceptMet(services, { source, runbookName, environment, event })
    if (!row.fresh) return { ...row.decided, source }
    const { id, receivedAt, again } = row
    return { ...(await decideEvent(services, { id, receivedAt, again, trigger, event })), source }
  })
  const delivered = await inTurn(waits, width, (wait) => deliver(services, wait, event))
  const met = [...started, ...delivered]
  const open = met.filter(({ disposition }) => disposition === 'accepted')
  // Then it is told again, to those that did not get it.
  if (open.length > 0) return { id, disposition: 'accepted', reason: open[0]!.reason, runId: null, met }
  const decided =
    met.length === 0
      ? await decide(services, id, {
          disposition: 'filtered',
          reason: 'No runbook listens for it and no step waits for it.',
        })
      : await decide(services, id, { disposition: 'delivered', reason: reached(started.length, delivered.length) })
  return { ...decided, met }
}

function reached(runbooks: number, steps: number): string {
  const count = (number: number, what: string): string[] =>
    number === 0 ? [] : [`${number} ${what}${number === 1 ? '' : 's'}`]
  return `It reached ${[...count(runbooks, 'trigger'), ...count(steps, 'waiting step')].join(' and ')}.`
}

type Met = { fresh: true; id: string; receivedAt: string; again: boolean } | { fresh: false; decided: Decided }

/** A row of one that the event meets. One that is there and decided is left; one that is there and is not is worked on again. */
async function acceptMet(
  { db }: InboundParts,
  met: { source: string; runbookName: string | null; environment: string | null; event: NamedEvent },
): Promise<Met> {
  const { event, ...rest } = met
  const known = await db.inbound.find(met.source, shortKey(event.id))
  if (known?.disposition === 'accepted') return { fresh: true, id: known.id, receivedAt: known.receivedAt, again: true }
  if (known) return { fresh: false, decided: known }
  const { id, duplicateOf } = await db.inbound.accept({
    kind: 'event',
    ...rest,
    dedupKey: shortKey(event.id),
    payload: event,
    bytes: 0,
  })
  if (!duplicateOf) return { fresh: true, id, receivedAt: new Date().toISOString(), again: false }
  // Another process tells the same event at this moment.
  return { fresh: false, decided: duplicateOf }
}

async function deliver(
  services: InboundParts,
  { runId, stepId }: { runId: string; stepId: string },
  event: NamedEvent,
): Promise<Decided & { source: string }> {
  const source = `run:${runId}/${stepId}`
  const run = await services.db.runs.summary(runId)
  const runbookName = run?.runbook.name ?? null
  const row = await acceptMet(services, { source, runbookName, environment: run?.environment ?? null, event })
  if (!row.fresh) return { ...row.decided, source }
  const { name, id, payload } = event
  try {
    const { taken } = await services.engine.deliverEvent(runId, { stepId, event: { name, id, payload } })
    const decided = taken
      ? await decide(services, row.id, { disposition: 'delivered', reason: `The step ${stepId} took it.`, runId })
      : await decide(services, row.id, {
          disposition: 'filtered',
          reason: `The condition of the step ${stepId} does not hold.`,
          runId,
        })
    return { ...decided, source }
  } catch (error) {
    const { status, message } = problemOf(error)
    // The step waits no more, or the run has ended.
    if (status < 500) {
      return { ...(await decide(services, row.id, { disposition: 'filtered', reason: message, runId })), source }
    }
    return { id: row.id, disposition: 'accepted', reason: `${message} It is tried again.`, runId, source }
  }
}

/** Whether a row is an event itself, and not one of those that it met. */
export const isRoot = ({ source }: Pick<InboundRow, 'source'>): boolean => source.startsWith('event:')
