/**
 * The action protocol's other side. A driver changes one kind of outside system with absolute intents only ("weight = 0"), reads back what it
 * did, and can put back what it found. Drivers know nothing of runs, ledgers or approvals: `apply-action.ts` and `revert-action.ts` drive them.
 */
import * as z from 'zod'
import type { ActionPlan } from '@tenon/runbook'

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

/** A setting of a target, by its driver's name for it: `limit`, `replicas`, `flag`, ... */
export const settingValue = z.union([z.string(), z.number(), z.boolean(), z.null()])
export type SettingValue = z.infer<typeof settingValue>

/** The state of a target as its system reports it. */
export const targetState = z.object({
  target: z.string(),
  /** Changes exactly when somebody changed the target (for compare-and-set): an etag, a resourceVersion, or a hash of what can be set. */
  version: z.string(),
  /** Which start of the system answers (its process, its boot). Another one may have forgotten what was set. Null when it does not say. */
  instance: z.string().nullable().default(null),
  servers: z.array(serverState),
  /** Settings by name; one that is not there is null. */
  values: z.record(z.string(), settingValue).default({}),
  /** What people should know before they approve: "3 of 5 replicas ready". Never compared. */
  notes: z.record(z.string(), z.string()).default({}),
})
export type TargetState = z.infer<typeof targetState>

/** All labels of an alert, each exactly so: a silence must not hold back its neighbours. */
export const silenceMatchers = z.array(z.object({ name: z.string().min(1), value: z.string() })).min(2)

/** Absolute: applying it twice equals applying it once. Each reads back as the parts that `partsOfIntent` names. */
export const intent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('set-weights'), target: z.string(), weights: z.record(z.string(), z.number()) }),
  /** null takes a setting away. */
  z.object({ kind: z.literal('set-values'), target: z.string(), values: z.record(z.string(), settingValue) }),
  /** `until` null: no silence of ours. Reads back as the setting `silence`. */
  z.object({
    kind: z.literal('set-silence'),
    target: z.string(),
    until: z.number().nullable(),
    matchers: silenceMatchers,
    comment: z.string(),
  }),
  /** One statement of a database, whose `check` (one row, one column) reads `expected` when it took effect: the setting `check`. */
  z.object({
    kind: z.literal('run-statement'),
    target: z.string(),
    statement: z.string(),
    parameters: z.array(z.union([z.string(), z.number(), z.boolean(), z.null()])),
    /** More rows than this are not changed: the statement is rolled back. */
    maximumRows: z.number().int().positive(),
    check: z.string(),
    expected: z.string(),
  }),
])
export type Intent = z.infer<typeof intent>

/** What goes with each change, so that a system that can compare refuses a stale or repeated one by itself. */
export interface ApplyCall {
  /** Idempotency key of this change: the same for every attempt at it. */
  key: string
  /** Rises with every claim and every attempt on the target. */
  fence: number
  /** Version of the state that was judged; null after a half-applied change, when any version will do. */
  expect: string | null
  /** As `performance.now()`: past it nothing may be sent any more, because another may have taken over (a process that was stopped). */
  sendBefore: number
  signal?: AbortSignal
}

export interface Driver {
  readonly name: string
  /** After this many seconds no call of a dead process can still land; reading back earlier proves nothing. */
  readonly inFlightSeconds: number
  /** A restart or reload of the system forgets what was set, so the protocol asserts it again (see `drift.ts`). */
  readonly forgets: boolean
  /**
   * Changes nothing.
   * @param about what is asked about, for systems whose state cannot be listed (a database): its part must be in the answer.
   * @throws ActionError `target-unreachable`, `unknown-target`, `bad-answer`.
   */
  observe(target: string, signal?: AbortSignal, about?: Intent): Promise<TargetState>
  /**
   * Applies an absolute intent. Must not be retried blindly by callers: read back with `observe` instead.
   * @throws ActionError `target-unreachable`, `unknown-target`, `target-refused`, `stale` (the system refused an old fence or version).
   */
  apply(intent: Intent, call: ApplyCall): Promise<void>
}

export interface PlannedAction extends ActionPlan {
  intent: Intent
  /** The steps on the way, absolute each; the last equals `intent`. One when it is done at once. */
  waves: Intent[]
  /** The intent that puts back what was found; null for what cannot be put back (a restart): such an action has no lease. */
  revert: Intent | null
  before: TargetState
  /** Unix ms: when what it was decided on was true; null when nobody says. */
  asOf: number | null
  /** Runbooks that may have no action open while this one is open; from the runbook whose step it is. */
  excludes?: string[]
}

/** A row of "did it work": what was, what is, and whether that is what was meant. */
export const verificationRow = z.object({ label: z.string(), before: z.string(), after: z.string(), pass: z.boolean() })
export type VerificationRow = z.infer<typeof verificationRow>

/**
 * `intended` is durable before the call; every action ends `done`, `not-done` or `unknown`, and `unknown` goes to a person.
 * `reverted` and `expired` (its lease ran out and it was put back) follow `done`, as does `kept`: it stays for good, by its nature or because
 * a person said so. `rehearsed`: a dry run, carried out up to the call.
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
  'kept',
  'rehearsed',
  'refused',
])
export type ActionStatus = z.infer<typeof actionStatus>
