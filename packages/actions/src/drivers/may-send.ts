import { ActionError } from '../action-error.ts'
import type { ApplyCall } from '../driver.ts'

/**
 * Call it right before every write to the outside: a process that was stopped meanwhile (a long pause, a suspended machine) has lost its turn.
 *
 * @throws ActionError `stale`.
 */
export function assertMaySend(call: Pick<ApplyCall, 'sendBefore' | 'signal'>): void {
  call.signal?.throwIfAborted()
  if (performance.now() <= call.sendBefore) return
  throw new ActionError(
    'stale',
    'This process was held up too long to write to the target: another may have taken over.',
    {
      fix: 'Nothing was sent. The target is read back, and the action goes on from what it shows.',
    },
  )
}
