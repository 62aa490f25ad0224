/** What the protocol needs from the outside; built once in the composition root. */
import type { Driver } from './driver.ts'
import type { Ledger, LedgerAction } from './ledger.ts'

export interface WritesStop {
  by: string
  /** Unix milliseconds. */
  at: number
  reason: string
}

/** Below these no traffic is taken away from servers. */
export interface CapacityLimits {
  /** Healthy servers with traffic that must remain in each backend. */
  minimumServers: number
  /** Projected share of a remaining server's maximum, 0..1. */
  maximumUtilisation: number
  /** What one server can carry. */
  requestsPerSecondPerServer: number
}

export const defaultCapacityLimits: CapacityLimits = {
  minimumServers: 2,
  maximumUtilisation: 0.8,
  requestsPerSecondPerServer: 10,
}

/** Where an entity's traffic is switched and limited. */
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
    /** @throws ActionError `bad-request` when the entity has no edge. */
    forEntity(entity: string): Promise<ActionTarget>
    /** Where alerts are silenced: a connection of kind alertmanager. @throws ActionError `bad-request` when it is none. */
    forSilences?(connection: string): Promise<Driver>
    /** The driver of a connection, for actions that are already in the ledger. */
    forConnection(connection: string): Promise<Driver>
  }
  /** The kill switch. When it cannot be read, writes count as stopped. */
  writesStopped(): Promise<WritesStop | null>
  /** Whether alerts may be silenced at all. When it cannot be read, or is absent, they may not. */
  suppressionOn?(): Promise<boolean>
  /** Starts the durable timer that reverts; called after the intent is durable and before the target is touched. */
  startLease(actionId: string, leaseSeconds: number): Promise<void>
  /** An action ended `unknown`: a person must look. */
  onUnknown(action: LedgerAction, detail: string): Promise<void>
  clock: Clock
  /** How long traffic is watched, in seconds: before a plan (its rate) and after an action (whether it moved). */
  watchSeconds?: { plan: number; verify: number }
}

export interface Clock {
  now(): number
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
}

export const defaultWatchSeconds = { plan: 2, verify: 6 }
