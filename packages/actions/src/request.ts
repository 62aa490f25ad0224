/** What a person or a runbook wants, before it is made absolute for one system. */
import * as z from 'zod'

const matchers = z.array(z.object({ name: z.string().min(1), value: z.string() })).min(2)

/** A bound on a measure that an action must not break: `payment.success-rate` above 0.98. */
export const harmBound = z
  .object({
    measure: z.string().min(1),
    where: z.record(z.string(), z.string()).default({}),
    /** Harm is a value outside of these; at least one is set. */
    minimum: z.number().nullable().default(null),
    maximum: z.number().nullable().default(null),
  })
  .refine(({ minimum, maximum }) => minimum !== null || maximum !== null, 'Give a minimum, a maximum, or both.')
  .refine(({ minimum, maximum }) => minimum === null || maximum === null || minimum <= maximum, {
    message: 'The minimum is above the maximum, so every value would be harm.',
  })
export type HarmBound = z.infer<typeof harmBound>

/** What every action may carry. */
const watched = {
  /** Watched between two waves of a ramp, and each second while it is in effect if it can be put back; a breach, or no data past its grace, puts it back at once. */
  harm: z.array(harmBound).max(20).optional(),
  /** Go on only while this alert (its id) fires. */
  whileAlert: z.string().optional(),
}

/** What every action that can be put back carries. */
const common = { leaseSeconds: z.number().int().positive(), ...watched }

/** Shares in percent, rising, the last 100: how a change goes in by waves, with a time to watch after each. */
const ramp = z
  .object({
    percents: z.array(z.number().int().min(1).max(100)).min(1).max(10),
    watchSeconds: z.number().int().min(1).max(3600),
  })
  .optional()

export const actionRequest = z.discriminatedUnion('kind', [
  /** Away from one zone, or away from named hosts when `hosts` is there (then `fromZone` and `toZone` are empty). */
  z.object({
    kind: z.literal('traffic-switch'),
    entity: z.string(),
    fromZone: z.string(),
    toZone: z.string(),
    hosts: z.array(z.string()).optional(),
    ramp,
    ...common,
  }),
  z.object({
    kind: z.literal('rate-limit'),
    entity: z.string(),
    requestsPerSecond: z.number().positive(),
    /** Of one route (a path prefix) or one caller only; all requests when neither is there. */
    route: z.string().optional(),
    caller: z.string().optional(),
    ...common,
  }),
  /** A feature flag or level of a gateway: `recommendations` = off. */
  z.object({
    kind: z.literal('feature'),
    connection: z.string(),
    feature: z.string(),
    value: z.union([z.string(), z.number(), z.boolean()]),
    ...common,
  }),
  z.object({ kind: z.literal('scale'), entity: z.string(), replicas: z.number().int().min(0), ...common }),
  z.object({
    kind: z.literal('restart'),
    entity: z.string(),
    /** ISO 8601: absolute, so that the same request restarts once. */
    at: z.string(),
    ...watched,
  }),
  /** To a revision that was there before; null is the one before this. */
  z.object({
    kind: z.literal('roll-back'),
    entity: z.string(),
    revision: z.number().int().positive().nullable(),
    ...common,
  }),
  /** Takes a node out of scheduling and moves its pods, within their disruption budgets. */
  z.object({ kind: z.literal('drain-node'), connection: z.string(), node: z.string(), evict: z.boolean(), ...common }),
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
    ...common,
  }),
  z.object({
    kind: z.literal('incident'),
    connection: z.string(),
    /** Names the incident for good: opening it twice opens one. */
    key: z.string(),
    title: z.string(),
    state: z.enum(['open', 'closed']),
    ...common,
  }),
  z.object({
    kind: z.literal('statement'),
    connection: z.string(),
    title: z.string(),
    statement: z.string(),
    parameters: z.array(z.union([z.string(), z.number(), z.boolean(), z.null()])),
    maximumRows: z.number().int().positive(),
    check: z.string(),
    expected: z.string(),
    ...watched,
  }),
])
export type ActionRequest = z.infer<typeof actionRequest>
export type ActionKind = ActionRequest['kind']
export const actionKind = z.enum([
  'traffic-switch',
  'rate-limit',
  'feature',
  'scale',
  'restart',
  'roll-back',
  'drain-node',
  'silence',
  'incident',
  'statement',
])

/** Seconds until it reverts by itself; null for what cannot be put back. */
export function leaseSecondsOf(request: ActionRequest): number | null {
  return 'leaseSeconds' in request ? request.leaseSeconds : null
}
