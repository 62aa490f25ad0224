import { ActionError } from '../action-error.ts'
import type { LedgerAction } from '../ledger.ts'
import { stopHolds } from '../stops/write-stop.ts'
import { breakAction, type Breach, type BreakerDeps } from './breakers.ts'

/**
 * Puts back what is in effect of a scope, each action as its own breaker would: on record first, through its lease, and not while writes are
 * stopped.
 *
 * @returns what was put back, in words.
 * @throws ActionError `ledger-conflict` while something of the scope is in effect or on its way there: ask again.
 */
export async function revertScope(
  scope: string,
  breach: Breach,
  deps: Pick<BreakerDeps, 'actions' | 'leases' | 'notify' | 'onError'>,
): Promise<string> {
  const { ledger } = deps.actions
  const ofScope = async (): Promise<LedgerAction[]> =>
    (await ledger.list({ state: 'open' })).filter(
      (action) => stopHolds({ scope }, action) && action.status !== 'unknown',
    )
  const inEffect = (await ofScope()).filter(({ status, revert }) => status === 'done' && revert !== null)
  await Promise.all(
    inEffect.map((action) =>
      breakAction(action, breach, deps).catch((error: unknown) => deps.onError(`action ${action.id}`, error)),
    ),
  )
  const left = await ofScope()
  if (left.length > 0)
    throw new ActionError('ledger-conflict', `Not put back yet: ${left.map(({ title }) => title).join(', ')}.`, {
      fix: 'Look at the actions, and whether writes are stopped.',
      retryable: true,
    })
  if (inEffect.length === 0) return `Nothing of ${scope} is in effect.`
  return `Put back: ${inEffect.map(({ title }) => title).join(', ')}.`
}
