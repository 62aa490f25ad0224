/**
 * Verdict and evidence: what a judging step says and what supports it.
 *
 * No data is never normal: a judge that could not see enough says `inconclusive` and why.
 */
import * as z from 'zod'

export const verdictValue = z.enum(['normal', 'abnormal', 'inconclusive'])
export type VerdictValue = z.infer<typeof verdictValue>

/** How much of the data that a judgement needed was there, how old its newest point is, and how fine it is. */
export const dataQuality = z.object({
  /** Share of expected points that were present, 0..1. */
  completeness: z.number().min(0).max(1),
  /** Age of the newest point at `asOf`, in seconds; null when there is no point at all. */
  freshnessSeconds: z.number().nullable(),
  /** How far apart the raw samples are, in seconds, as measured; absent where nothing was measured, and in what was recorded before this was. */
  resolutionSeconds: z.number().positive().optional(),
  /** Short sentences such as "payment-a-2: no samples since 14:02". */
  notes: z.array(z.string()),
})
export type DataQuality = z.infer<typeof dataQuality>

export const verdict = z.object({
  value: verdictValue,
  /** 0..1; how sure the judge is of `value`. */
  confidence: z.number().min(0).max(1),
  /** Why, most important first; each a short sentence with numbers and units. */
  reasons: z.array(z.string()),
  quality: dataQuality,
})
export type Verdict = z.infer<typeof verdict>

/** The query that reproduces a piece of evidence. Times are ISO 8601. */
export const evidenceQuery = z.object({
  source: z.string(),
  /** The source's own language, e.g. PromQL. */
  expression: z.string(),
  from: z.string(),
  to: z.string(),
  stepSeconds: z.number(),
})
export type EvidenceQuery = z.infer<typeof evidenceQuery>

/** `[unix milliseconds, value]`; null is a gap and is drawn as one. */
export const point = z.tuple([z.number(), z.number().nullable()])
export type Point = z.infer<typeof point>

const common = {
  id: z.string(),
  title: z.string(),
  subtitle: z.string().optional(),
  verdict: verdictValue.optional(),
  queries: z.array(evidenceQuery).optional(),
}

export const seriesEvidence = z.object({
  ...common,
  kind: z.literal('series'),
  unit: z.string(),
  series: z.array(z.object({ name: z.string(), points: z.array(point) })),
  /** Expected range: `[unix milliseconds, low, high]`. */
  band: z.array(z.tuple([z.number(), z.number(), z.number()])).optional(),
  marks: z
    .array(z.object({ at: z.number(), label: z.string(), kind: z.enum(['change', 'onset', 'alert']) }))
    .optional(),
})

export const waterfallEvidence = z.object({
  ...common,
  kind: z.literal('waterfall'),
  unit: z.string(),
  expected: z.number(),
  actual: z.number(),
  /** `change` of all parts sums to `actual - expected`. */
  parts: z.array(z.object({ name: z.string(), change: z.number(), verdict: verdictValue })),
})

export const tableEvidence = z.object({
  ...common,
  kind: z.literal('table'),
  columns: z.array(z.object({ key: z.string(), label: z.string(), unit: z.string().optional() })),
  rows: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.null()]))),
})

export const changesEvidence = z.object({
  ...common,
  kind: z.literal('changes'),
  changes: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      kind: z.string(),
      at: z.string(),
      /** 0..1; null when ruled out. */
      score: z.number().nullable(),
      /** Why it is likely, or why it is ruled out. */
      reason: z.string(),
    }),
  ),
})

export const topologyEvidence = z.object({
  ...common,
  kind: z.literal('topology'),
  nodes: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      /** Kind of the entity: service, host, database. */
      kind: z.string().optional(),
      verdict: verdictValue.optional(),
      /** A few words with a figure: "p95 1.9 s, usual 0.2 s". */
      note: z.string().optional(),
    }),
  ),
  /** `from` depends on `to`. `hot`: on the way from what people feel to its cause. */
  edges: z.array(z.object({ from: z.string(), to: z.string(), hot: z.boolean().optional() })),
})

export const textEvidence = z.object({ ...common, kind: z.literal('text'), text: z.string() })

export const evidence = z.discriminatedUnion('kind', [
  seriesEvidence,
  waterfallEvidence,
  tableEvidence,
  changesEvidence,
  topologyEvidence,
  textEvidence,
])
export type Evidence = z.infer<typeof evidence>

/** A possible cause that a step found reason for or against. `conclude` ranks them. */
export const hypothesis = z.object({
  kind: z.enum([
    'source',
    'change',
    'zone',
    'host',
    'version',
    'dependency',
    'load-test',
    'step',
    'entity',
    'dimension',
    'capacity',
    'data',
  ]),
  /** Stable key of the cause, e.g. `change:CHG-2041`, `zone:A`, `dependency:payment-db`. Equal keys are merged. */
  key: z.string(),
  /** The cause as the end of a sentence: "payment v2 fails on 3 of 6 hosts (zone A)". */
  cause: z.string(),
  likelihood: z.number().min(0).max(1),
  supports: z.array(z.string()),
  /** What speaks against it; a ruled-out hypothesis has likelihood 0 and says why here. */
  against: z.array(z.string()),
})
export type Hypothesis = z.infer<typeof hypothesis>

/** What to do next, in words, and where: a step of the run that waits for a person, or a runbook to start. */
export const nextAction = z.object({
  /** An order: "Switch payment traffic from zone A to zone B". */
  title: z.string(),
  /** What it does to users and capacity. */
  consequence: z.string(),
  step: z.string().nullable(),
  runbook: z.string().nullable(),
  params: z.record(z.string(), z.string()),
})
export type NextAction = z.infer<typeof nextAction>

/** A run's evidence arranged conclusion first. The `conclude` node's output. */
export const report = z.object({
  verdict,
  /** One sentence. */
  conclusion: z.string(),
  /** One or two sentences: what was found normal, where the loss is. */
  why: z.string(),
  /** Onset, ISO 8601; null when nothing is abnormal. */
  since: z.string().nullable(),
  cause: hypothesis.nullable(),
  hypotheses: z.array(hypothesis),
  /** Label and value pairs: chain, entity, hosts, zone, lost per minute, owner. */
  scope: z.array(z.object({ label: z.string(), value: z.string() })),
  /** Ids of the steps whose evidence supports this, most telling first. */
  evidenceSteps: z.array(z.string()),
  /** Set when the time was up before every step had ended; `missing` are the titles of those. */
  incomplete: z.object({ reason: z.string(), missing: z.array(z.string()) }).optional(),
  /** What could not be checked and why, a sentence each. */
  unchecked: z.array(z.string()).optional(),
  nextAction: nextAction.optional(),
})
export type Report = z.infer<typeof report>
