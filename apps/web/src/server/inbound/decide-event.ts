/** What becomes of an event that a trigger was asked about: one of its dispositions, which is written down and given back. */
import type { InboundDisposition, InboundRow, TriggerRow } from '@tenon/db'
import { matchTrigger, recordOfEntered, type TriggerKind } from '@tenon/runbook'
import { problemOf } from '../errors.ts'
import type { Services } from '../services.ts'
import { startAgain, startRun } from '../start-run.ts'

export type Disposition = Exclude<InboundDisposition, 'accepted'>

/** `accepted`: it is on record and not decided yet; it is tried again. */
export interface Decided {
  id: string
  disposition: InboundDisposition
  /** One sentence. */
  reason: string
  runId: string | null
}

export type InboundParts = Pick<Services, 'db' | 'engine' | 'compile' | 'express'>

/** An event on record, as a trigger meets it. */
export interface MetEvent {
  /** Of its row; the run that comes of it has the same id, so that trying again starts nothing twice. */
  id: string
  receivedAt: string
  trigger: TriggerRow
  event: Record<string, unknown>
  /** Set when it is nothing to run for, whatever the trigger says. */
  ignored?: string
  /** It was worked on before: its run may be there. */
  again?: boolean
}

/** An event that cannot be started is tried for so long; then it is rejected. */
const longestTrialMs = 24 * 3_600_000

/** Decides and writes it down; an event whose run cannot be started now stays `accepted`. Never throws for what the event itself is. */
export async function decideEvent(services: InboundParts, met: MetEvent): Promise<Decided> {
  const { trigger, event } = met
  if (met.ignored !== undefined) return decide(services, met.id, { disposition: 'filtered', reason: met.ignored })
  if (trigger.paused) {
    const why = trigger.pausedReason ? `: ${trigger.pausedReason}` : '.'
    const reason = `The trigger is paused by ${trigger.pausedBy ?? 'somebody'}${why}`
    return decide(services, met.id, { disposition: 'filtered', reason })
  }
  if (trigger.content.kind === 'schedule') {
    return decide(services, met.id, { disposition: 'rejected', reason: 'The trigger is a schedule now.' })
  }
  const match = matchTrigger(trigger.content, event)
  switch (match.kind) {
    case 'filtered':
      return decide(services, met.id, { disposition: 'filtered', reason: match.reason })
    case 'rejected':
      return decide(services, met.id, { disposition: 'rejected', reason: match.reason })
    case 'run':
      return run(services, met, match.params)
  }
}

async function run(services: InboundParts, met: MetEvent, params: Record<string, unknown>): Promise<Decided> {
  const { id, trigger, event } = met
  const kind: TriggerKind = trigger.kind === 'webhook' ? 'webhook' : 'event'
  try {
    const known = met.again ? await services.db.runs.summary(id) : null
    const started = known
      ? await startAgain(services, id)
      : await startRun(services, {
          name: trigger.runbook,
          environment: trigger.environment,
          params,
          trigger: { kind, by: `${kind}:${trigger.runbook}/${trigger.name}`, payload: event },
          runId: id,
        })
    const { disposition, runId } = started
    return await decide(services, id, { ...recordOfEntered(disposition, 'It started a run.'), runId })
  } catch (error) {
    const { status, message, fix } = problemOf(error)
    const reason = `${message} ${fix}`
    if (status < 500) return decide(services, id, { disposition: 'rejected', reason })
    if (Date.now() - Date.parse(met.receivedAt) > longestTrialMs) {
      return decide(services, id, { disposition: 'rejected', reason: `It could not be started for a day. ${reason}` })
    }
    return { id, disposition: 'accepted', reason: `${message} It is tried again.`, runId: null }
  }
}

export async function decide(
  { db }: Pick<Services, 'db'>,
  id: string,
  decision: { disposition: Disposition; reason: string; runId?: string | null },
): Promise<Decided> {
  const { disposition, runId = null } = decision
  const reason = decision.reason.length > 1000 ? `${decision.reason.slice(0, 999)}…` : decision.reason
  await db.inbound.decide(id, { disposition, reason, runId })
  return { id, disposition, reason, runId }
}

/** Of an event that came before, and is on record as such. */
export function duplicate(id: string, earlier: InboundRow): Decided {
  const reason = `The same event came at ${earlier.receivedAt} already.`
  return { id, disposition: 'deduplicated', reason, runId: earlier.runId }
}
