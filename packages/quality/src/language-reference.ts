/** The reference page of the runbook language, made from the document's schema, the limits and the catalogue. */
import {
  type Catalogue,
  celFunctionNames,
  celLimits,
  concurrencyPolicy,
  documentEdge,
  documentNode,
  eventTrigger,
  type JsonSchema,
  largestDocument,
  mostLines,
  mostNodes,
  mostRounds,
  parameter,
  retryPolicy,
  runbookDocument,
  runbookTest,
  scheduleTrigger,
  webhookTrigger,
} from '@tenon/runbook'
import * as z from 'zod'
import { table, typeText } from './reference-table.ts'

/** Markdown of every field of a document, of expressions and of step keys. Throws for a field that nobody has described. */
export function renderLanguageReference(catalogue: Catalogue): string {
  return `${[
    '# The runbook language',
    'What a runbook’s document may hold. What it means when it runs is in [semantics.md](semantics.md); the nodes are in [nodes.md](nodes.md).',
    'This page is generated from the schema that every document is checked with: `npm test -- unit -u` writes it anew.',
    example,
    '## The document',
    `YAML 1.2 or JSON of at most ${largestDocument / 1024} KiB and ${mostLines.toLocaleString('en')} lines, with at most ${mostNodes.toLocaleString('en')} nodes. Anchors, aliases, tags and repeated keys are refused: what is read is just what is seen.`,
    fields(runbookDocument),
    '## Parameters',
    'Under `params`, by name. They make the form, the API schema and the check of every start.',
    fields(parameter),
    '## Nodes',
    'Under `nodes`, by id: lower-case letters, digits and underscores.',
    fields(documentNode),
    '### Retries',
    fields(retryPolicy),
    '## Edges',
    'A list under `edges`. Edges make no circle, and both ends are steps of the same loop, or of none.',
    fields(documentEdge),
    '## Triggers',
    'Under `triggers`, by name. More in [triggers.md](triggers.md).',
    '### Schedule',
    fields(scheduleTrigger),
    '### Webhook',
    fields(webhookTrigger),
    '### Event',
    fields(eventTrigger),
    '## Runs at the same time',
    'Under `concurrency`.',
    fields(concurrencyPolicy),
    '## Tests',
    'Under `tests`, by name: runs without the outside. The answers of reads, people and events are recorded, writes are only planned, the clock stands.',
    fields(runbookTest),
    '## Expressions',
    ...expressions(catalogue),
    '## Step keys',
    stepKeys,
  ].join('\n\n')}\n`
}

const objectSchema = z.object({
  properties: z.record(z.string(), z.looseObject({})),
  required: z.array(z.string()).default([]),
})
const fieldSchema = z.looseObject({ description: z.string().optional(), default: z.unknown().optional() })

function fields(schema: z.ZodType): string {
  return table(['field', 'is', ''], fieldRows(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }), ''))
}

function fieldRows(schema: JsonSchema, prefix: string): string[][] {
  const { properties, required } = objectSchema.parse(schema)
  return Object.entries(properties).flatMap(([name, property]) => {
    const { description, default: value, ...rest } = fieldSchema.parse(property)
    const path = `${prefix}${name}`
    if (description === undefined && !('const' in rest)) throw new Error(`The field ${path} has no description.`)
    const inner = objectSchema.safeParse(property)
    const nested = inner.success && Object.keys(inner.data.properties).length > 0
    const needed =
      value === undefined ? (required.includes(name) ? 'Needed.' : '') : `Default \`${JSON.stringify(value)}\`.`
    const row = [
      `\`${path}\``,
      nested ? 'fields' : fieldType(property),
      [description, needed].filter(Boolean).join(' '),
    ]
    return nested && !complete.has(name) ? [row, ...fieldRows(property, `${path}.`)] : [row]
  })
}

/** Fields that have a table of their own. */
const complete: ReadonlySet<string> = new Set(['retry', 'concurrency'])

const patterned = z.looseObject({ pattern: z.string().optional(), format: z.string().optional() })
const entries = z.looseObject({ additionalProperties: z.looseObject({ properties: z.unknown().optional() }) })

