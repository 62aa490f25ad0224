/** The runbook document: what SREs write, as YAML or on the canvas. */
import * as z from 'zod'

const identifier = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'Use lower-case letters, digits and dashes; begin with a letter.')
/** Step ids appear in expressions as `steps.<id>`, so they use underscores, not dashes. */
export const stepId = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,62}$/, 'Use lower-case letters, digits and underscores; begin with a letter.')
/** `30s`, `15m`, `2h`, `1d`. */
export const duration = z.string().regex(/^\d+(s|m|h|d)$/, 'Write a duration like 30s, 15m, 2h or 1d.')

export const parameter = z.strictObject({
  type: z
    .enum(['string', 'number', 'boolean', 'duration', 'list', 'chain', 'entity', 'zone', 'alert', 'change'])
    .describe('What it holds, and which control its form has. `list` is a list of texts.'),
  title: z.string().optional().describe('What the form calls it; its name when left out.'),
  description: z.string().optional().describe('Shown beside the form field.'),
  default: z
    .union([z.string(), z.number(), z.boolean(), z.array(z.string())])
    .optional()
    .describe('A parameter without a default is required.'),
})
export type Parameter = z.infer<typeof parameter>

export const retryPolicy = z.strictObject({
  attempts: z.number().int().min(1).max(10).describe('Attempts in all, the first included.'),
  backoff: duration.default('1s').describe('Wait before the second attempt; doubles each time, at most 1 minute.'),
  nonRetryable: z
    .array(z.string())
    .default([])
    .describe('Error codes that are final at once, whatever the node says of them.'),
})

/**
 * What a step with several incoming edges waits for. `all`: until every path has arrived or cannot any more, then it runs if one arrived. `any`: the
 * first to arrive. `first`: the same, and steps that lead nowhere else and still go on are cancelled. `atLeast`: so many arrivals.
 */
export const joinPolicy = z.union([
  z.enum(['all', 'any', 'first']),
  z.strictObject({ atLeast: z.number().int().min(1).max(100) }),
])
export type JoinPolicy = z.infer<typeof joinPolicy>

/**
 * A field of `with` holds a literal or, as a whole string `${ ... }`, a CEL expression over `params`, `steps.<id>.output`,
 * `steps.<id>.outcome`, `trigger`, `run`, and in a loop `item`, `index` and `loops.<id>`. `${ }` inside longer text is interpolated.
 */
export const documentNode = z.strictObject({
  type: z.string().describe('Node type, with its version after `@` when it is not 1: `judge.business-dependency@2`.'),
  title: z.string().optional().describe('What people see; the node type’s title when left out.'),
  in: stepId.optional().describe('The loop that this node is a step of. Edges stay within one loop.'),
  with: z
    .record(z.string(), z.unknown())
    .default({})
    .describe(
      'The node’s inputs (see nodes.md). Each is a value, a whole expression `${ ... }`, or text with expressions in it.',
    ),
  join: joinPolicy
    .default('all')
    .describe(
      'What it waits for when several edges lead to it: `all`, `any`, `first` or `{ atLeast: n }` (see semantics.md).',
    ),
  joinDeadline: duration
    .optional()
    .describe('Counted from the first path that arrives. Then `all` runs with what has arrived, and `atLeast` fails.'),
  startBy: duration
    .optional()
    .describe(
      'Counted from the start of the run: then it runs with what has arrived, and what it still waits for is cancelled. So a diagnosis concludes in time.',
    ),
  timeout: duration
    .optional()
    .describe('For each attempt, or for a loop as a whole; the node type’s own when left out.'),
  retry: retryPolicy.optional().describe('How often it is tried; the node type’s own when left out.'),
  mute: z
    .string()
    .optional()
    .describe('The step does not run; the run goes on as if it had ended with this outcome, without output.'),
})
export type DocumentNode = z.infer<typeof documentNode>

export const documentEdge = z.strictObject({
  from: stepId.describe('The step that it leaves.'),
  on: z.string().describe('An outcome of `from`, `error`, or `always` (any outcome, error excepted).'),
  to: stepId.describe('The step that it leads to.'),
})
export type DocumentEdge = z.infer<typeof documentEdge>

