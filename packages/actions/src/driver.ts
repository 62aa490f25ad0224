/**
 * The action protocol. A driver changes one kind of outside system with absolute intents only ("weight = 0"), reads back what it did,
 * and can put back what it found. Drivers know nothing of runs, ledgers or approvals: `protocol.ts` drives them.
 */
import * as z from 'zod'
import type { ActionPlan } from '@tenon/runbook'

export const actionKind = z.enum(['traffic-switch', 'rate-limit', 'silence'])
export type ActionKind = z.infer<typeof actionKind>

/** All labels of an alert, each exactly so: a silence must not hold back its neighbours. */
const matchers = z.array(z.object({ name: z.string().min(1), value: z.string() })).min(2)

/** What a person or runbook wants, before a driver made it absolute. */
export const actionRequest = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('traffic-switch'),
    entity: z.string(),
    fromZone: z.string(),
    toZone: z.string(),
    leaseSeconds: z.number().int().positive(),
  }),
  z.object({
    kind: z.literal('rate-limit'),
    entity: z.string(),
    requestsPerSecond: z.number().positive(),
    leaseSeconds: z.number().int().positive(),
  }),
  z.object({
    kind: z.literal('silence'),
    /** Of kind alertmanager. */
    connection: z.string(),
    /** Id of the alert. */
    alert: z.string(),
    title: z.string(),
    matchers,
    /** Why, with a link, for who meets it in the Alertmanager. */
    comment: z.string(),
    /** Unix ms. Absolute, so that the same request is the same silence. */
    until: z.number().int(),
    leaseSeconds: z.number().int().positive(),
  }),
])
export type ActionRequest = z.infer<typeof actionRequest>

export const serverState = z.object({
  /** The host's id; under the target `*` it is `<backend>/<host id>`. */
  name: z.string(),
  /** From the model's host entity; empty when the model does not know the host. */
  zone: z.string(),
  weight: z.number(),
  up: z.boolean(),
  /** Over the last seconds; null when the system does not say. */
  requestsPerSecond: z.number().nullable(),
  /** Requests since the system started: what verification compares. Null when the system does not say. */
  requestsTotal: z.number().nullable(),
})
export type ServerState = z.infer<typeof serverState>

/** The state of a target as its system reports it: server weights, or a limit. `version` changes when the weights or the limit do (for compare-and-set). */
export const targetState = z.object({
  target: z.string(),
  version: z.string(),
  servers: z.array(serverState),
  /** Requests per second allowed; null is unlimited. */
  rateLimit: z.number().nullable(),
  /** Of an Alertmanager: our silence of one alert, and when it ends (unix ms); null when there is none. */
  silence: z.object({ id: z.string(), until: z.number() }).nullable().optional(),
})
export type TargetState = z.infer<typeof targetState>

/** Absolute: applying it twice equals applying it once. */
export const intent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('set-weights'), target: z.string(), weights: z.record(z.string(), z.number()) }),
  z.object({ kind: z.literal('set-rate-limit'), target: z.string(), requestsPerSecond: z.number().nullable() }),
  /** `until` null: no silence of ours. */
  z.object({
    kind: z.literal('set-silence'),
    target: z.string(),
    until: z.number().nullable(),
    matchers,
    comment: z.string(),
  }),
])
export type Intent = z.infer<typeof intent>

export interface Driver {
  readonly name: string
  /** After this many seconds no call of a dead process can still land; reading back earlier proves nothing. */
  readonly inFlightSeconds: number
  /** @throws ActionError `target-unreachable`, `unknown-target`, `bad-answer`. */
  observe(target: string, signal?: AbortSignal): Promise<TargetState>
  /**
   * Applies an absolute intent. Must not be retried blindly by callers: read back with `observe` instead.
   * @throws ActionError `target-unreachable`, `unknown-target`, `target-refused`.
   */
  apply(intent: Intent, signal?: AbortSignal): Promise<void>
}

export interface PlannedAction extends ActionPlan {
  intent: Intent
  /** The intent that puts back what was found. */
  revert: Intent
  before: TargetState
}

/** A row of "did it work": what was, what is, and whether that is what was meant. */
export const verificationRow = z.object({ label: z.string(), before: z.string(), after: z.string(), pass: z.boolean() })
export type VerificationRow = z.infer<typeof verificationRow>

/**
 * `intended` is durable before the call; every action ends `done`, `not-done` or `unknown`, and `unknown` goes to a person.
 * `reverted` and `expired` (its lease ran out and it was put back) follow `done`.
 */
export const actionStatus = z.enum([
  'planned',
  'approved',
  'intended',
  'done',
  'not-done',
  'unknown',
  'reverting',
  'reverted',
  'expired',
  'refused',
])
export type ActionStatus = z.infer<typeof actionStatus>
