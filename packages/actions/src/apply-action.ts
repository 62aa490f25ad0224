/**
 * Applying: at most once per key, intent first, and every doubt settled by reading back.
 *
 * find key -> plan -> claim key and target -> hash, guards, kill switch, fence -> intent durable -> lease -> apply -> read back -> verify.
 * A process that dies anywhere in it may call `applyAction` again with the same key: it goes on from what the ledger says.
 */
import { ActionError } from './action-error.ts'
import type { ActionDeps } from './deps.ts'
import type { ActionRequest, ActionStatus, PlannedAction, VerificationRow } from './driver.ts'
import { assertNever } from './exhaustive.ts'
import { splitTarget, type ActionEventKind, type LedgerAction, type NewActionEvent } from './ledger.ts'
import { messageOf, planAction, targetOf, writesGuard } from './plan-action.ts'
import { readBack, type ReadBack } from './read-back.ts'
import { verifyAction } from './verify-action.ts'

export interface ApplyInput {
  request: ActionRequest
  /** Idempotency key: `<run id>/<step id>`. */
  key: string
  runId: string | null
  stepId: string | null
  /** What people approved; null when the runbook asks nobody. */
  approvedHash: string | null
  approvedBy: string | null
  requestedBy: string
}

/**
 * Applies an action, at most once per key.
 *
 * @returns the action in the status that it ended in: `done`, `not-done`, `unknown` or `refused` (or a later one, when the key is old).
 * @throws ActionError when nothing was done and nothing is on record (target unreachable while planning), or the ledger moved on.
 */
export async function applyAction(input: ApplyInput, deps: ActionDeps, signal?: AbortSignal): Promise<LedgerAction> {
  const existing = await deps.ledger.find(input.key)
  if (existing) return resume(existing, input, deps, signal)

  const plan = await planAction(input.request, deps, { stepId: input.stepId ?? '', key: input.key, signal })
  const target = await targetOf(input.request, deps)
  const claim = await deps.ledger.claim(
    {
      key: input.key,
      runId: input.runId,
      stepId: input.stepId,
      target: plan.target,
      driver: target.driver.name,
      title: plan.title,
      kind: input.request.kind,
      planHash: plan.hash,
      approvedHash: input.approvedHash,
      approvedBy: input.approvedBy,
      requestedBy: input.requestedBy,
      request: input.request,
      intent: plan.intent,
      revert: plan.revert,
      before: plan.before,
      plan,
    },
    { kind: 'plan', actor: input.requestedBy, detail: { hash: plan.hash, guards: plan.guards } },
    deps.clock.now(),
  )
  switch (claim.kind) {
    case 'existing':
      return resume(claim.action, input, deps, signal)
    case 'blocked':
      return claim.action
    case 'claimed':
      return carryOut(claim.action, plan, deps, signal)
  }
}

/** The same key again: what happened is in the ledger, and what is not is read back. */
async function resume(
  action: LedgerAction,
  input: ApplyInput,
  deps: ActionDeps,
  signal?: AbortSignal,
): Promise<LedgerAction> {
  const status = action.status
  switch (status) {
    case 'planned':
    case 'approved': {
      // Nothing was touched yet: plan anew, because the target may have changed meanwhile.
      const plan = await planAction(input.request, deps, { stepId: input.stepId ?? '', key: input.key, signal })
      return carryOut(action, plan, deps, signal)
    }
    case 'intended': {
      const found = await readBackAfterFlight(action, deps, signal)
      if (found.kind !== 'untouched' && found.kind !== 'partial') return settle(action, found, deps, signal)
      const refusal = (await lastRefusal(action, deps)) ?? null
      if (refusal) return settle(action, found, deps, signal)
      return touch(action, deps, signal)
    }
    case 'done':
      return action.verification ? action : verified(action, deps, signal)
    case 'not-done':
    case 'unknown':
    case 'reverting':
    case 'reverted':
    case 'expired':
    case 'refused':
      return action
    default:
      return assertNever(status)
  }
}

