/** What the protocol needs from the outside; built once in the composition root. */
import type { Autonomy } from './autonomy.ts'
import type { FreezeCalendar, FreezeException } from './calendar/freeze-calendar.ts'
import type { Driver } from './driver.ts'
import type { ReadMeasure } from './measure-reading.ts'
import type { Ledger, LedgerAction, Refusal } from './ledger.ts'
import type { ActionPolicy, CapacityLimits } from './policy.ts'
import type { ActionKind, ActionRequest, HarmBound } from './request.ts'

export interface WritesStop {
  by: string
  /** Unix milliseconds. */
  at: number
  reason: string
}

/** What a stop, a freeze, or a level of autonomy may be limited to. */
export interface WriteScope {
  /** `<connection>/<backend>`. */
  target: string
  kind: ActionKind
  /** Name; null when a person asked for the action. */
  runbook: string | null
}

/** Where an action is carried out. */
export interface ActionTarget {
  /** For titles: "payment". */
  title: string
  connection: string
  /** As the driver names it; `*` is all of the connection. */
  backend: string
  driver: Driver
  limits: CapacityLimits
}

export interface ActionDeps {
  ledger: Ledger
  targets: {
    /** @throws ActionError `bad-request` when there is nothing to act upon, or its connection is of another kind. */
    of(request: ActionRequest): Promise<ActionTarget>
    /** The driver of a connection, for actions that are already in the ledger. */
    forConnection(connection: string): Promise<Driver>
  }
  /** The kill switch. When it cannot be read, writes count as stopped. */
  writesStopped(scope: WriteScope): Promise<WritesStop | null>
  /** Limits of the installation; a runbook cannot loosen them. */
  policy(): Promise<ActionPolicy>
  /** What a runbook may do alone. Absent, or when it cannot be read: nothing. */
  autonomyOf?(runbook: string, kind: ActionKind): Promise<Autonomy>
  /** When nothing may be changed, and the exceptions to it. When it cannot be read, all is frozen; absent: there are no calendars. */
  freezes?(): Promise<Freezes>
  /** Whether an alert (its id) fires now; one that is not known does not. Absent, or when it cannot be read: it does not. */
  alertFires?(id: string): Promise<boolean>
  /** Whether alerts may be silenced at all. When it cannot be read, or is absent, they may not. */
  suppressionOn?(): Promise<boolean>
  /** How a measure that an action is bound by reads now. Absent: none can be read, and none passes. */
  readMeasure?: ReadMeasure
  /** Watches measures for some seconds: between two waves. Absent: nothing can be watched, and a ramp does not go on. */
  watchHarm?(bounds: readonly HarmBound[], seconds: number, signal?: AbortSignal): Promise<HarmVerdict>
  /** Starts the durable timer that reverts; called after the intent is durable and before the target is touched. */
  startLease(actionId: string, leaseSeconds: number): Promise<void>
  /** An action ended `unknown`, or its target drifted: a person must look. */
  onUnknown(action: LedgerAction, detail: string): Promise<void>
  /** It could not be put back again and again; called after each such try, so whoever tells people does it once an action. */
  onNotPutBack?(action: LedgerAction, detail: string): Promise<void>
  /** The same action again and again, or failures in a row: nothing more is sent, and a person must look. */
  onGivenUp?(action: LedgerAction, refusal: Refusal): Promise<void>
  /** Of this process, for waiting and for elapsed times; moments come from the ledger's clock. */
  clock: Clock
  /**
   * How long is watched, in seconds: traffic before a plan (its rate) and after an action (whether it moved), and how long a measure may take to have a
   * value that was measured after the action.
   */
  watchSeconds?: { plan: number; verify: number; measures?: number }
}

export interface Freezes {
  calendars: FreezeCalendar[]
  exceptions: FreezeException[]
}

export type HarmVerdict =
  | { kind: 'well' }
  /** A measure is outside its bound. */
  | { kind: 'harm'; detail: string }
  /** A measure is missing, stale, or not a number: never the same as well. */
  | { kind: 'no-data'; detail: string }

export interface Clock {
  now(): number
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
}

export const defaultWatchSeconds = { plan: 2, verify: 6, measures: 90 }
