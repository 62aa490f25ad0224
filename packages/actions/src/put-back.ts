/** Putting back what an action found: compare-and-set. What somebody else changed since is never overwritten; a person decides. */
import { ActionError, messageOf } from './action-error.ts'
import type { ActionDeps } from './deps.ts'
import type { Intent } from './driver.ts'
import type { LedgerAction } from './ledger.ts'
import { readBack, type ReadBack } from './read-back.ts'
import { driverOf, event, send } from './send.ts'

/** `lease`: its time ran out. `run`: the run failed or was cancelled. `person`: somebody asked. `harm`: a measure broke its bound. */
export type RevertReason = 'lease' | 'run' | 'person' | 'harm'

export interface RevertBy {
  reason: RevertReason
  /** `user:<id>`, `token:<id>` or `system`. */
  by: string
}

/** After so many failed tries a person is told: the lease goes on trying, but the outside stays changed past its time. */
const triesAlone = 3

/**
 * Puts back an action in `reverting`. A failed try is on record; from the third on people are told.
 *
 * @returns it `reverted` or `expired`; `unknown` when the target is not as we left it.
 * @throws ActionError `target-unreachable` (the action stays `reverting`, and the next try goes on from that), `stale`.
 */
export async function putBack(
  reverting: LedgerAction,
  by: RevertBy,
  deps: ActionDeps,
  signal?: AbortSignal,
): Promise<LedgerAction> {
  try {
    return await tryOnce(reverting, by, deps, signal)
  } catch (error) {
    // Neither says anything of the target: another process goes on with it, or this one ends.
    const ours = signal?.aborted === true || (error instanceof ActionError && error.code === 'stale')
    if (!ours) await noteFailure(reverting, by, deps, messageOf(error))
    throw error
  }
}

async function noteFailure(action: LedgerAction, { by }: RevertBy, deps: ActionDeps, failed: string): Promise<void> {
  const noted = await deps.ledger.record(action.id, event('revert', by, { failed }))
  const events = await deps.ledger.events(action.id)
  const tries = events.filter(({ kind, detail }) => kind === 'revert' && 'failed' in detail).length
  if (tries >= triesAlone) await deps.onNotPutBack?.(noted, `${tries} tries failed, the last because: ${failed}`)
}

async function tryOnce(
  reverting: LedgerAction,
  by: RevertBy,
  deps: ActionDeps,
  signal?: AbortSignal,
): Promise<LedgerAction> {
  const { revert } = reverting
  const found = await look(reverting, deps, signal)
  if (found.kind === 'untouched') return finish(reverting, by, deps, 'it was as found already')
  if (found.kind === 'foreign' || revert === null) return conflict(reverting, by, deps, detailOf(found))
  return sendBack(reverting, { ...by, revert }, deps, signal)
}

async function sendBack(
  action: LedgerAction,
  by: RevertBy & { revert: Intent },
  deps: ActionDeps,
  signal?: AbortSignal,
): Promise<LedgerAction> {
  const sent = await send(action, { intent: by.revert, holder: 'revert', guarded: false, fresh: false }, deps, signal)
  // An answer that got lost says nothing of the change: the target does.
  const found = await look(sent.action, deps, signal)
  switch (found.kind) {
    case 'untouched':
      return finish(sent.action, by, deps, 'read back as found')
    case 'applied':
    case 'partial': {
      const why = sent.kind === 'failed' ? messageOf(sent.error) : 'the change had no effect'
      throw new ActionError('target-unreachable', `"${action.title}" could not be put back: ${why}.`, {
        fix: 'It is tried again; the action stays listed until it is put back.',
        cause: sent.kind === 'failed' ? sent.error : undefined,
      })
    }
    case 'foreign':
      return conflict(sent.action, by, deps, found.detail)
  }
}

async function look(action: LedgerAction, deps: ActionDeps, signal?: AbortSignal): Promise<ReadBack> {
  const driver = await driverOf(action, deps)
  const state = await driver.observe(action.before.target, signal, action.intent)
  return readBack(state, action.plan.waves, action.before)
}

async function conflict(
  action: LedgerAction,
  { by }: RevertBy,
  deps: ActionDeps,
  found: string,
): Promise<LedgerAction> {
  const detail = `${found}: somebody changed it since, so nothing was overwritten`
  const unknown = await deps.ledger.advance(action.id, {
    from: ['reverting'],
    to: 'unknown',
    fence: action.fence,
    event: event('unknown', by, { detail }),
  })
  await deps.onUnknown(unknown, detail)
  return unknown
}

function finish(
  action: LedgerAction,
  { reason, by }: RevertBy,
  deps: ActionDeps,
  detail: string,
): Promise<LedgerAction> {
  return deps.ledger.advance(action.id, {
    from: ['reverting'],
    to: reason === 'lease' ? 'expired' : 'reverted',
    fence: action.fence,
    event: event('revert', by, { readBack: detail, reason }),
  })
}

function detailOf(found: ReadBack): string {
  return found.kind === 'foreign' ? found.detail : 'It cannot be put back'
}
