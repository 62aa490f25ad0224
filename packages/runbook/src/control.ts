/** Inputs and outputs of the steps that the interpreter carries out itself, approvals apart (approval.ts). */
import * as z from 'zod'
import { duration } from './document.ts'
import { durationSeconds } from './duration.ts'
import type { StepError } from './run.ts'

/** Most rounds of a loop: more would no longer be a runbook that people can follow. */
export const mostRounds = 1000

/** Waits `for` a time or `until` a moment (ISO 8601); one of the two. */
export const waitInput = z.object({ for: duration.optional(), until: z.string().optional() })
export const waitOutput = z.object({ until: z.string(), waitedSeconds: z.number() })

export const eventInput = z.object({ event: z.string().min(1).max(200), expiresAfter: duration.default('1h') })
export const eventOutput = z.object({ id: z.string(), name: z.string(), payload: z.unknown(), at: z.string() })

/** `tolerate`: how many rounds may fail, as a number or as a share of all items (`20%`). */
export const eachInput = z.object({
  items: z.array(z.unknown()).max(mostRounds),
  concurrency: z.number().int().min(1).max(50).default(10),
  tolerate: z
    .union([z.number().int().min(0), z.string().regex(/^(100|\d{1,2})%$/, 'Write a number, or a share like 20%.')])
    .default(0),
})
export const eachOutput = z.object({
  count: z.number(),
  succeeded: z.number(),
  failed: z.number(),
  results: z.array(
    z.object({ index: z.number(), item: z.unknown(), status: z.enum(['done', 'failed']), value: z.unknown() }),
  ),
})

export const repeatInput = z.object({
  atMost: z.number().int().min(1).max(mostRounds).default(10),
  every: duration.default('0s'),
})
export const repeatOutput = z.object({ rounds: z.number(), value: z.unknown() })

export const childInput = z.object({
  runbook: z.string(),
  version: z.number().int().positive().optional(),
  params: z.record(z.string(), z.unknown()).default({}),
})
export const childOutput = z.object({
  runId: z.string(),
  status: z.string(),
  verdict: z.enum(['normal', 'abnormal', 'inconclusive']).nullable(),
  conclusion: z.string().nullable(),
})

export const stopInput = z.object({
  as: z.enum(['succeeded', 'failed']).default('succeeded'),
  reason: z.string().max(2000).default(''),
})

/** How many rounds may fail. */
export function toleratedRounds(tolerate: number | string, count: number): number {
  if (typeof tolerate === 'number') return tolerate
  return Math.floor((count * Number.parseInt(tolerate, 10)) / 100)
}

export type Parsed<T> = { ok: true; value: T } | { ok: false; error: StepError }

/** Reads a control step's resolved input. */
export function parseControl<T>(schema: z.ZodType<T>, input: Record<string, unknown>): Parsed<T> {
  const parsed = schema.safeParse(input)
  if (parsed.success) return { ok: true, value: parsed.data }
  const [issue] = parsed.error.issues
  const field = issue?.path.join('.') ?? ''
  return { ok: false, error: badInput(`Input "${field}": ${issue?.message ?? 'does not fit'}`) }
}

export function badInput(message: string): StepError {
  return {
    code: 'bad-input',
    message,
    fix: 'Correct the input, or what it is computed from.',
    retryable: false,
  }
}

/** The moment that a wait ends, unix milliseconds. */
export function waitUntil(input: z.infer<typeof waitInput>, at: number): Parsed<number> {
  if ((input.for === undefined) === (input.until === undefined))
    return { ok: false, error: badInput('A wait needs either "for" or "until".') }
  if (input.for !== undefined) return { ok: true, value: at + (durationSeconds(input.for) ?? 0) * 1000 }
  const until = Date.parse(input.until ?? '')
  return Number.isNaN(until)
    ? { ok: false, error: badInput(`"${input.until}" is not a time like 2026-01-31T09:30:00Z.`) }
    : { ok: true, value: until }
}