async function carryOut(
  claimed: LedgerAction,
  plan: PlannedAction,
  deps: ActionDeps,
  signal?: AbortSignal,
): Promise<LedgerAction> {
  let action = claimed
  // The claimed row holds the intent that will be applied: a later plan of another intent is another action.
  const approved = action.approvedHash ?? action.planHash
  if (plan.hash !== approved || plan.hash !== action.planHash)
    return refuse(action, deps, {
      code: 'plan-changed',
      message: `The target changed since the plan was ${action.approvedHash ? 'approved' : 'made'}: ${shortHash(approved)} is now ${shortHash(plan.hash)}.`,
      fix: 'Run the step again and approve the new plan.',
    })
  const failing = plan.guards.find((guard) => !guard.pass)
  if (failing)
    return refuse(action, deps, {
      code: 'guard-failed',
      message: `${failing.name}: ${failing.detail}.`,
      fix: 'Remove what the guard names, then run the step again.',
    })
  if (action.approvedHash && action.status === 'planned')
    action = await advance(
      action,
      deps,
      ['planned'],
      'approved',
      event('approval', action.approvedBy ?? 'system', { hash: action.approvedHash }),
    )
  const refusal = await lastRefusal(action, deps)
  if (refusal) return refuse(action, deps, refusal)

  action = await deps.ledger.advance(action.id, {
    from: ['planned', 'approved'],
    to: 'intended',
    at: deps.clock.now(),
    leaseUntil: deps.clock.now() + action.request.leaseSeconds * 1000,
    event: event('intent', 'system', { intent: action.intent, revert: action.revert, fence: action.fence }),
  })
  return touch(action, deps, signal)
}

interface Refusal {
  code: string
  message: string
  fix: string
}

/** Asked once more right before the call: the kill switch, and whether a newer action holds the target. */
async function lastRefusal(action: LedgerAction, deps: ActionDeps): Promise<Refusal | null> {
  const writes = await writesGuard(deps)
  if (!writes.pass)
    return { code: 'writes-stopped', message: `${writes.detail}.`, fix: 'Resume writes, then run the step again.' }
  const fence = await deps.ledger.fence(action.target)
  if (fence !== action.fence)
    return {
      code: 'stale',
      message: `A newer action (${fence}) holds ${action.target}; this one is ${action.fence}.`,
      fix: 'Look at the newer action.',
    }
  return null
}

/** The only place that changes a target for a new action; the intent is durable by now. */
async function touch(action: LedgerAction, deps: ActionDeps, signal?: AbortSignal): Promise<LedgerAction> {
  // Lease before apply: a change that nothing will put back must not exist, even for a moment.
  await deps.startLease(action.id, action.request.leaseSeconds)
  const driver = await deps.targets.forConnection(splitTarget(action.target)[0])
  let failure: unknown = null
  try {
    await driver.apply(action.intent, signal)
  } catch (error) {
    // Not yet "not done": an answer that got lost says nothing of the change itself.
    failure = error
  }
  const current = await deps.ledger.record(
    action.id,
    event('apply', 'system', failure === null ? { answered: true } : { answered: false, error: messageOf(failure) }),
    deps.clock.now(),
  )
  const found =
    failure === null ? await readTarget(current, deps, signal) : await readBackAfterFlight(current, deps, signal)
  return settle(current, found, deps, signal)
}

type Found = ReadBack | { kind: 'unreadable'; detail: string }

/** Writes the outcome that the read-back shows; a partial change counts as unknown, since nobody meant it. */
async function settle(
  action: LedgerAction,
  found: Found,
  deps: ActionDeps,
  signal?: AbortSignal,
): Promise<LedgerAction> {
  switch (found.kind) {
    case 'applied': {
      const now = deps.clock.now()
      const done = await deps.ledger.advance(action.id, {
        from: ['intended'],
        to: 'done',
        at: now,
        appliedAt: now,
        event: event('lease', 'system', {
          until: action.leaseUntil === null ? null : new Date(action.leaseUntil).toISOString(),
        }),
      })
      return verified(done, deps, signal)
    }
    case 'untouched':
      return advance(
        action,
        deps,
        ['intended'],
        'not-done',
        event('apply', 'system', { readBack: 'as found: nothing was changed' }),
      )
    case 'partial':
    case 'foreign':
    case 'unreadable': {
      const detail = found.kind === 'partial' ? 'only a part of the servers was changed' : found.detail
      const unknown = await advance(action, deps, ['intended'], 'unknown', event('unknown', 'system', { detail }))
      await deps.onUnknown(unknown, detail)
      return unknown
    }
  }
}

