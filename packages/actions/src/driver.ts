/**
 * The action protocol. A driver changes one kind of outside system with absolute intents only ("weight = 0"), reads back what it did,
 * and can put back what it found. Drivers know nothing of runs, ledgers or approvals: `protocol.ts` drives them.
 */
import type { ActionPlan } from '@tenon/runbook'

export type ActionKind = 'traffic-switch' | 'rate-limit'

/** What a person or runbook wants, before a driver made it absolute. */
export type ActionRequest =
  | { kind: 'traffic-switch'; entity: string; fromZone: string; toZone: string; leaseSeconds: number }
  | { kind: 'rate-limit'; entity: string; requestsPerSecond: number; leaseSeconds: number }

/** The state of a target as its system reports it: server weights, or a limit. `version` changes when the state does (for compare-and-set). */
export interface TargetState {
  target: string
  version: string
  servers: { name: string; zone: string; weight: number; up: boolean; requestsPerSecond: number | null }[]
  /** Requests per second allowed; null is unlimited. */
  rateLimit: number | null
}

/** Absolute: applying it twice equals applying it once. */
export type Intent =
  | { kind: 'set-weights'; target: string; weights: Record<string, number> }
  | { kind: 'set-rate-limit'; target: string; requestsPerSecond: number | null }

export interface Driver {
  readonly name: string
  /** @throws ActionError `target-unreachable`, `unknown-target`. */
  observe(target: string, signal?: AbortSignal): Promise<TargetState>
  /** Applies an absolute intent. Must not be retried blindly by callers: read back with `observe` instead. */
  apply(intent: Intent, signal?: AbortSignal): Promise<void>
}

export interface PlannedAction extends ActionPlan {
  intent: Intent
  /** The intent that puts back what was found. */
  revert: Intent
  before: TargetState
}

/**
 * `intended` is durable before the call; every action ends `done`, `not-done` or `unknown`, and `unknown` goes to a person.
 * `reverted` and `expired` (its lease ran out and it was put back) follow `done`.
 */
export type ActionStatus = 'planned' | 'approved' | 'intended' | 'done' | 'not-done' | 'unknown' | 'reverting' | 'reverted' | 'expired' | 'refused'
