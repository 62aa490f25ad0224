/**
 * Applying: at most once per key, intent first, and every doubt settled by reading back.
 *
 * find key -> plan -> claim key and target -> hash, guards -> intent durable -> lease -> [fence, guards, call, read back] for each wave -> verify.
 * A process that dies anywhere in it may call `applyAction` again with the same key: it goes on from what the ledger says.
 */
import { claimRules } from './claim-rules.ts'
import type { ActionDeps, HarmVerdict } from './deps.ts'
import type { PlannedAction } from './driver.ts'
import { assertNever } from './exhaustive.ts'
import { refusalOf } from './guards/index.ts'
import type { LedgerAction, Refusal } from './ledger.ts'
import { newAction, planOn, type ActionScope, type Planned } from './plan-action.ts'
import { putBack } from './put-back.ts'
import type { ActionRequest } from './request.ts'
import { event, note, send } from './send.ts'
import { kept, readTarget, settle, takeOver, verified, type Found } from './settle.ts'

export interface ApplyInput extends ActionScope {
  request: ActionRequest
  /** What people approved; null when the runbook asks nobody. */
  approvedHash: string | null
  approvedBy: string | null
  /** Everything but the call: the action ends `rehearsed`. */
  dryRun?: boolean
}

/**
 * Applies an action, at most once per key.
 *
 * @returns the action in the status that it ended in: `done`, `kept`, `not-done`, `unknown`, `refused` or `rehearsed` (or a later one, when the
 * key is old).
 * @throws ActionError when nothing was done and nothing is on record (target unreachable while planning), or another process took it over.
 */
export async function applyAction(input: ApplyInput, deps: ActionDeps, signal?: AbortSignal): Promise<LedgerAction> {
  const existing = await deps.ledger.find(input.key)
  if (existing) return resume(existing, input, deps, signal)

  const { plan, driver } = await planFor(input, deps, signal)
  const wanted = newAction(plan, input.request, { ...input, driver })
  const planned = event('plan', input.requestedBy, {
    hash: plan.hash,
    guards: plan.guards,
    ...(input.dryRun ? { dryRun: true } : {}),
  })
  const claim = await deps.ledger.claim(wanted, planned, claimRules(wanted, await deps.policy()))
  switch (claim.kind) {
    case 'existing':
      return resume(claim.action, input, deps, signal)
    case 'refused':
      if (claim.refusal.code === 'flapping' || claim.refusal.code === 'stopped-by-threshold')
        await deps.onGivenUp?.(claim.action, claim.refusal)
      return claim.action
    case 'claimed':
      return carryOut(claim.action, { plan, dryRun: input.dryRun ?? false }, deps, signal)
  }
}

function planFor(input: ApplyInput, deps: ActionDeps, signal?: AbortSignal): Promise<Planned> {
  // A dry run asks nobody: that it would need an approval is said, and refuses nothing.
  const approved = input.dryRun ? {} : { approved: input.approvedHash !== null }
  return planOn(input.request, deps, { ...input, ...approved, ...(signal ? { signal } : {}) })
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
      const { plan } = await planFor(input, deps, signal)
      const taken = await deps.ledger.nextFence(action.id, action.fence, event('attempt', 'system', {}))
      return carryOut(taken, { plan, dryRun: input.dryRun ?? false }, deps, signal)
    }
    case 'intended': {
      const taken = await takeOver(action, deps, signal)
      return goOn(taken.action, taken.found, deps, signal)
    }
    case 'done':
      return kept(action.verification ? action : await verified(action, deps, signal), deps)
    case 'not-done':
    case 'unknown':
    case 'reverting':
    case 'reverted':
    case 'expired':
    case 'kept':
    case 'rehearsed':
    case 'refused':
      return action
    default:
      return assertNever(status)
  }
}

async function carryOut(
  claimed: LedgerAction,
  { plan, dryRun }: { plan: PlannedAction; dryRun: boolean },
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
  const refusal = refusalOf(plan.guards)
  if (refusal) return refuse(action, deps, refusal)
  if (action.approvedHash && action.status === 'planned')
    action = await deps.ledger.advance(action.id, {
      from: ['planned'],
      to: 'approved',
      fence: action.fence,
      event: event('approval', action.approvedBy ?? 'system', { hash: action.approvedHash }),
    })
  if (dryRun)
    return deps.ledger.advance(action.id, {
      from: ['planned', 'approved'],
      to: 'rehearsed',
      fence: action.fence,
      event: event('apply', 'system', { dryRun: true, intent: action.intent }),
    })
  const { leaseSeconds } = action.plan
  action = await deps.ledger.advance(action.id, {
    from: ['planned', 'approved'],
    to: 'intended',
    fence: action.fence,
    ...(action.revert === null ? {} : { leaseSeconds }),
    event: event('intent', 'system', { intent: action.intent, revert: action.revert, fence: action.fence }),
  })
  return touch(action, 0, deps, signal)
}