/** What people notice. `any` is for what is not known yet. */
export const symptom = z.enum(['drop', 'latency', 'errors', 'saturation', 'low-traffic', 'outlier', 'source', 'any'])
export type Symptom = z.infer<typeof symptom>

/** What a runbook is the answer to: Diagnose chooses the runbook by it. */
export const diagnoses = z.strictObject({
  subjects: z
    .array(z.string().min(1))
    .min(1)
    .describe('What it looks into: `chain`, a kind of entity such as `service`, `entity` for every kind, or `alert`.'),
  symptoms: z
    .array(symptom)
    .min(1)
    .describe('What people noticed: `any` makes it the general one, chosen when no other fits.'),
})
export type Diagnoses = z.infer<typeof diagnoses>

const triggerParams = z
  .record(z.string(), z.unknown())
  .default({})
  .describe('Values for the runbook’s parameters; `${ ... }` over `event` where the trigger brings one.')

export const scheduleTrigger = z.strictObject({
  kind: z.literal('schedule'),
  cron: z.string().optional().describe('Five cron fields. Give one of `cron`, `every` and `calendar`.'),
  every: duration.optional().describe('A fixed time between firings.'),
  calendar: z
    .strictObject({
      at: z
        .array(z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Write a time like 09:30.'))
        .min(1)
        .max(24)
        .describe('`HH:MM` in the time zone.'),
      days: z
        .array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']))
        .optional()
        .describe('All days when left out.'),
      dates: z.array(z.number().int().min(1).max(31)).optional().describe('Days of the month.'),
    })
    .optional()
    .describe('Times of the day, on some days.'),
  timeZone: z.string().default('UTC').describe('An IANA time zone, e.g. `Europe/Berlin`.'),
  jitter: duration.optional().describe('Each firing comes up to so much later, evenly spread.'),
  overlap: z
    .enum(['skip', 'queue-one', 'queue', 'cancel-running', 'allow'])
    .default('skip')
    .describe('What happens to a firing while the run before it goes on.'),
  catchUp: duration.default('1m').describe('Firings missed for longer (while Tenon was away) are left out.'),
  params: triggerParams,
})
export type ScheduleTrigger = z.infer<typeof scheduleTrigger>

export const webhookTrigger = z.strictObject({
  kind: z.literal('webhook'),
  format: z.enum(['alertmanager', 'cloudevents', 'github', 'generic']).describe('What its events look like.'),
  secret: z.string().describe('Name of the connection (kind hook) that holds the shared secret.'),
  when: z.string().optional().describe('Condition over `event`: others are filtered.'),
  key: z
    .string()
    .optional()
    .describe('Text over `event`: equal texts are the same event and run once. The format’s own id without it.'),
  params: triggerParams,
})
export type WebhookTrigger = z.infer<typeof webhookTrigger>

/** Started by an event of `POST /api/v1/events` or of another runbook's "Send an event". */
export const eventTrigger = z.strictObject({
  kind: z.literal('event'),
  event: z.string().min(1).describe('Name of the event.'),
  when: z.string().optional().describe('Condition over `event`: others are filtered.'),
  params: triggerParams,
})
export type EventTrigger = z.infer<typeof eventTrigger>

export const trigger = z.discriminatedUnion('kind', [scheduleTrigger, webhookTrigger, eventTrigger])
export type Trigger = z.infer<typeof trigger>

export const concurrencyPolicy = z.strictObject({
  key: z
    .string()
    .default('')
    .describe(
      'Runs whose keys are equal do not run at the same time; over `params` and `trigger`. Empty: all runs of the runbook.',
    ),
  policy: z
    .enum(['queue', 'drop', 'replace', 'join'])
    .describe(
      'What happens to a run while another of its key goes on: it waits, is dropped, replaces it, or becomes a part of it.',
    ),
})

/** What a step gave when it was recorded; a list when it ran several times, in order. */
export const recordedResult = z.looseObject({ outcome: z.string(), output: z.unknown().optional() })

/** A run without the outside: the answers of reads, people and events are recorded, writes are only planned, the clock stands. */
export const runbookTest = z.strictObject({
  title: z.string().optional().describe('What it shows.'),
  params: z.record(z.string(), z.unknown()).default({}).describe('The run’s parameters.'),
  at: z.iso.datetime({ offset: true }).describe('The run’s clock, ISO 8601.'),
  trigger: z
    .strictObject({ payload: z.unknown().describe('The event or alert.') })
    .optional()
    .describe('What the trigger brought.'),
  steps: z
    .record(stepId, z.unknown())
    .default({})
    .describe(
      'What reads, writes, approvals, events and child runbooks answer, by step; a list when it runs several times. A step that fails is `{ error: { code, message } }`.',
    ),
  expect: z
    .strictObject({
      status: z.enum(['succeeded', 'failed', 'cancelled', 'timed-out']).optional().describe('How the run ends.'),
      verdict: z.enum(['normal', 'abnormal', 'inconclusive']).optional().describe('What it concludes.'),
      path: z.array(stepId).optional().describe('Steps that ran, in the order in which they began.'),
      outcomes: z.record(stepId, z.string()).optional().describe('How steps ended.'),
      actions: z
        .array(z.strictObject({ step: stepId, input: z.record(z.string(), z.unknown()).optional() }))
        .optional()
        .describe('Writes that the run would make, in order: the step and what of its input must be so.'),
    })
    .describe('What must come out.'),
})
export type RunbookTest = z.infer<typeof runbookTest>

export const runbookDocument = z.strictObject({
  tenon: z.literal(1).describe('Version of the language.'),
  name: identifier.describe('Its address; never changes.'),
  title: z.string().min(1).describe('What people call it.'),
  description: z.string().default('').describe('What it is for.'),
  params: z.record(stepId, parameter).default({}).describe('What a run is asked for, by name.'),
  triggers: z.record(identifier, trigger).default({}).describe('What starts it beside people and the API, by name.'),
  concurrency: concurrencyPolicy
    .optional()
    .describe('What happens when a run starts while another goes on; they run side by side when left out.'),
  priority: z.enum(['low', 'normal', 'high']).default('normal').describe('Which runs get a free worker first.'),
  express: z
    .boolean()
    .default(false)
    .describe('Runs in process, without a durable workflow; only without writes, waits, approvals and child runbooks.'),
  timeout: duration.default('1h').describe('For the run as a whole.'),
  onFailure: z
    .enum(['revert', 'keep'])
    .default('revert')
    .describe(
      'What happens to actions in effect when the run fails or is cancelled: put back in reverse order, or left.',
    ),
  excludes: z
    .array(identifier)
    .max(100)
    .optional()
    .describe('Runbooks that may have no action in effect while this one has, and the other way round.'),
  diagnoses: diagnoses
    .optional()
    .describe('Subject and symptom that Diagnose chooses it for; it is not chosen when left out.'),
  backtest: z
    .strictObject({ required: z.boolean().default(false).describe('Whether publishing needs the backtest.') })
    .optional()
    .describe('A version is published only if this backtest’s share of right verdicts does not get worse.'),
  nodes: z.record(stepId, documentNode).describe('The steps, by id.'),
  edges: z.array(documentEdge).default([]).describe('The ways from step to step.'),
  tests: z.record(stepId, runbookTest).default({}).describe('What it must do with recorded data, by name.'),
  layout: z
    .record(stepId, z.strictObject({ x: z.number(), y: z.number() }))
    .default({})
    .describe('Canvas positions; kept apart so that Git diffs show meaning.'),
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

/** Larger graphs are no longer read by people; the canvas and the histories would suffer too. */
export const mostNodes = 2000

/** Said before anything else is said about them: to look at tens of thousands of nodes takes long. */
export function tooManyNodes(nodes: object): Problem | null {
  const count = Object.keys(nodes).length
  if (count <= mostNodes) return null
  const message = `The runbook has ${count} nodes; ${mostNodes} are allowed.`
  return { code: 'too-many-nodes', severity: 'error', message, fix: 'Split it into several.', path: ['nodes'] }
}
