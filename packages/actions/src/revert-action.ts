/** Putting back: compare-and-set. What somebody else changed since is never overwritten; a person decides. */
import { ActionError } from './action-error.ts'
import { resolveIntended } from './apply-action.ts'
import type { ActionDeps } from './deps.ts'
import type { Driver } from './driver.ts'
import { assertNever } from './exhaustive.ts'
import { splitTarget, type LedgerAction, type NewActionEvent } from './ledger.ts'
import { messageOf, writesGuard } from './plan-action.ts'
import { readBack } from './read-back.ts'

export interface RevertInput {
  actionId: string
  /** `lease`: its time ran out. `run`: the run failed or was cancelled. `person`: somebody asked. */
  reason: 'lease' | 'run' | 'person'
  /** `user:<id>`, `token:<id>` or `system`. */
  by: string
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
    case 'refused':
      return action
    case 'intended':
      throw new ActionError('ledger-conflict', `Whether "${action.title}" was applied is not settled yet.`, {
        fix: 'Try again in a moment.',
        retryable: true,
      })
    case 'unknown':
      // Only a person may overrule a doubt.
      return input.reason === 'person' ? putBack(action, input, deps, signal) : action
    case 'done':
    case 'reverting':
      return putBack(action, input, deps, signal)
    default:
      return assertNever(status)
  }
}

async function putBack(
  action: LedgerAction,
  input: RevertInput,
  deps: ActionDeps,
  signal?: AbortSignal,
): Promise<LedgerAction> {
  if (input.reason !== 'person') {
    const writes = await writesGuard(deps)
    if (!writes.pass)
      throw new ActionError('writes-stopped', `"${action.title}" was not put back: ${writes.detail}.`, {
        fix: 'Resume writes, or press Revert yourself.',
        retryable: true,
      })
  }
  const driver = await deps.targets.forConnection(splitTarget(action.target)[0])
  const reverting =
    action.status === 'reverting'
      ? action
      : await deps.ledger.advance(action.id, {
          from: ['done', 'unknown'],
          to: 'reverting',
          at: deps.clock.now(),
          event: entry('revert', input, { reason: input.reason, intent: action.revert }),
        })
  const state = await driver.observe(action.before.target, signal)
  const found = readBack(state, action.intent, action.revert)
  switch (found.kind) {
    case 'untouched':
      return finish(reverting, input, deps, 'it was as found already')
    case 'foreign': {
      const unknown = await deps.ledger.advance(reverting.id, {
        from: ['reverting'],
        to: 'unknown',
        at: deps.clock.now(),
        event: entry('unknown', input, {
          detail: `${found.detail}: somebody changed it since, so nothing was overwritten`,
        }),
      })
      await deps.onUnknown(unknown, `${found.detail}: somebody changed it since, so nothing was overwritten`)
      return unknown
    }
    case 'applied':
    case 'partial':
      return applyRevert(reverting, driver, input, deps, signal)
  }
}

async function applyRevert(
  action: LedgerAction,
  driver: Driver,
  input: RevertInput,
  deps: ActionDeps,
  signal?: AbortSignal,
): Promise<LedgerAction> {
  let failure: unknown = null
  try {
    await driver.apply(action.revert, signal)
  } catch (error) {
    failure = error
    await deps.clock.sleep(driver.inFlightSeconds * 1000, signal)
  }
  // An unreadable target throws here: the action stays `reverting`, and the caller's next try goes on from that.
  const found = readBack(await driver.observe(action.before.target, signal), action.intent, action.revert)
  switch (found.kind) {
    case 'untouched':
      return finish(action, input, deps, 'read back as found')
    case 'applied':
    case 'partial':
      await deps.ledger.record(
        action.id,
        entry('revert', input, { failed: failure === null ? 'no effect' : messageOf(failure) }),
        deps.clock.now(),
      )
      throw new ActionError(
        'target-unreachable',
        `"${action.title}" could not be put back: ${failure === null ? 'the change had no effect' : messageOf(failure)}.`,
        {
          fix: 'It is tried again; the action stays listed until it is put back.',
          cause: failure,
        },
      )
    case 'foreign': {
      const unknown = await deps.ledger.advance(action.id, {
        from: ['reverting'],
        to: 'unknown',
        at: deps.clock.now(),
        event: entry('unknown', input, { detail: found.detail }),
      })
      await deps.onUnknown(unknown, found.detail)
      return unknown
    }
  }
}

function finish(action: LedgerAction, input: RevertInput, deps: ActionDeps, detail: string): Promise<LedgerAction> {
  return deps.ledger.advance(action.id, {
    from: ['reverting'],
    to: input.reason === 'lease' ? 'expired' : 'reverted',
    at: deps.clock.now(),
    event: entry('revert', input, { readBack: detail }),
  })
}

/** Reverts what a run applied, newest first; each is tried even when another fails. */
export async function revertRun(
  runId: string,
  by: string,
  deps: ActionDeps,
): Promise<{ reverted: LedgerAction[]; failed: { action: LedgerAction; error: unknown }[] }> {
  const reverted: LedgerAction[] = []
  const failed: { action: LedgerAction; error: unknown }[] = []
  for (const action of await deps.ledger.list({ state: 'open', runId })) {
    try {
      reverted.push(await revertAction({ actionId: action.id, reason: 'run', by }, deps))
    } catch (error) {
      failed.push({ action, error })
    }
  }
  return { reverted, failed }
}

/** Lets an action in effect last longer; the durable timer is the caller's. */
export async function renewAction(
  input: { actionId: string; by: string; seconds: number },
  deps: Pick<ActionDeps, 'ledger' | 'clock'>,
): Promise<LedgerAction> {
  const action = await deps.ledger.get(input.actionId)
  if (!action)
    throw new ActionError('unknown-action', `There is no action ${input.actionId}.`, {
      fix: 'Look for it in the list of actions.',
    })
  if (action.status !== 'done')
    throw new ActionError('ledger-conflict', `"${action.title}" is ${action.status}, so there is no lease to renew.`, {
      fix: 'Only an action in effect has one.',
    })
  const leaseUntil = deps.clock.now() + input.seconds * 1000
  return deps.ledger.record(
    action.id,
    { kind: 'lease', actor: input.by, detail: { until: new Date(leaseUntil).toISOString() } },
    deps.clock.now(),
    { leaseUntil },
  )
}

function entry(kind: 'revert' | 'unknown', input: RevertInput, detail: { [key: string]: unknown }): NewActionEvent {
  return { kind, actor: input.by, detail }
}
