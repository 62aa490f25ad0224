/**
 * The action ledger: one row an action, one append-only event a transition. Storage implements `Ledger`; the rules (which status
 * follows which, which action blocks which) are the pure functions here, so that every storage keeps the same ones.
 */
import { ActionError } from './action-error.ts'
import type {
  ActionKind,
  ActionRequest,
  ActionStatus,
  Intent,
  PlannedAction,
  TargetState,
  VerificationRow,
} from './driver.ts'

/** Times are unix milliseconds. */
export interface LedgerAction {
  id: string
  /** Idempotency key: `<run id>/<step id>`. */
  key: string
  runId: string | null
  stepId: string | null
  /** `<connection>/<backend>`; the backend `*` stands for all of that connection. */
  target: string
  driver: string
  title: string
  kind: ActionKind
  planHash: string
  approvedHash: string | null
  approvedBy: string | null
  requestedBy: string
  /** Rises by one for each claim on a target; an older one may not write. */
  fence: number
  request: ActionRequest
  intent: Intent
  revert: Intent
  before: TargetState
  plan: PlannedAction
  verification: VerificationRow[] | null
  status: ActionStatus
  leaseUntil: number | null
  createdAt: number
  appliedAt: number | null
  /** When it stopped having an effect: refused, not done, reverted or expired. */
  endedAt: number | null
}

export type NewLedgerAction = Omit<
  LedgerAction,
  'id' | 'fence' | 'status' | 'verification' | 'leaseUntil' | 'createdAt' | 'appliedAt' | 'endedAt'
>

export type ActionEventKind =
  | 'plan'
  | 'approval'
  | 'intent'
  | 'apply'
  | 'verify'
  | 'lease'
  | 'revert'
  | 'unknown'
  | 'refused'

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

export type Claim =
  /** This call made the row, in status `planned`, with the target's next fence. */
  | { kind: 'claimed'; action: LedgerAction }
  /** The key was claimed before; nothing was written. */
  | { kind: 'existing'; action: LedgerAction }
  /** Another action holds the target: the row was made in status `refused`, so that the refusal is on record. */
  | { kind: 'blocked'; action: LedgerAction; by: LedgerAction }

/** Storage of actions. Each method is one transaction and appends its event in it. */
export interface Ledger {
  /**
   * Claims a key and a target at once: key lookup, `blockingAction` over the open actions of the same connection, next fence, row, event.
   * Must be serial per connection (lock on the part of `target` before the slash), because `*` overlaps every backend.
   */
  claim(action: NewLedgerAction, event: NewActionEvent, at: number): Promise<Claim>
  find(key: string): Promise<LedgerAction | null>
  get(id: string): Promise<LedgerAction | null>
  /**
   * Moves an action on, compare-and-set: only from one of `from`, and only where `canTransition` allows.
   * @throws ActionError `ledger-conflict` when its status is another by now; `unknown-action`.
   */
  advance(id: string, change: Advance): Promise<LedgerAction>
  /** Appends an event without a change of status (renewed lease, a verification, a failed attempt to revert). */
  record(id: string, event: NewActionEvent, at: number, change?: RecordedChange): Promise<LedgerAction>
  /** The highest fence that was ever given on this target. */
  fence(target: string): Promise<number>
  events(id: string): Promise<ActionEventRecord[]>
  /** Newest first. `open`: may still change something or is in effect (see `isOpen`). */
  list(query: { state: 'open' | 'all'; target?: string; runId?: string; limit?: number }): Promise<LedgerAction[]>
}

export interface RecordedChange {
  leaseUntil?: number | null
  verification?: VerificationRow[]
}

export interface Advance extends RecordedChange {
  from: ActionStatus[]
  to: ActionStatus
  at: number
  event: NewActionEvent
  /** When it took effect. */
  appliedAt?: number
}

const FOLLOWS: Record<ActionStatus, readonly ActionStatus[]> = {
  planned: ['approved', 'intended', 'refused'],
  approved: ['intended', 'refused'],
  intended: ['done', 'not-done', 'unknown'],
  done: ['reverting'],
  'not-done': [],
  // A person looked: it is in effect, it is not, or it is to be put back.
  unknown: ['done', 'not-done', 'reverting'],
  // `done`: nothing was put back and the action is still in effect.
  reverting: ['reverted', 'expired', 'unknown', 'done'],
  reverted: [],
  expired: [],
  refused: [],
}

/** Whether an action in `from` may become `to`. */
export function canTransition(from: ActionStatus, to: ActionStatus): boolean {
  return FOLLOWS[from].includes(to)
}

/** @throws ActionError `ledger-conflict`. For storages: call it with the status read under the row's lock. */
export function assertAdvance(
  action: { id: string; status: ActionStatus },
  change: Pick<Advance, 'from' | 'to'>,
): void {
  if (change.from.includes(action.status) && canTransition(action.status, change.to)) return
  throw new ActionError(
    'ledger-conflict',
    `Action ${action.id} is ${action.status} and cannot become ${change.to} from ${change.from.join(' or ')}.`,
    { fix: 'Read the action again: another step, a person or its lease moved it on.' },
  )
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
 * The open action that forbids a new one on `target`. One that is moving (or unknown) blocks every other; one that is in effect blocks
 * those of its own kind: a second switch would take the first one's result for the state to put back.
 */
export function blockingAction(
  open: readonly LedgerAction[],
  wanted: { key: string; target: string; kind: ActionKind },
): LedgerAction | null {
  return (
    open.find(
      (action) =>
        action.key !== wanted.key &&
        isOpen(action.status) &&
        targetsOverlap(action.target, wanted.target) &&
        (action.status !== 'done' || action.kind === wanted.kind),
    ) ?? null
  )
}
