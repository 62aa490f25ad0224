/**
 * An action of which nobody knows what it did blocks its target. A person settles it: the target is read once more, and what it shows decides.
 * Only where it shows nothing clear (half changed, changed by somebody else, unreadable) does the person's own word count, and it is on record.
 */
import { ActionError } from './action-error.ts'
import type { ActionDeps } from './deps.ts'
import { actionOf, type LedgerAction } from './ledger.ts'
import { event } from './send.ts'
import { kept, readTarget, takeTurn, verified } from './settle.ts'

/** What a person saw at the target. */
export interface Verdict {
  inEffect: boolean
  reason: string
}

export interface SettleUnknown {
  actionId: string
  by: string
  /** null: look only. */
  verdict: Verdict | null
}

/**
 * Reads the target of an unknown action and settles the action: `done` (or `kept`, when it cannot be put back), `not-done`, or `reverted` when it
 * was in effect before. It stays `unknown` when the target shows nothing clear and nobody says what they saw. It never changes the target.
 *
 * @throws ActionError `ledger-conflict` when the action is not unknown; `stale` when somebody else works on it; `unknown-action`.
 */
export async function settleUnknown(
  { actionId, by, verdict }: SettleUnknown,
  deps: ActionDeps,
  signal?: AbortSignal,
): Promise<LedgerAction> {
  const action = await actionOf(actionId, deps.ledger)
  if (action.status !== 'unknown')
    throw new ActionError('ledger-conflict', `"${action.title}" is ${action.status}: what it did is known.`, {
      fix: 'Load the page again: somebody settled it.',
    })
  const said =
    verdict === null ? {} : { said: verdict.inEffect ? 'in effect' : 'not in effect', reason: verdict.reason }
  const taken = await takeTurn(action, event('attempt', by, { look: true }), deps, signal)
  const found = await readTarget(taken, deps, signal)
  switch (found.kind) {
    case 'applied': {
      const done = await inEffect(taken, { by, detail: { readBack: 'it reads as it was meant', ...said } }, deps)
      return kept(await verified(done, deps, signal), deps)
    }
    case 'untouched':
      return notInEffect(taken, { by, detail: { readBack: 'it reads as it was found', ...said } }, deps)
    case 'partial':
    case 'foreign':
    case 'unreadable': {
      const { detail } = found
      if (verdict === null) return deps.ledger.record(actionId, event('unknown', by, { look: true, detail }))
      const word = { by, detail: { found: detail, ...said } }
      return verdict.inEffect ? kept(await inEffect(taken, word, deps), deps) : notInEffect(taken, word, deps)
    }
  }
}

interface Settling {
  by: string
  /** `readBack`: what decided. `found`: what decided nothing, so that the word that was `said` did. */
  detail: Record<string, unknown>
}

function inEffect(action: LedgerAction, { by, detail }: Settling, deps: ActionDeps): Promise<LedgerAction> {
  const until = action.leaseUntil === null ? null : new Date(action.leaseUntil).toISOString()
  return deps.ledger.advance(action.id, {
    from: ['unknown'],
    to: 'done',
    fence: action.fence,
    event: event('lease', by, { look: true, until, ...detail }),
  })
}

/** One that never was in effect was not done; one that was is no more, whoever put it back. */
async function notInEffect(action: LedgerAction, { by, detail }: Settling, deps: ActionDeps): Promise<LedgerAction> {
  const { id, fence } = action
  if (action.appliedAt === null)
    return deps.ledger.advance(id, {
      from: ['unknown'],
      to: 'not-done',
      fence,
      event: event('apply', by, { look: true, ...detail }),
    })
  await deps.ledger.advance(id, {
    from: ['unknown'],
    to: 'reverting',
    fence,
    event: event('revert', by, { look: true, reason: 'person' }),
  })
  return deps.ledger.advance(id, {
    from: ['reverting'],
    to: 'reverted',
    fence,
    event: event('revert', by, { look: true, reason: 'person', ...detail }),
  })
}
