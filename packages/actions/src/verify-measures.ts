/** Whether the measures that an action is bound by are as expected after it. What cannot be read does not pass. */
import { boundName } from './breaker/judge-bounds.ts'
import { defaultWatchSeconds, type ActionDeps } from './deps.ts'
import type { VerificationRow } from './driver.ts'
import { messageOf } from './action-error.ts'
import type { LedgerAction } from './ledger.ts'
import { figure, isWithin, newestOf } from './measure-reading.ts'
import type { HarmBound } from './request.ts'

const againMilliseconds = 2000

/**
 * Waits for a value of each bound that was measured wholly after the action (a rate is over some time), for a while at most and no longer than the
 * action is in effect.
 *
 * @returns a row for each bound.
 */
export async function measureRows(
  action: LedgerAction,
  deps: ActionDeps,
  signal?: AbortSignal,
): Promise<VerificationRow[]> {
  const seconds = deps.watchSeconds?.measures ?? defaultWatchSeconds.measures
  const bounds = action.request.harm ?? []
  if (bounds.length === 0) return []
  const since = action.appliedAt ?? action.createdAt
  // Of this time, what was waited before by a process that ended counts.
  const passed = (await deps.ledger.now()) - since
  const until = deps.clock.now() + seconds * 1000 - passed
  return Promise.all(bounds.map((bound) => rowOf(bound, { action, since, until }, deps, signal)))
}

async function rowOf(
  bound: HarmBound,
  { action, since, until }: { action: LedgerAction; since: number; until: number },
  deps: ActionDeps,
  signal?: AbortSignal,
): Promise<VerificationRow> {
  const label = boundName(bound)
  const before = action.plan.effects?.find((effect) => effect.label === label)?.now ?? 'not read'
  if (!deps.readMeasure) return { label, before, after: 'not read', pass: false }
  for (;;) {
    try {
      const reading = await deps.readMeasure(bound, signal)
      const newest = newestOf(reading)
      if (newest !== null && newest.from > since)
        return { label, before, after: figure(newest.value, reading.unit), pass: isWithin(bound, newest.value) }
    } catch (error) {
      signal?.throwIfAborted()
      return { label, before, after: `could not be read: ${messageOf(error)}`, pass: false }
    }
    if (deps.clock.now() >= until) return { label, before, after: 'no value since', pass: false }
    const status = (await deps.ledger.get(action.id))?.status
    if (status !== 'done') return { label, before, after: 'no value while it was in effect', pass: false }
    await deps.clock.sleep(againMilliseconds, signal)
  }
}
