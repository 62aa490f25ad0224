/** From "intended" to an outcome: what the target shows decides, never the answer of a call. */
import { messageOf } from './action-error.ts'
import type { ActionDeps } from './deps.ts'
import type { VerificationRow } from './driver.ts'
import { actionOf, type LedgerAction, type NewActionEvent } from './ledger.ts'
import { readBack, type ReadBack } from './read-back.ts'
import { driverOf, event, movedOn, note, settleMilliseconds } from './send.ts'
import { verifyAction } from './verify-action.ts'

export type Found = ReadBack | { kind: 'unreadable'; detail: string }

/** Writes the outcome that the read-back shows, and looks whether what is done worked. */
export async function settle(
  action: LedgerAction,
  found: Found,
  deps: ActionDeps,
  signal?: AbortSignal,
): Promise<LedgerAction> {
  const settled = await outcome(action, found, deps)
  return settled.status === 'done' ? kept(await verified(settled, deps, signal), deps) : settled
}

/** A partial change counts as unknown: nobody meant it. */
async function outcome(action: LedgerAction, found: Found, deps: ActionDeps): Promise<LedgerAction> {
  const { id, fence, plan } = action
  switch (found.kind) {
    case 'applied': {
      const until = action.leaseUntil === null ? null : new Date(action.leaseUntil).toISOString()
      const stopped = found.wave < plan.waves.length - 1 ? { stoppedAtWave: found.wave + 1, of: plan.waves.length } : {}
      return deps.ledger.advance(id, {
        from: ['intended'],
        to: 'done',
        fence,
        event: event('lease', 'system', { until, ...stopped }),
      })
    }
    case 'untouched':
      return deps.ledger.advance(id, {
        from: ['intended'],
        to: 'not-done',
        fence,
        event: event('apply', 'system', { readBack: 'as found: nothing was changed' }),
      })
    case 'partial':
    case 'foreign':
    case 'unreadable': {
      const { detail } = found
      const unknown = await deps.ledger.advance(id, {
        from: ['intended'],
        to: 'unknown',
        fence,
        event: event('unknown', 'system', { detail }),
      })
      await deps.onUnknown(unknown, detail)
      return unknown
    }
  }
}

/** Looks whether it worked, and writes that down. */
export async function verified(action: LedgerAction, deps: ActionDeps, signal?: AbortSignal): Promise<LedgerAction> {
  const driver = await driverOf(action, deps)
  const verification = await verifyAction(action, driver, deps, signal).catch((error: unknown): VerificationRow[] => {
    // Whoever goes on with it looks again, and its lease runs; what has no lease is over in any case.
    if (action.revert !== null) signal?.throwIfAborted()
    // The action is done (it was read back); that it could not be watched is said, and does not undo it.
    return [{ label: 'requests', before: 'reported', after: `could not be read: ${messageOf(error)}`, pass: false }]
  })
  return note(action, event('verify', 'system', { rows: verification }), deps, { verification })
}

/** What cannot be put back is over when it was verified: it has no lease, and blocks nobody. */
export async function kept(action: LedgerAction, deps: ActionDeps): Promise<LedgerAction> {
  if (action.revert !== null) return action
  return deps.ledger.advance(action.id, {
    from: ['done'],
    to: 'kept',
    fence: action.fence,
    event: event('keep', 'system', { why: 'It cannot be put back, so it has no lease.' }),
  })
}

/**
 * Takes an action over from a process that may be dead: its fence first, so that no new call of that process begins, then the time in which a call
 * that is under way can still land, then the target is read.
 *
 * @throws ActionError `stale` when a third process took it over at the same time.
 */
export async function takeOver(
  action: LedgerAction,
  deps: ActionDeps,
  signal?: AbortSignal,
): Promise<{ action: LedgerAction; found: Found }> {
  const taken = await takeTurn(action, event('attempt', 'system', {}), deps, signal)
  return { action: taken, found: await readTarget(taken, deps, signal) }
}

