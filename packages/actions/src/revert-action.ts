/** Ending an action in effect: put back, renewed, or kept for good. */
import { ActionError } from './action-error.ts'
import type { ActionDeps } from './deps.ts'
import { assertNever } from './exhaustive.ts'
import { stoppedBy } from './guards/kill-switch.ts'
import { actionOf, type LedgerAction } from './ledger.ts'
import { putBack, type RevertBy } from './put-back.ts'
import { event } from './send.ts'
import { resolveIntended, takeTurn } from './settle.ts'

export interface RevertInput extends RevertBy {
  actionId: string
}

/**
 * Puts back what an action found, once. Safe to call again after a crash, and for actions that are over (then nothing happens).
 * While writes are stopped only a person may revert: a stop means that nothing moves by itself.
 *
 * @returns the action, `reverted` or `expired`, or `unknown` when the target is not as we left it.
 * @throws ActionError `target-unreachable` or `writes-stopped` (both retryable: the action stays open), `unknown-action`.
 */
export async function revertAction(input: RevertInput, deps: ActionDeps, signal?: AbortSignal): Promise<LedgerAction> {
  const action = await resolveIntended(input.actionId, deps, signal)
  const status = action.status
  switch (status) {
    case 'planned':
    case 'approved':
    case 'not-done':
    case 'reverted':
    case 'expired':
    case 'kept':
    case 'rehearsed':
    case 'refused':
      return action
    case 'intended':
      throw new ActionError('ledger-conflict', `Whether "${action.title}" was applied is not settled yet.`, {
        fix: 'Try again in a moment.',
        retryable: true,
      })
    case 'unknown':
      // Only a person may overrule a doubt.
      return input.reason === 'person' ? begin(action, input, deps, signal) : action
    case 'done':
      return begin(action, input, deps, signal)
    case 'reverting':
      return again(action, input, deps, signal)
    default:
      return assertNever(status)
  }
}

async function begin(action: LedgerAction, input: RevertInput, deps: ActionDeps, signal?: AbortSignal) {
  await assertWritesAllowed(action, input, deps)
  const reverting = await deps.ledger.advance(action.id, {
    from: ['done', 'unknown'],
    to: 'reverting',
    fence: action.fence,
    event: event('revert', input.by, { reason: input.reason, intent: action.revert }),
  })
  return putBack(reverting, input, deps, signal)
}

/** Somebody began to put it back and did not end it: it may be dead, and its call under way. */
async function again(action: LedgerAction, input: RevertInput, deps: ActionDeps, signal?: AbortSignal) {
  await assertWritesAllowed(action, input, deps)
  const taken = await takeTurn(action, event('attempt', input.by, { reason: input.reason }), deps, signal)
  return putBack(taken, input, deps, signal)
}

async function assertWritesAllowed(action: LedgerAction, { reason }: RevertInput, deps: ActionDeps): Promise<void> {
  if (reason === 'person') return
  const stopped = await stoppedBy(action, deps)
  if (stopped === null) return
  throw new ActionError('writes-stopped', `"${action.title}" was not put back. ${stopped}.`, {
    fix: 'Resume writes, or press Revert yourself.',
    retryable: true,
  })
}

/** Lets an action in effect last longer; the durable timer is the caller's. */
export async function renewAction(
  input: { actionId: string; by: string; seconds: number },
  deps: Pick<ActionDeps, 'ledger'>,
): Promise<LedgerAction> {
  const action = await actionOf(input.actionId, deps.ledger)
  if (action.status !== 'done') throw conflict(`"${action.title}" is ${action.status}: only what is done has a lease.`)
  if (action.revert === null) throw conflict(`"${action.title}" cannot be put back, so it has no lease.`)
  return deps.ledger.record(
    action.id,
    { kind: 'lease', actor: input.by, detail: { seconds: input.seconds } },
    { leaseSeconds: input.seconds },
  )
}

/** A person says that it stays for good: nothing puts it back any more. */
export async function keepAction(
  input: { actionId: string; by: string; reason: string },
  deps: Pick<ActionDeps, 'ledger'>,
): Promise<LedgerAction> {
  const action = await actionOf(input.actionId, deps.ledger)
  if (action.status !== 'done' && action.status !== 'unknown')
    throw conflict(`"${action.title}" is ${action.status}: only what is in effect can be kept.`)
  return deps.ledger.advance(action.id, {
    from: ['done', 'unknown'],
    to: 'kept',
    fence: action.fence,
    event: event('keep', input.by, { why: input.reason }),
  })
}

function conflict(message: string): ActionError {
  return new ActionError('ledger-conflict', message, { fix: 'Load the page again: it says what became of it.' })
}
