import {
  evidence,
  hypothesis,
  verdict,
  type Evidence,
  type Hypothesis,
  type ResultOrigin,
  type StepError,
  type StepState,
  type StepStatus,
  type Verdict,
  type Waiting,
} from '@tenon/runbook'
import * as z from 'zod'
import { storedError } from './stored.ts'

/** A step of a run. Times are ISO 8601. */
export interface StepRow {
  /** The step's key: `check#2` is `check` in round 2 of its loop. */
  stepId: string
  type: string
  title: string
  status: StepStatus
  attempt: number
  outcome: string | null
  summary: string | null
  input: unknown
  output: unknown
  verdict: Verdict | null
  evidence: Evidence[]
  hypotheses: Hypothesis[]
  error: StepError | null
  /** Why it was skipped. */
  reason: string | null
  /** How a step that is done came to its result, when it did not run. */
  origin: ResultOrigin | null
  /** What a step that waits, waits for. */
  waitsFor: WaitsFor | null
  startedAt: string | null
  endedAt: string | null
}

/** Times are ISO 8601. The plans and yeses of people are in the approval. */
export type WaitsFor = z.infer<typeof waitsFor>

export const stepStatus = z.enum([
  'pending',
  'running',
  'backing-off',
  'waiting',
  'done',
  'failed',
  'skipped',
  'cancelled',
])
const origin = z.enum(['muted', 'pinned', 'reused'])
const waitsFor = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('people'), expiresAt: z.string() }),
  z.object({ kind: z.literal('time'), until: z.string() }),
  z.object({ kind: z.literal('event'), event: z.string(), expiresAt: z.string() }),
])

/**
 * What a step's row holds for a state; keys that are left out are NULL, so that a retried step does not keep what its last attempt wrote. Times are ISO
 * 8601. While a step waits, `output` holds what it waits for, and of a step that is done without having run, `reason` is its origin.
 */
export interface StepColumns {
  status: StepStatus
  attempt?: number
  outcome?: string
  summary?: string
  input?: unknown
  output?: unknown
  verdict?: Verdict
  evidence?: Evidence[]
  hypotheses?: Hypothesis[]
  error?: StepError
  reason?: string
  startedAt?: string
  endedAt?: string
}

export function stepColumns(state: StepState): StepColumns {
  switch (state.status) {
    case 'pending':
      return { status: state.status }
    case 'running':
      return { status: state.status, ...begun(state) }
    case 'waiting':
      return { status: state.status, ...begun(state), output: waitsForOf(state.on) }
    case 'backing-off':
      return { status: state.status, ...begun(state), error: state.error }
    case 'done':
      return {
        status: state.status,
        ...begun(state),
        endedAt: time(state.endedAt),
        outcome: state.result.outcome,
        summary: state.result.summary,
        output: state.result.output,
        verdict: state.result.verdict,
        evidence: state.result.evidence,
        hypotheses: state.result.hypotheses,
        reason: state.origin,
      }
    case 'failed':
      return {
        status: state.status,
        ...begun(state),
        endedAt: time(state.endedAt),
        outcome: 'error',
        error: state.error,
      }
    case 'skipped':
      return { status: state.status, endedAt: time(state.endedAt), reason: state.reason }
    case 'cancelled':
      return { status: state.status, ...(state.begun && begun(state.begun)), endedAt: time(state.endedAt) }
  }
}

function begun(state: { attempt: number; startedAt: number; input: Record<string, unknown> }) {
  return { attempt: state.attempt, startedAt: time(state.startedAt), input: state.input }
}

function waitsForOf(on: Waiting): WaitsFor {
  switch (on.kind) {
    case 'people':
      return { kind: on.kind, expiresAt: time(on.expiresAt) }
    case 'time':
      return { kind: on.kind, until: time(on.until) }
    case 'event':
      return { kind: on.kind, event: on.event, expiresAt: time(on.expiresAt) }
  }
}

const time = (ms: number): string => new Date(ms).toISOString()

const storedTime = z
  .union([z.date().transform((date) => date.toISOString()), z.string()])
  .nullable()
  .default(null)

const stored = z.object({
  stepId: z.string(),
  type: z.string(),
  title: z.string(),
  status: stepStatus,
  attempt: z.number().default(0),
  outcome: z.string().nullable().default(null),
  summary: z.string().nullable().default(null),
  input: z.unknown().optional(),
  output: z.unknown().optional(),
  verdict: verdict.nullable().default(null),
  evidence: z.array(evidence).nullable().default(null),
  hypotheses: z.array(hypothesis).nullable().default(null),
  error: storedError.nullable().default(null),
  reason: z.string().nullable().default(null),
  startedAt: storedTime,
  endedAt: storedTime,
})

/** Reads a row of `step`, or an entry of an express run's `record`. */
export function stepRow(row: unknown): StepRow {
  const { input, output, evidence: items, hypotheses, reason, ...rest } = stored.parse(row)
  const waits = rest.status === 'waiting'
  // Of the release before, a step that waited held no word of what for.
  const waitsForWhat = waits ? (waitsFor.safeParse(output).data ?? null) : null
  const how = rest.status === 'done' ? (origin.safeParse(reason).data ?? null) : null
  return {
    ...rest,
    input: input ?? null,
    output: waits ? null : (output ?? null),
    evidence: items ?? [],
    hypotheses: hypotheses ?? [],
    reason: how ? null : reason,
    origin: how,
    waitsFor: waitsForWhat,
  }
}
