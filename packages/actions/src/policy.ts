/** Limits on actions that hold for the whole installation. Admins set them; no runbook can loosen one. */
import * as z from 'zod'

/** At most `count` actions in `seconds`; null is no limit. */
const rate = z.object({ count: z.number().int().min(0), seconds: z.number().int().min(1).max(86_400) }).nullable()

export const actionPolicy = z.object({
  capacity: z
    .object({
      /** Healthy servers with traffic that must remain in each backend. */
      minimumServers: z.number().int().min(1).default(2),
      /** Projected share of a remaining server's maximum, 0..1. */
      maximumUtilisation: z.number().min(0.1).max(1).default(0.8),
      /** What one server can carry. */
      requestsPerSecondPerServer: z.number().positive().default(10),
    })
    .prefault({}),
  rates: z
    .object({
      all: rate.default({ count: 60, seconds: 3600 }),
      runbook: rate.default({ count: 20, seconds: 3600 }),
      target: rate.default({ count: 6, seconds: 3600 }),
    })
    .prefault({}),
})
export type ActionPolicy = z.infer<typeof actionPolicy>

export const defaultActionPolicy: ActionPolicy = actionPolicy.parse({})

/** Below these no traffic is taken away from servers. */
export type CapacityLimits = ActionPolicy['capacity']
