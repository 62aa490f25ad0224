/** Limits on actions that hold for the whole installation. Admins set them; no runbook can loosen one. */
import * as z from 'zod'

const seconds = z.number().int().min(1).max(86_400)

/** At most `count` actions in `seconds`; null is no limit. */
const rate = z.strictObject({ count: z.number().int().min(0).max(10_000), seconds }).nullable()
export type Rate = z.infer<typeof rate>

export const actionPolicy = z.strictObject({
  capacity: z
    .strictObject({
      /** Healthy servers with traffic that must remain in each backend. */
      minimumServers: z.number().int().min(1).default(2),
      /** Projected share of a remaining server's maximum, 0..1. */
      maximumUtilisation: z.number().min(0.1).max(1).default(0.8),
      /** What one server can carry. */
      requestsPerSecondPerServer: z.number().positive().default(10),
    })
    .prefault({}),
  /** More than the larger of the two is refused as a whole. */
  blastRadius: z
    .strictObject({
      /** Servers (or replicas) of one group. */
      servers: z.number().int().min(0).default(1),
      /** Of one group, 0..1. Half, so that one of two zones can be left. */
      share: z.number().min(0).max(1).default(0.5),
      /** Rows that one statement may change. */
      rows: z.number().int().min(0).default(1000),
    })
    .nullable()
    .prefault({}),
  rates: z
    .strictObject({
      all: rate.default({ count: 60, seconds: 3600 }),
      runbook: rate.default({ count: 20, seconds: 3600 }),
      target: rate.default({ count: 6, seconds: 3600 }),
    })
    .prefault({}),
  /** As many actions of one kind on one target, and no more: after that it does not help, and a person looks. */
  flap: rate.default({ count: 3, seconds: 3600 }),
  /** More failed actions of one run than `count`, and it sends no more. */
  failures: rate.default({ count: 1, seconds: 3600 }),
  interlocks: z
    .strictObject({
      /** While a zone is without traffic anywhere, no other zone is drained, of any service. */
      oneZone: z.boolean().default(true),
      /** Names of runbooks; of those in one list only one may have an action open at a time. */
      excludes: z
        .array(z.array(z.string().min(1).max(200)).min(2).max(50))
        .max(100)
        .default([]),
    })
    .prefault({}),
  /** What an action is decided on may not be older than this when its target is touched. */
  evidenceSeconds: z.number().int().min(1).max(86_400).default(1800),
  freeze: z
    .strictObject({
      /** false only while the glass is broken. */
      required: z.boolean().default(true),
    })
    .prefault({}),
  autonomy: z
    .strictObject({
      /** false only while the glass is broken. */
      required: z.boolean().default(true),
      /** Where nobody granted a level. */
      usual: z.enum(['observe', 'suggest', 'approve']).default('approve'),
      /** Approved actions that went well, without one that did not, before a runbook may act alone. */
      supervisedSuccesses: z.number().int().min(0).max(1000).default(5),
    })
    .prefault({}),
})
export type ActionPolicy = z.infer<typeof actionPolicy>

export const defaultActionPolicy: ActionPolicy = actionPolicy.parse({})

/** Below these no traffic is taken away from servers. */
export type CapacityLimits = ActionPolicy['capacity']

/** What holds while somebody broke the glass: blast radius, rates, flaps, calendars and autonomy do not. Capacity, interlocks and freshness do. */
export function policyUnderBrokenGlass(policy: ActionPolicy): ActionPolicy {
  return {
    ...policy,
    blastRadius: null,
    rates: { all: null, runbook: null, target: null },
    flap: null,
    freeze: { required: false },
    autonomy: { ...policy.autonomy, required: false },
  }
}