function fieldType(property: JsonSchema): string {
  const { pattern, format } = patterned.parse(property)
  if (pattern === String.raw`^\d+(s|m|h|d)$`) return 'duration (`30s`, `15m`, `2h`, `1d`)'
  if (format === 'date-time') return 'time'
  if (pattern?.includes('[a-z0-9_]')) return 'step id'
  if (pattern?.startsWith('^[a-z][a-z0-9-]')) return 'name (letters, digits, dashes)'
  if (entries.safeParse(property).success) return 'by name'
  return typeText(property)
}

function expressions(catalogue: Catalogue): string[] {
  const late = catalogue.nodeTypes.flatMap(({ type, late: inputs }) =>
    Object.entries(inputs).map(
      ([input, when]) =>
        `\`${input}\` of \`${type}\` (${when === 'round' ? 'after each round, over its steps' : 'over `event`'})`,
    ),
  )
  return [
    'An input is a value, or a whole text `${ ... }` whose value it takes, or text with `${ ... }` in it. `$${` stands for `${`. Expressions are [CEL](https://cel.dev), checked against the nodes’ output types while the runbook is edited.',
    table(['variable', 'is'], variables),
    `Inputs are computed when their step begins, except ${late.join(', ')}.`,
    'Numbers are whole or decimal, and mix in arithmetic and comparisons. `has(a.b)` asks whether a field is there. Only own fields are seen. Nothing is random and nothing reads a clock: the same run gives the same values.',
    `**Functions**: ${celFunctionNames()
      .map((name) => `\`${name}\``)
      .join(
        ', ',
      )}; the macros \`has\`, \`all\`, \`exists\`, \`exists_one\`, \`map\`, \`filter\`. Patterns of \`matches\` are RE2: their time grows with the text, never beyond.`,
    table(
      ['limit', ''],
      [
        ['characters of an expression', celLimits.characters],
        ['parts of an expression', celLimits.nodes],
        ['nesting of brackets', celLimits.depth],
        ['nesting of `map`, `filter`, `all`, `exists`', celLimits.loops],
        ['steps of an evaluation', celLimits.work],
        ['items of a result', celLimits.resultItems],
        ['characters of a result', celLimits.resultCharacters],
        ['rounds of a loop', mostRounds],
      ].map(([name, limit]) => [String(name), Number(limit).toLocaleString('en')]),
    ),
    'An expression that breaks a limit, divides by zero or reads what is not there does not give a value: the step fails with `expression-failed` and the error names the input.',
  ]
}

const variables = [
  ['`params.<name>`', 'the run’s parameters'],
  ['`steps.<id>.outcome`', 'how a step ended; `error`, `skipped`, `cancelled`, or `pending` while it has not ended'],
  ['`steps.<id>.output`', 'what it gave, as its output schema says'],
  ['`steps.<id>.summary`', 'one line'],
  ['`steps.<id>.error.code`, `.message`', 'why it failed'],
  ['`trigger.kind`, `.by`, `.payload`', 'what started the run, who, and what it brought'],
  ['`run.id`, `run.asOf`, `run.environment`', 'the run, the moment that its reads look at, where it was published'],
  ['`item`, `index`', 'in a loop: the item of the innermost "For each", and the round of the innermost loop, from 0'],
  ['`loops.<id>.item`, `.index`', 'in a loop: those of any loop around'],
  ['`event.name`, `.id`, `.payload`', 'in triggers, and in `match` of "Wait for an event"'],
]

const stepKeys = [
  'At the top a step’s key is its id. In a loop the rounds follow, outermost first, each counted from 0:',
  table(
    ['key', 'is'],
    [
      ['`check`', 'the step `check` at the top'],
      ['`check#2`', '`check` in round 2 of its loop'],
      ['`probe#2.0`', '`probe` in round 0 of a loop that is itself in round 2'],
    ],
  ),
  'Keys name steps in the API, in logs, and where results are pinned. In expressions `steps.<id>` is the step of the same round, or of a round around; steps of other rounds are read from the loop’s output.',
].join('\n\n')

const example = [
  '```yaml',
  'tenon: 1',
  'name: slow-hosts',
  'title: Slow hosts',
  'params:',
  '  chain: { type: chain, default: card-payment }',
  'nodes:',
  '  loss: { type: judge.chain-loss, with: { chain: "${params.chain}" } }',
  '  tell:',
  '    type: act.notify',
  '    with: { title: "${params.chain} loses traffic", body: "${steps.loss.summary}" }',
  'edges:',
  '  - { from: loss, on: found, to: tell }',
  '```',
].join('\n')