/** How long after the settling time a process that took an action over may need to read its target and write what it saw. */
const turnMilliseconds = 2000
/** How often it is looked meanwhile whether they ended: a lease that is over waits no longer than it has to. */
const lookMilliseconds = 500

/**
 * Takes the action's fence, then waits until nothing can land any more. Somebody who took it over a moment ago is let finish: two that are both alive
 * (a trigger that came twice, a lease and a person) would else take it from each other for ever, each before the other has waited long enough.
 *
 * @throws ActionError `stale` when another has moved it on meanwhile.
 */
export async function takeTurn(
  action: LedgerAction,
  attempt: NewActionEvent,
  deps: ActionDeps,
  signal?: AbortSignal,
): Promise<LedgerAction> {
  const settles = settleMilliseconds(await driverOf(action, deps))
  const last = (await deps.ledger.events(action.id)).at(-1)
  if (last?.kind === 'attempt') {
    let left = last.at + settles + turnMilliseconds - (await deps.ledger.now())
    do {
      const pause = Math.min(Math.max(left, 0), lookMilliseconds)
      if (pause > 0) await deps.clock.sleep(pause, signal)
      left -= pause
      const now = await deps.ledger.get(action.id)
      if (now?.status !== action.status || now.fence !== action.fence) throw movedOn(action)
    } while (left > 0)
  }
  const taken = await deps.ledger.nextFence(action.id, action.fence, attempt)
  // Its outcome was written right before: there is nothing left to be found out.
  if (taken.status !== action.status) throw movedOn(action)
  await deps.clock.sleep(settles, signal)
  return taken
}

const readAttempts = 3

/** Reads the target back; some seconds of trouble do not make an unknown. */
export async function readTarget(action: LedgerAction, deps: ActionDeps, signal?: AbortSignal): Promise<Found> {
  const driver = await driverOf(action, deps)
  let failure: unknown = null
  for (let attempt = 1; attempt <= readAttempts; attempt++) {
    try {
      const state = await driver.observe(action.before.target, signal, action.intent)
      return readBack(state, action.plan.waves, action.before)
    } catch (error) {
      failure = error
      if (attempt < readAttempts) await deps.clock.sleep(1000 * attempt, signal)
    }
  }
  return { kind: 'unreadable', detail: `the target could not be read back: ${messageOf(failure)}` }
}

/**
 * Settles an action whose process died between intent and outcome, for who puts it back. It never applies anything, and does not watch whether it
 * worked: what is put back need not have, and would stay in effect meanwhile.
 *
 * @returns the action as it is afterwards; actions in another status are returned as they are.
 */
export async function resolveIntended(actionId: string, deps: ActionDeps, signal?: AbortSignal): Promise<LedgerAction> {
  const action = await actionOf(actionId, deps.ledger)
  if (action.status !== 'intended') return action
  const taken = await takeOver(action, deps, signal)
  const settled = await outcome(taken.action, taken.found, deps)
  return settled.status === 'done' ? kept(settled, deps) : settled
}

/**
 * Settles what a dead process left behind: an intended action is read back, a planned one that never began is refused. Any other stays as it is.
 *
 * @throws ActionError `stale` or `ledger-conflict` when the process was not dead, or another settles it.
 */
export async function resolveAbandoned(action: LedgerAction, deps: ActionDeps): Promise<LedgerAction> {
  if (action.status === 'intended') {
    const taken = await takeOver(action, deps)
    return settle(taken.action, taken.found, deps)
  }
  if (action.status !== 'planned' && action.status !== 'approved') return action
  return deps.ledger.advance(action.id, {
    from: ['planned', 'approved'],
    to: 'refused',
    event: event('refused', 'system', {
      code: 'abandoned',
      message: 'Its process ended before the action began; the target was not touched.',
      fix: 'Run the runbook again.',
    }),
  })
}
