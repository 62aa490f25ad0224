/**
 * An action in effect whose target is not as it was left. A proxy that was reloaded forgot what was set: it is set again. What somebody changed by
 * hand is left alone, and people are told.
 */
import type { ActionDeps } from './deps.ts'
import type { Driver, TargetState } from './driver.ts'
import type { LedgerAction } from './ledger.ts'
import { readBack, type ReadBack } from './read-back.ts'
import { driverOf, event, send } from './send.ts'

export type Drift = 'as-left' | 'set-again' | 'forgotten' | 'changed-by-others'

/**
 * Looks at the target of an action in effect, and sets it again where its system forgot it.
 *
 * @returns `forgotten` when a guard (the kill switch, say) kept it from being set again.
 * @throws ActionError `target-unreachable`; `stale` when somebody else works on the action.
 */
export async function holdAction(action: LedgerAction, deps: ActionDeps, signal?: AbortSignal): Promise<Drift> {
  if (action.status !== 'done' || action.revert === null) return 'as-left'
  const driver = await driverOf(action, deps)
  const state = await driver.observe(action.before.target, signal, action.intent)
  const found = readBack(state, action.plan.waves, action.before)
  if (found.kind === 'applied') return 'as-left'
  if (!(await hasForgotten(action, { driver, state, found }, deps))) {
    await tell(action, describe(found), deps)
    return 'changed-by-others'
  }
  const sent = await send(
    action,
    { intent: action.intent, holder: `again-${state.instance}`, guarded: true, fresh: false },
    deps,
    signal,
  )
  switch (sent.kind) {
    case 'answered':
      await deps.ledger.record(
        action.id,
        event('again', 'system', { instance: state.instance, found: describe(found) }),
      )
      return 'set-again'
    case 'failed':
      // The next look finds out whether it was set, and tries again if not.
      return 'forgotten'
    case 'refused':
      await tell(action, `it was forgotten by a restart, and not set again: ${sent.refusal.message}`, deps)
      return 'forgotten'
  }
}

/** Another process of the system answers than the one that the action was sent to, and nothing else changed than what it forgot. */
async function hasForgotten(
  action: LedgerAction,
  { driver, state, found }: { driver: Driver; state: TargetState; found: ReadBack },
  deps: ActionDeps,
): Promise<boolean> {
  if (!driver.forgets || state.instance === null || found.kind === 'foreign') return false
  const sent = (await deps.ledger.events(action.id)).findLast(({ kind }) => kind === 'apply')
  return sent?.detail['instance'] !== state.instance
}

/** Once for each thing that is found. */
async function tell(action: LedgerAction, detail: string, deps: ActionDeps): Promise<void> {
  const last = (await deps.ledger.events(action.id)).findLast(({ kind }) => kind === 'drift')
  if (last?.detail['detail'] === detail) return
  await deps.ledger.record(action.id, event('drift', 'system', { detail }))
  await deps.onUnknown(action, detail)
}

function describe(found: ReadBack): string {
  switch (found.kind) {
    case 'untouched':
      return 'the target is as it was before the action'
    case 'partial':
    case 'foreign':
      return found.detail
    case 'applied':
      return 'as left'
  }
}
