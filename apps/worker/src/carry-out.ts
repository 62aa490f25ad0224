/** What is done when a breaker without an action trips, and how people are told of it. */
import { revertScope, type ActionDeps, type Breaker, type BreakerDeps, type TripOutcome } from '@tenon/actions'
import type { Database } from '@tenon/db'
import type { Leases } from './leases.ts'
import { noticeBroken } from './notice-broken.ts'
import type { RunStarter } from './run-starter.ts'
import { postWebhook } from './webhook.ts'

export interface CarryOutDeps {
  db: Pick<Database, 'connections' | 'inbox' | 'settings' | 'audit'>
  actions: ActionDeps
  leases: Pick<Leases, 'revertNow'>
  starter: Pick<RunStarter, 'cancelRun'>
  onError: BreakerDeps['onError']
}

const webhookMilliseconds = 5_000

/** Asking twice does no harm: a stop stops once, an action is put back once, and a receiver knows a repeat by its key. */
export function createCarryOut(deps: CarryOutDeps): (breaker: Breaker) => Promise<string> {
  const { db, actions, leases, starter, onError } = deps
  return async (breaker) => {
    const { id, name, onBreach, detail, trippedAt } = breaker
    const why = `The breaker "${name}" tripped: ${detail}`
    switch (onBreach.kind) {
      case 'tell':
        return 'People were told.'
      case 'revert': {
        const notify: BreakerDeps['notify'] = (action, broken) => noticeBroken(action, broken, db)
        return revertScope(onBreach.scope, { kind: 'harm', detail: why }, { actions, leases, notify, onError })
      }
      case 'stop-writes': {
        const { scope } = onBreach
        const reason = why.slice(0, 400)
        // On record before it counts.
        await db.audit.append({
          actor: 'system',
          action: 'writes.stop',
          subject: scope,
          detail: { reason, breaker: id },
        })
        await db.settings.stopWrites('system', reason, scope)
        return `Writes are stopped: ${scope}. A person lets them go on.`
      }
      case 'cancel-run':
        await starter.cancelRun({ runId: onBreach.runId, by: 'system', reason: why })
        return `The run ${onBreach.runId} was told to cancel.`
      case 'webhook': {
        const body = { breaker: id, name, state: 'tripped', detail, at: new Date(trippedAt ?? 0).toISOString() }
        const key = `breaker/${id}`
        const signal = AbortSignal.timeout(webhookMilliseconds)
        const { status } = await postWebhook(db.connections, { connection: onBreach.connection, body, key, signal })
        return `The webhook ${onBreach.connection} answered ${status}.`
      }
    }
  }
}

/** Once for each breaker and outcome. */
export async function noticeTripped(
  { id, name, detail }: Breaker,
  outcome: TripOutcome,
  { inbox }: Pick<Database, 'inbox'>,
): Promise<void> {
  const link = '/actions/breakers'
  switch (outcome.kind) {
    case 'carried-out':
      return inbox.post({
        key: `breaker/${id}/tripped`,
        title: `Breaker tripped: ${name}`,
        body: `${detail}. ${outcome.result}`,
        severity: 'warning',
        link,
      })
    case 'failed':
      return inbox.post({
        key: `breaker/${id}/${outcome.again ? 'failed' : 'given-up'}`,
        title: `Breaker tripped, and nothing came of it: ${name}`,
        body: `${detail}. ${outcome.why} ${outcome.again ? 'It is tried again; stop the test by hand.' : 'It is not tried any more: do it by hand.'}`,
        severity: 'critical',
        link,
      })
  }
}
