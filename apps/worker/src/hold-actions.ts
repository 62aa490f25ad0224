/** Keeps what is in effect in effect: a proxy that was reloaded forgets what was set. */
import { ActionError, holdAction, type ActionDeps } from '@tenon/actions'

/** @returns ids of the actions that were set again. */
export async function holdActions(
  { actions, onError }: { actions: ActionDeps; onError: (what: string, error: unknown) => void },
  signal: AbortSignal,
): Promise<string[]> {
  const again: string[] = []
  for (const action of await actions.ledger.list({ state: 'open' })) {
    if (signal.aborted) break
    if (action.status !== 'done') continue
    try {
      if ((await holdAction(action, actions, signal)) === 'set-again') again.push(action.id)
    } catch (error) {
      // Its lease, a person or another worker is at work on it, or the target is away for a while: the next round looks again.
      const passing = error instanceof ActionError && (error.code === 'stale' || error.code === 'target-unreachable')
      if (!passing && !signal.aborted) onError(`action ${action.id}`, error)
    }
  }
  return again
}
