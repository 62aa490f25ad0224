/** The one place from which a target is changed. */
import { ActionError, messageOf } from './action-error.ts'
import type { ActionDeps } from './deps.ts'
import type { Driver, Intent } from './driver.ts'
import { judgeGuards, refusalOf } from './guards/index.ts'
import { splitTarget, type LedgerAction, type NewActionEvent, type RecordedChange, type Refusal } from './ledger.ts'
import { subjectOf } from './plan-action.ts'

export type Sent =
  /** The system said yes. Whether it did it is read back. */
  | { kind: 'answered'; action: LedgerAction }
  /** An error or no answer: it may have been done all the same, and nothing of it can land any more. */
  | { kind: 'failed'; action: LedgerAction; error: unknown }
  /** A guard refused right before the call: nothing was sent. */
  | { kind: 'refused'; action: LedgerAction; refusal: Refusal }

/** A call may be sent until this long after its fence was given, and lands within as much again. */
export function settleMilliseconds(driver: Driver): number {
  return driver.inFlightSeconds * 2000
}

/**
 * Sends one change: a fresh fence, the guards once more, the call. Whoever had the action before may not write from the moment of the fence on.
 *
 * @param of `holder` is what the idempotency key says after the action's id: `wave-0`, `revert`; the same for every attempt at it.
 * @throws ActionError `stale` when another process took the action over.
 */
export async function send(
  action: LedgerAction,
  of: { intent: Intent; holder: string; guarded: boolean; fresh: boolean },
  deps: ActionDeps,
  signal?: AbortSignal,
): Promise<Sent> {
  const driver = await driverOf(action, deps)
  const began = performance.now()
  const held = await deps.ledger.nextFence(action.id, action.fence)
  // A person settled it, who needs no fence.
  if (held.status !== action.status) throw movedOn(action)
  const state = await driver.observe(action.before.target, signal, of.intent)
  if (of.fresh && state.version !== action.before.version) return refused(held, changed)
  if (of.guarded) {
    const scope = { ...held, asOf: held.plan.asOf, approved: held.approvedHash !== null }
    const { request, target } = held
    const subject = subjectOf(request, { scope, target, state, intent: of.intent, moment: 'call' })
    const refusal = refusalOf(await judgeGuards(subject, deps))
    if (refusal) return refused(held, refusal)
  }
  let failure: { error: unknown } | null = null
  try {
    await driver.apply(of.intent, {
      key: `${action.id}/${of.holder}`,
      fence: held.fence,
      // What a half-applied change left is anything between two versions.
      expect: state.version,
      sendBefore: began + driver.inFlightSeconds * 1000,
      ...(signal ? { signal } : {}),
    })
  } catch (error) {
    // Not yet "not done": an answer that got lost says nothing of the change itself.
    failure = { error }
  }
  const detail = { holder: of.holder, fence: held.fence, instance: state.instance, answered: failure === null }
  const said = failure === null ? detail : { ...detail, error: messageOf(failure.error) }
  const current = await note(held, event('apply', 'system', said), deps)
  if (failure === null) return { kind: 'answered', action: current }
  await deps.clock.sleep(settleMilliseconds(driver) / 2, signal)
  return { kind: 'failed', action: current, error: failure.error }
}

/**
 * Puts an event of an action on record. It is told whether or not another took the action over meanwhile, and whoever tells holds what he held: with the
 * fence that the ledger has by now he would write as if he was the other.
 */
export async function note(
  action: LedgerAction,
  said: NewActionEvent,
  deps: Pick<ActionDeps, 'ledger'>,
  change?: RecordedChange,
): Promise<LedgerAction> {
  return { ...(await deps.ledger.record(action.id, said, change)), fence: action.fence }
}

export function movedOn(action: LedgerAction): ActionError {
  return new ActionError('stale', `Another process moved action ${action.id} on.`, {
    fix: 'Nothing is to be done: the ledger says what became of it.',
    retryable: true,
  })
}

const changed: Refusal = {
  code: 'plan-changed',
  message: 'The target changed since the plan was made.',
  fix: 'Run the step again and approve the new plan.',
}

function refused(action: LedgerAction, refusal: Refusal): Sent {
  return { kind: 'refused', action, refusal }
}

export function driverOf(action: Pick<LedgerAction, 'target'>, deps: ActionDeps): Promise<Driver> {
  return deps.targets.forConnection(splitTarget(action.target)[0])
}

export function event(kind: NewActionEvent['kind'], actor: string, detail: NewActionEvent['detail']): NewActionEvent {
  return { kind, actor, detail }
}
