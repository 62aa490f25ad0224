/**
 * The action ledger: one row an action, one append-only event a transition. Storage implements `Ledger`; the rules (which status
 * follows which, which action blocks which) are the pure functions here, so that every storage keeps the same ones.
 */
import * as z from 'zod'
import { ActionError } from './action-error.ts'
import type { ActionStatus, Intent, PlannedAction, TargetState, VerificationRow } from './driver.ts'
import { partsOfIntent } from './read-back.ts'
import type { ActionKind, ActionRequest } from './request.ts'

/** Times are unix milliseconds, by the ledger's clock. */
export interface LedgerAction {
  id: string
  /** Idempotency key: `<run id>/<step id>`. */
  key: string
  runId: string | null
  stepId: string | null
  /** Name of the runbook whose step it is; null when a person asked for it. */
  runbook: string | null
  /** `<connection>/<backend>`; the backend `*` stands for all of that connection. */
  target: string
  driver: string
  title: string
  kind: ActionKind
  planHash: string
  approvedHash: string | null
  approvedBy: string | null
  requestedBy: string
  /** Of its newest call; rises on the target with each claim and each call, and who holds an older one may not write. */
  fence: number
  request: ActionRequest
  intent: Intent
  /** null: it cannot be put back, so it has no lease. */
  revert: Intent | null
  before: TargetState
  plan: PlannedAction
  verification: VerificationRow[] | null
  status: ActionStatus
  leaseUntil: number | null
  createdAt: number
  appliedAt: number | null
  /** When it stopped having an effect that is watched: refused, rehearsed, not done, reverted, expired or kept. */
  endedAt: number | null
}

export type NewLedgerAction = Omit<
  LedgerAction,
  'id' | 'fence' | 'status' | 'verification' | 'leaseUntil' | 'createdAt' | 'appliedAt' | 'endedAt'
>

/**
 * `attempt`: another process took it over. `wave`: a step of a ramp is in effect. `harm`: a measure broke its bound. `drift`: the target is not
 * as we left it. `again`: it was asserted once more after the target forgot it. `keep`: it stays for good.
 */
export const actionEventKind = z.enum([
  'plan',
  'approval',
  'intent',
  'attempt',
  'apply',
  'wave',
  'verify',
  'lease',
  'harm',
  'drift',
  'again',
  'revert',
  'keep',
  'unknown',
  'refused',
])
export type ActionEventKind = z.infer<typeof actionEventKind>

export interface NewActionEvent {
  kind: ActionEventKind
  /** `user:<id>`, `token:<id>` or `system`. */
  actor: string
  detail: { [key: string]: unknown }
}

export interface ActionEventRecord extends NewActionEvent {
  actionId: string
  at: number
}

/** Why an action may not begin, for its ledger row and for people. */
export interface Refusal {
  code: string
  message: string
  fix: string
}

/** An action that began lately, as rate and flap rules count them. */
export type RecentAction = Pick<LedgerAction, 'key' | 'target' | 'kind' | 'runbook' | 'runId' | 'status' | 'createdAt'>

/** What a claim is judged by, read in its own transaction. */
export interface ClaimFacts {
  now: number
  /** All open actions of all connections, without the claiming one. */
  open: LedgerAction[]
  /** Those that began within the rules' window (refused and rehearsed ones left out), newest first. */
  recent: RecentAction[]
}

/** Pure: judged inside the claim's transaction, so that of two racing claims the second sees the first. */
export interface ClaimRules {
  /** How far back `recent` reaches; 0 reads none. */
  recentSeconds: number
  refuse(facts: ClaimFacts): Refusal | null
}

export type Claim =
  /** This call made the row, in status `planned`, with the target's next fence. */
  | { kind: 'claimed'; action: LedgerAction }
  /** The key was claimed before; nothing was written. */
  | { kind: 'existing'; action: LedgerAction }
  /** The rules refused: the row was made in status `refused`, so that the refusal is on record. */
  | { kind: 'refused'; action: LedgerAction; refusal: Refusal }

/** Storage of actions. Each method is one transaction and appends its event in it; times are by the storage's own clock, never a worker's. */
export interface Ledger {
  now(): Promise<number>
  /** Claims a key: key lookup, `rules` over the open actions, next fence of the target, row, event. Claims are serial among themselves. */
  claim(action: NewLedgerAction, event: NewActionEvent, rules: ClaimRules): Promise<Claim>
  find(key: string): Promise<LedgerAction | null>
  get(id: string): Promise<LedgerAction | null>
  /**
   * Gives the action the next fence of its target, for one call to it; whoever holds the one before may not write any more.
   * @throws ActionError `stale` when its fence is not `held` by now: another process took it over.
   */
  nextFence(id: string, held: number, event?: NewActionEvent): Promise<LedgerAction>
  /**
   * Moves an action on, compare-and-set: only from one of `from`, only where `canTransition` allows, and only by who holds its fence.
   * @throws ActionError `ledger-conflict` when its status is another by now; `stale`; `unknown-action`.
   */
  advance(id: string, change: Advance): Promise<LedgerAction>
  /** Appends an event without a change of status (renewed lease, a verification, a failed attempt to revert). */
  record(id: string, event: NewActionEvent, change?: RecordedChange): Promise<LedgerAction>
  events(id: string): Promise<ActionEventRecord[]>
  /** Actions that began within these seconds, newest first; see `ClaimFacts.recent`. */
  recent(seconds: number): Promise<RecentAction[]>
  /**
   * Newest first. `open`: may still change something or is in effect (see `isOpen`); all of them without a limit, because leases, watches and sweeps
   * go by it. Of `all` the newest 200 without one.
   */
  list(query: { state: 'open' | 'all'; target?: string; runId?: string; limit?: number }): Promise<LedgerAction[]>
}