/** From what was found to the end: later waves, the first one again, or the outcome. */
async function goOn(action: LedgerAction, found: Found, deps: ActionDeps, signal?: AbortSignal): Promise<LedgerAction> {
  // Nobody was at work on it until its lease was over: nothing more is applied, and what is in effect is put back by the lease.
  if (action.leaseUntil !== null && action.leaseUntil <= (await deps.ledger.now()))
    return settle(action, found, deps, signal)
  switch (found.kind) {
    case 'untouched':
      return touch(action, 0, deps, signal)
    case 'partial':
      // The intents are absolute: the wave that was half applied is sent again.
      return touch(action, await wavesReached(action, deps), deps, signal)
    case 'applied':
      return found.wave < action.plan.waves.length - 1
        ? afterWave(action, found.wave, deps, signal)
        : settle(action, found, deps, signal)
    case 'foreign':
    case 'unreadable':
      return settle(action, found, deps, signal)
  }
}

/** The intent is durable by now. */
async function touch(
  action: LedgerAction,
  wave: number,
  deps: ActionDeps,
  signal?: AbortSignal,
): Promise<LedgerAction> {
  // Lease before apply: a change that nothing will put back must not exist, even for a moment.
  if (action.revert !== null) await deps.startLease(action.id, action.plan.leaseSeconds)
  const intent = action.plan.waves[wave] ?? action.intent
  const fresh = wave === 0 && (await isUntouched(action, deps))
  const sent = await send(action, { intent, holder: `wave-${wave}`, guarded: true, fresh }, deps, signal)
  if (sent.kind === 'refused') {
    if (fresh) return refuse(sent.action, deps, sent.refusal)
    await deps.ledger.record(action.id, event('refused', 'system', { ...sent.refusal }))
    return settle(sent.action, await readTarget(sent.action, deps, signal), deps, signal)
  }
  const found = await readTarget(sent.action, deps, signal)
  if (found.kind === 'applied' && found.wave < action.plan.waves.length - 1)
    return afterWave(sent.action, found.wave, deps, signal)
  return settle(sent.action, found, deps, signal)
}

async function wavesReached(action: LedgerAction, deps: ActionDeps): Promise<number> {
  return (await deps.ledger.events(action.id)).filter(({ kind }) => kind === 'wave').length
}

/** Whether nothing was ever sent for it: then the version that was planned on must be there still. */
async function isUntouched(action: LedgerAction, deps: ActionDeps): Promise<boolean> {
  return !(await deps.ledger.events(action.id)).some(({ kind }) => kind === 'apply' || kind === 'attempt')
}

/** A wave is in effect: it is watched, and harm or no data puts everything back. */
async function afterWave(
  action: LedgerAction,
  wave: number,
  deps: ActionDeps,
  signal?: AbortSignal,
): Promise<LedgerAction> {
  const { waves } = action.plan
  const said = event('wave', 'system', { wave: wave + 1, of: waves.length, intent: waves[wave] })
  const current = await note(action, said, deps)
  const verdict = await watchWave(action, deps, signal)
  if (verdict.kind === 'well') return touch(current, wave + 1, deps, signal)
  const reverting = await deps.ledger.advance(action.id, {
    from: ['intended'],
    to: 'reverting',
    fence: current.fence,
    event: event('harm', 'system', { wave: wave + 1, verdict: verdict.kind, detail: verdict.detail }),
  })
  return putBack(reverting, { reason: 'harm', by: 'system' }, deps, signal)
}

async function watchWave({ request }: LedgerAction, deps: ActionDeps, signal?: AbortSignal): Promise<HarmVerdict> {
  const seconds = request.kind === 'traffic-switch' ? (request.ramp?.watchSeconds ?? 0) : 0
  const bounds = request.harm ?? []
  if (bounds.length === 0) {
    await deps.clock.sleep(seconds * 1000, signal)
    return { kind: 'well' }
  }
  if (!deps.watchHarm) return { kind: 'no-data', detail: 'Measures cannot be watched here' }
  return deps.watchHarm(bounds, seconds, signal)
}

function refuse(action: LedgerAction, deps: ActionDeps, refusal: Refusal): Promise<LedgerAction> {
  return deps.ledger.advance(action.id, {
    from: ['planned', 'approved', 'intended'],
    to: 'refused',
    fence: action.fence,
    event: event('refused', 'system', { ...refusal }),
  })
}

function shortHash(hash: string): string {
  return hash.slice('sha256:'.length, 'sha256:'.length + 8)
}
