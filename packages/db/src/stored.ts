/** JSON columns, parsed on the way out: a row written by an older version must not surprise its reader. */
import * as z from 'zod'
import {
  effect,
  joinPolicy,
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

/** Unknown keys are kept: the hash covers them. Defaults are what the keys mean in a plan that was stored before they were known. */
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
      parent: z.string().nullable().default(null),
      input: z.record(z.string(), planValue),
      late: z.record(z.string(), planValue).default({}),
      join: joinPolicy,
      joinDeadlineSeconds: z.number().nullable().default(null),
      timeoutSeconds: z.number(),
      retry: z.object({
        attempts: z.number(),
        backoffSeconds: z.number(),
        nonRetryable: z.array(z.string()).default([]),
      }),
      guards: z.array(z.string()),
      mute: z.string().nullable().default(null),
      child: z.object({ runbook: z.string(), version: z.number(), planHash: z.string() }).nullable().default(null),
    }),
  ),
  edges: z.array(z.object({ from: z.string(), on: z.string(), to: z.string() })),
  timeoutSeconds: z.number(),
  onFailure: z.enum(['revert', 'keep']),
  excludes: z.array(z.string()).optional(),
  priority: z.enum(['low', 'normal', 'high']).default('normal'),
  concurrency: z
    .object({ key: planValue, policy: z.enum(['queue', 'drop', 'replace', 'join']) })
    .nullable()
    .default(null),
  express: z.boolean().default(false),
})

/** Unknown keys are kept: people approve a hash over all of it. */
export const storedActionPlan = z.looseObject({
  stepId: z.string(),
  hash: z.string(),
  title: z.string(),
  target: z.string(),
  diff: z.array(z.object({ label: z.string(), before: z.string(), after: z.string() })),
  facts: z.array(z.object({ label: z.string(), value: z.string(), tone: verdictValue.optional() })),
  effects: z
    .array(z.object({ label: z.string(), now: z.string(), expected: z.string(), tone: verdictValue.optional() }))
    .optional(),
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

/** For columns that are never null and hold what came from outside, as `jsonText` says. */
export function outsideJson(value: {} | null | undefined): Prisma.InputJsonValue {
  return JSON.parse(jsonText(value ?? {})) as Prisma.InputJsonValue
}

/**
 * Text for a raw statement's jsonb. PostgreSQL refuses NUL and halves of surrogate pairs, which text from the outside may hold; they become U+FFFD, as
 * in any decoder, rather than a row that can never be written.
 */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value ?? null)
  if (!refused.test(text)) return text
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner === 'string') return readable(inner)
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner
    return Object.fromEntries(Object.entries(inner).map(([key, one]) => [readable(key), one]))
  })
}

/** `null` stays SQL NULL. */
export const jsonTextOrNull = (value: unknown): string | null =>
  value === null || value === undefined ? null : jsonText(value)

const refused = /\\u(?:0000|d[89a-f])/i
const readable = (text: string): string => text.toWellFormed().replaceAll('\0', '\uFFFD')

export const iso = (date: Date): string => date.toISOString()
export const isoOrNull = (date: Date | null): string | null => date?.toISOString() ?? null
