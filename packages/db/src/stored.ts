/** JSON columns, parsed on the way out: a row written by an older version must not surprise its reader. */
import * as z from 'zod'
import {
  effect,
  outcomeType,
  parameter,
  verdictValue,
  type ActionPlan,
  type Plan,
  type PlanValue,
  type StepError,
} from '@tenon/runbook'
import { Prisma } from './generated/client.ts'

const planValue: z.ZodType<PlanValue> = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('literal'), value: z.unknown() }),
    z.object({ kind: z.literal('expression'), cel: z.string() }),
    z.object({ kind: z.literal('template'), parts: z.array(z.union([z.string(), z.object({ cel: z.string() })])) }),
    z.object({ kind: z.literal('list'), items: z.array(planValue) }),
    z.object({ kind: z.literal('object'), fields: z.record(z.string(), planValue) }),
  ]),
)

/** Unknown keys are kept: the hash covers them. */
export const storedPlan: z.ZodType<Plan> = z.looseObject({
  hash: z.string(),
  runbook: z.object({ name: z.string(), title: z.string() }),
  params: z.record(z.string(), parameter),
  steps: z.array(
    z.looseObject({
      id: z.string(),
      type: z.string(),
      version: z.number(),
      title: z.string(),
      effect,
      idempotent: z.boolean(),
      outcomes: z.array(outcomeType),
      input: z.record(z.string(), planValue),
      join: z.enum(['all', 'any']),
      timeoutSeconds: z.number(),
      retry: z.object({ attempts: z.number(), backoffSeconds: z.number() }),
      guards: z.array(z.string()),
    }),
  ),
  edges: z.array(z.object({ from: z.string(), on: z.string(), to: z.string() })),
  timeoutSeconds: z.number(),
  onFailure: z.enum(['revert', 'keep']),
})

/** Unknown keys are kept: people approve a hash over all of it. */
export const storedActionPlan = z.looseObject({
  stepId: z.string(),
  hash: z.string(),
  title: z.string(),
  target: z.string(),
  diff: z.array(z.object({ label: z.string(), before: z.string(), after: z.string() })),
  facts: z.array(z.object({ label: z.string(), value: z.string(), tone: verdictValue.optional() })),
  guards: z.array(z.object({ name: z.string(), pass: z.boolean(), detail: z.string() })),
  intent: z.unknown(),
  leaseSeconds: z.number(),
})
export const storedActionPlans: z.ZodType<ActionPlan[]> = z.array(storedActionPlan)

export const storedError: z.ZodType<StepError> = z.object({
  code: z.string(),
  message: z.string(),
  fix: z.string().optional(),
  retryable: z.boolean(),
})

export const storedObject = z.record(z.string(), z.unknown())

/** For Prisma: plain JSON (undefined dropped), and SQL NULL for null. */
export function json(value: unknown): Prisma.InputJsonValue | typeof Prisma.DbNull {
  if (value === null || value === undefined) return Prisma.DbNull
  return JSON.parse(JSON.stringify(value)) as Prisma.InputJsonValue
}

/** For columns that are never null. */
export function jsonValue(value: {} | null | undefined): Prisma.InputJsonValue {
  return JSON.parse(JSON.stringify(value ?? {})) as Prisma.InputJsonValue
}

export const iso = (date: Date): string => date.toISOString()
export const isoOrNull = (date: Date | null): string | null => date?.toISOString() ?? null
export const dateOrNull = (ms: number | null | undefined): Date | null =>
  ms === null || ms === undefined ? null : new Date(ms)