/** @throws ActionError `unknown-action`. */
export async function actionOf(id: string, ledger: Pick<Ledger, 'get'>): Promise<LedgerAction> {
  const action = await ledger.get(id)
  if (action) return action
  throw new ActionError('unknown-action', `There is no action ${id}.`, { fix: 'Look for it in the list of actions.' })
}

export interface RecordedChange {
  /** From now, by the ledger's clock. */
  leaseSeconds?: number
  verification?: VerificationRow[]
}

export interface Advance extends RecordedChange {
  from: ActionStatus[]
  to: ActionStatus
  event: NewActionEvent
  /** The fence that the caller holds; left out only by who takes no part in the action (a person who settles it). */
  fence?: number
}

const FOLLOWS: Record<ActionStatus, readonly ActionStatus[]> = {
  planned: ['approved', 'intended', 'rehearsed', 'refused'],
  approved: ['intended', 'rehearsed', 'refused'],
  // `refused`: right before the first call. `reverting`: harm was seen between two waves.
  intended: ['done', 'not-done', 'unknown', 'reverting', 'refused'],
  done: ['reverting', 'kept', 'unknown'],
  'not-done': [],
  // A person looked: it is in effect, it is not, or it is to be put back.
  unknown: ['done', 'not-done', 'reverting', 'kept'],
  // `done`: nothing was put back and the action is still in effect.
  reverting: ['reverted', 'expired', 'unknown', 'done'],
  reverted: [],
  expired: [],
  kept: [],
  rehearsed: [],
  refused: [],
}

/** Whether an action in `from` may become `to`. */
export function canTransition(from: ActionStatus, to: ActionStatus): boolean {
  return FOLLOWS[from].includes(to)
}

/** @throws ActionError `ledger-conflict` or `stale`. For storages: call it with the row read under its lock. */
export function assertAdvance(
  action: { id: string; status: ActionStatus; fence: number },
  change: Pick<Advance, 'from' | 'to' | 'fence'>,
): void {
  if (!change.from.includes(action.status) || !canTransition(action.status, change.to))
    throw new ActionError(
      'ledger-conflict',
      `Action ${action.id} is ${action.status} and cannot become ${change.to} from ${change.from.join(' or ')}.`,
      { fix: 'Read the action again: another step, a person or its lease moved it on.' },
    )
  if (change.fence !== undefined) assertFence(action, change.fence)
}

/** @throws ActionError `stale`. For storages, as above. */
export function assertFence(action: { id: string; fence: number }, held: number): void {
  if (action.fence === held) return
  throw new ActionError(
    'stale',
    `Another process took action ${action.id} over (fence ${action.fence}, not ${held}).`,
    {
      fix: 'Nothing is to be done: that process goes on with it.',
      retryable: true,
    },
  )
}

/** Whether rate rules count it. */
export function isRecent(status: ActionStatus): boolean {
  return status !== 'refused' && status !== 'rehearsed'
}

/** No transition leads out of it; storages set `endedAt` when an action gets here. */
export function isFinal(status: ActionStatus): boolean {
  return FOLLOWS[status].length === 0
}

/** May still change its target, or is in effect there. */
export function isOpen(status: ActionStatus): boolean {
  return !isFinal(status)
}

/** Whether two targets share servers: equal, or one is `*` of the same connection. */
export function targetsOverlap(a: string, b: string): boolean {
  if (a === b) return true
  const [connectionA, backendA] = splitTarget(a)
  const [connectionB, backendB] = splitTarget(b)
  return connectionA === connectionB && (backendA === '*' || backendB === '*')
}

/** `shop-edge/payment` -> `['shop-edge', 'payment']`. */
export function splitTarget(target: string): [connection: string, backend: string] {
  const slash = target.indexOf('/')
  return slash < 0 ? [target, ''] : [target.slice(0, slash), target.slice(slash + 1)]
}

/**
 * The open action that forbids a new one on `target`. One that is moving (or unknown) blocks every other; one that is in effect blocks those
 * that would change a part of it: they would take its result for the state to put back.
 *
 * So of all open actions no two share a part, however their targets are named, and that is why fences may count by the exact name (`edge/*` apart
 * from `edge/payment`): two calls that are both in their right never set the same thing. A call of a former holder that comes late is refused by its
 * fence under its own name, and under the other by the version that it names. One counter for both names would refuse good calls: an action that is
 * put back beside another that begins takes its fence first and may call last.
 */
export function blockingAction(
  open: readonly LedgerAction[],
  wanted: { key: string; target: string; intent: Intent },
): LedgerAction | null {
  const parts = fullParts(wanted.target, wanted.intent)
  return (
    open.find(
      (action) =>
        action.key !== wanted.key &&
        isOpen(action.status) &&
        targetsOverlap(action.target, wanted.target) &&
        (action.status !== 'done' || fullParts(action.target, action.intent).some((part) => parts.includes(part))),
    ) ?? null
  )
}

/** Names of the parts as `*` names them: `payment/pay-a-1`. */
function fullParts(target: string, intent: Intent): string[] {
  const [, backend] = splitTarget(target)
  const names = [...partsOfIntent(intent).keys()]
  return backend === '*' ? names : names.map((name) => `${backend}/${name}`)
}
