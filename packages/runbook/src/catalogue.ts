/**
 * The catalogue: every node type as plain JSON. Made from the node files in packages/activities; the palette, forms,
 * validation, API schema and reference page read it. The browser gets it from the server and never imports a node.
 */
import * as z from 'zod'

/** `compute` is pure and evaluated in the workflow, `read` asks the outside, `write` changes it, `approve` waits for people. */
export const effect = z.enum(['compute', 'read', 'write', 'approve'])
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
  /** Object schema. A property's `x-widget` (chain, entity, duration, cel, text, zone) chooses its form control. */
  inputSchema: jsonSchema,
  outputSchema: jsonSchema,
  /** Names of the input property that a card shows as its one line. */
  mainInput: z.string().optional(),
  defaults: z.object({ timeoutSeconds: z.number(), attempts: z.number().int() }),
})
export type NodeType = z.infer<typeof nodeType>

export const catalogue = z.object({ nodeTypes: z.array(nodeType) })
export type Catalogue = z.infer<typeof catalogue>
