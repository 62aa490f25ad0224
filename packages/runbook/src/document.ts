/** The runbook document: what SREs write, as YAML or on the canvas. */
import * as z from 'zod'

const identifier = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'Use lower-case letters, digits and dashes; begin with a letter.')
/** Step ids appear in expressions as `steps.<id>`, so they use underscores, not dashes. */
const stepId = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,62}$/, 'Use lower-case letters, digits and underscores; begin with a letter.')
/** `30s`, `15m`, `2h`, `1d`. */
export const duration = z.string().regex(/^\d+(s|m|h|d)$/, 'Write a duration like 30s, 15m, 2h or 1d.')

export const parameter = z.strictObject({
  type: z.enum(['string', 'number', 'boolean', 'duration', 'chain', 'entity', 'zone']),
  title: z.string().optional(),
  description: z.string().optional(),
  /** A parameter without a default is required. */
  default: z.union([z.string(), z.number(), z.boolean()]).optional(),
})
export type Parameter = z.infer<typeof parameter>

export const retryPolicy = z.strictObject({
  /** Attempts in all, the first included. */
  attempts: z.number().int().min(1).max(10),
  /** Wait before the second attempt; doubles each time, at most 1 minute. */
  backoff: duration.default('1s'),
})

/**
 * A field of `with` holds a literal or, as a whole string `${ ... }`, a CEL expression over `params`, `steps.<id>.output`,
 * `steps.<id>.outcome`, `trigger`, `run`. `${ }` inside longer text is interpolated.
 */
export const documentNode = z.strictObject({
  /** Node type, with its version after `@` when it is not 1: `judge.business-dependency@2`. */
  type: z.string(),
  title: z.string().optional(),
  with: z.record(z.string(), z.unknown()).default({}),
  /** When this node has several incoming edges: wait for all taken paths, or run at the first. */
  join: z.enum(['all', 'any']).default('all'),
  timeout: duration.optional(),
  retry: retryPolicy.optional(),
})
export type DocumentNode = z.infer<typeof documentNode>

export const documentEdge = z.strictObject({
  from: stepId,
  /** An outcome of `from`, `error`, or `always` (any outcome, error excepted). */
  on: z.string(),
  to: stepId,
})
export type DocumentEdge = z.infer<typeof documentEdge>

export const schedule = z.strictObject({
  /** Five cron fields. */
  cron: z.string(),
  timeZone: z.string().default('UTC'),
  params: z.record(z.string(), z.unknown()).default({}),
})

export const runbookDocument = z.strictObject({
  tenon: z.literal(1),
  name: identifier,
  title: z.string().min(1),
  description: z.string().default(''),
  params: z.record(stepId, parameter).default({}),
  /** One schedule a runbook in this version. */
  schedule: schedule.optional(),
  /** The run as a whole. */
  timeout: duration.default('1h'),
  /** What happens to actions in effect when the run fails or is cancelled. */
  onFailure: z.enum(['revert', 'keep']).default('revert'),
  nodes: z.record(stepId, documentNode),
  edges: z.array(documentEdge).default([]),
  /** Canvas positions; kept apart so that Git diffs show meaning. */
  layout: z.record(stepId, z.strictObject({ x: z.number(), y: z.number() })).default({}),
})
export type RunbookDocument = z.infer<typeof runbookDocument>

/** Where in a document a problem is: a path (`['nodes','loss','with','chain']`) and, when it came from text, the range. */
export interface Problem {
  /** Stable, kebab-case: `unknown-node-type`, `edge-outcome-unknown`, `cycle`, `expression-type`. */
  code: string
  severity: 'error' | 'warning'
  message: string
  /** What to do about it. */
  fix: string
  path: (string | number)[]
  /** 1-based. */
  position?: { line: number; column: number; endLine: number; endColumn: number }
}