async function verified(action: LedgerAction, deps: ActionDeps, signal?: AbortSignal): Promise<LedgerAction> {
  const driver = await deps.targets.forConnection(splitTarget(action.target)[0])
  const verification = await verifyAction(action, driver, deps, signal).catch((error: unknown): VerificationRow[] => [
    // The action is done (it was read back); that it could not be watched is said, and does not undo it.
    { label: 'requests', before: 'reported', after: `could not be read: ${messageOf(error)}`, pass: false },
  ])
  return deps.ledger.record(action.id, event('verify', 'system', { rows: verification }), deps.clock.now(), {
    verification,
  })
}

/**
 * Settles an action whose process died between intent and outcome, without its run: for the sweep at a worker's start and for reverting.
 * It never applies anything.
 *
 * @returns the action as it is afterwards; actions in another status are returned as they are.
 */
export async function resolveIntended(actionId: string, deps: ActionDeps, signal?: AbortSignal): Promise<LedgerAction> {
  const action = await deps.ledger.get(actionId)
  if (!action)
    throw new ActionError('unknown-action', `There is no action ${actionId}.`, {
      fix: 'Look for it in the list of actions.',
    })
  if (action.status !== 'intended') return action
  return settle(action, await readBackAfterFlight(action, deps, signal), deps, signal)
}

/**
 * Settles what dead processes left behind: intended actions are read back, and planned ones that never began are refused.
 *
 * @param olderThanSeconds younger ones may still be under way.
 */
export async function resolveOpen(deps: ActionDeps, olderThanSeconds: number): Promise<LedgerAction[]> {
  const until = deps.clock.now() - olderThanSeconds * 1000
  const settled: LedgerAction[] = []
  for (const action of await deps.ledger.list({ state: 'open' })) {
    if (action.createdAt > until) continue
    if (action.status === 'intended') settled.push(await resolveIntended(action.id, deps))
    if (action.status === 'planned' || action.status === 'approved')
      settled.push(
        await refuse(action, deps, {
          code: 'abandoned',
          message: 'Its process ended before the action began; the target was not touched.',
          fix: 'Run the runbook again.',
        }),
      )
  }
  return settled
}

/** A dead process's call may still land until the driver's in-flight time is over; reading earlier proves nothing. */
async function readBackAfterFlight(action: LedgerAction, deps: ActionDeps, signal?: AbortSignal): Promise<Found> {
  const driver = await deps.targets.forConnection(splitTarget(action.target)[0])
  const events = await deps.ledger.events(action.id)
  const last = events.findLast((entry) => entry.kind === 'apply' || entry.kind === 'intent')
  const wait = (last?.at ?? action.createdAt) + driver.inFlightSeconds * 1000 - deps.clock.now()
  if (wait > 0) await deps.clock.sleep(wait, signal)
  return readTarget(action, deps, signal)
}

const READ_ATTEMPTS = 3

async function readTarget(action: LedgerAction, deps: ActionDeps, signal?: AbortSignal): Promise<Found> {
  const driver = await deps.targets.forConnection(splitTarget(action.target)[0])
  let failure: unknown = null
  for (let attempt = 1; attempt <= READ_ATTEMPTS; attempt++) {
    try {
      return readBack(await driver.observe(action.before.target, signal), action.intent, action.revert)
    } catch (error) {
      failure = error
      if (attempt < READ_ATTEMPTS) await deps.clock.sleep(1000 * attempt, signal)
    }
  }
  return { kind: 'unreadable', detail: `the target could not be read back: ${messageOf(failure)}` }
}

function refuse(action: LedgerAction, deps: ActionDeps, refusal: Refusal): Promise<LedgerAction> {
  return advance(action, deps, ['planned', 'approved'], 'refused', event('refused', 'system', { ...refusal }))
}

function advance(
  action: LedgerAction,
  deps: ActionDeps,
  from: ActionStatus[],
  to: ActionStatus,
  entry: NewActionEvent,
): Promise<LedgerAction> {
  return deps.ledger.advance(action.id, { from, to, at: deps.clock.now(), event: entry })
}

function event(kind: ActionEventKind, actor: string, detail: { [key: string]: unknown }): NewActionEvent {
  return { kind, actor, detail }
}

function shortHash(hash: string): string {
  return hash.slice('sha256:'.length, 'sha256:'.length + 8)
}
