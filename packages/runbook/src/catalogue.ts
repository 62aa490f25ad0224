/**
 * The catalogue: every node type as plain JSON. Made from the node files in packages/activities; the palette, forms,
 * validation, API schema and reference page read it. The browser gets it from the server and never imports a node.
 */
import * as z from 'zod'
import { parameter } from './document.ts'

/**
 * What the engine does with a step: `compute` is pure and evaluated where the run is, `read` asks the outside, `write` changes it. The others are
 * control, carried out by the interpreter itself: `approve` waits for people, `wait` for a time, `event` for an event; `each` and `repeat` are loops
 * over the steps inside of them; `child` runs another runbook; `stop` ends the run.
 */
export const effect = z.enum([
  'compute',
  'read',
  'write',
  'approve',
  'wait',
  'event',
  'each',
  'repeat',
  'child',
  'stop',
])
export type Effect = z.infer<typeof effect>

export const nodeGroup = z.enum(['ask', 'judge', 'steer', 'act'])
export type NodeGroup = z.infer<typeof nodeGroup>

/** Colour and shape of an outcome in the editor; `neutral` has neither. */
export const tone = z.enum(['normal', 'abnormal', 'inconclusive', 'neutral'])
export type Tone = z.infer<typeof tone>

export const outcomeType = z.object({ name: z.string(), tone, meaning: z.string() })
export type OutcomeType = z.infer<typeof outcomeType>

/** JSON Schema (draft 2020-12) as `z.toJSONSchema` makes it. */
export type JsonSchema = { [key: string]: unknown }
const jsonSchema = z.record(z.string(), z.unknown())

export const nodeType = z.object({
  /** `<group>.<kebab-name>`, e.g. `judge.business-dependency`. */
  type: z.string(),
  version: z.number().int().positive(),
  /** A question or an order: "Is the source down?", "Switch traffic". */
  title: z.string(),
  /** One or two sentences for the inspector and the reference page. */
  description: z.string(),
  group: nodeGroup,
  /** A lucide icon name in kebab-case. */
  icon: z.string(),
  effect,
  /** Whether running it twice with the same key equals running it once. */
  idempotent: z.boolean(),
  /** A write that shows people what it would do before it does it. */
  planned: z.boolean().default(false),
  /** Every way it ends, `error` excepted: that one is on every node. */
  outcomes: z.array(outcomeType),
  /** Name of an input, a literal list of `{ name, ... }`: each name is an outcome of the node, before those of `outcomes`. */
  outcomesFrom: z.string().optional(),
  /** Name of the input that the output has the type of. */
  outputFrom: z.string().optional(),
  /**
   * Inputs that are resolved later than at the step's beginning, and where: `round` when a round of the loop's body has ended, over the steps of
   * that round; `event` when an event has come, over `event`.
   */
  late: z.record(z.string(), z.enum(['round', 'event'])).default({}),
  /** Object schema. A property's `x-widget` (chain, entity, duration, cel, text, zone) chooses its form control. */
  inputSchema: jsonSchema,
  outputSchema: jsonSchema,
  /** Names of the input property that a card shows as its one line. */
  mainInput: z.string().optional(),
  defaults: z.object({ timeoutSeconds: z.number(), attempts: z.number().int() }),
})
export type NodeType = z.infer<typeof nodeType>

/** A published runbook that others may run as a step. */
export const callableRunbook = z.object({
  name: z.string(),
  title: z.string(),
  /** Versions that exist; the first, which is live, is what a reference without a version is pinned to. */
  versions: z.array(
    z.object({ version: z.number().int(), planHash: z.string(), params: z.record(z.string(), parameter) }),
  ),
})
export type CallableRunbook = z.infer<typeof callableRunbook>

export const catalogue = z.object({ nodeTypes: z.array(nodeType), runbooks: z.array(callableRunbook).default([]) })
/** Without `runbooks` nothing can be run as a step. */
export type Catalogue = { nodeTypes: NodeType[]; runbooks?: CallableRunbook[] }
