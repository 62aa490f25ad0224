/** The reference page of node types, made from the catalogue. */
import type { Catalogue, Effect, JsonSchema, NodeGroup, NodeType } from '@tenon/runbook'
import * as z from 'zod'
import { table, typeText } from './reference-table.ts'

const groups: Record<NodeGroup, string> = {
  ask: 'Ask',
  judge: 'Judge',
  steer: 'Steer',
  act: 'Act',
}

const effects: Record<Effect, string> = {
  compute: 'computes',
  read: 'reads',
  write: 'writes: planned, approved, in the ledger',
  approve: 'waits for people',
  wait: 'waits for a time',
  event: 'waits for an event',
  each: 'a loop over a list: the steps in it run once an item',
  repeat: 'a loop until a condition holds',
  child: 'runs another runbook',
  stop: 'ends the run',
}

/** Markdown of all node types, in the palette's order. */
export function renderNodeReference({ nodeTypes }: Catalogue): string {
  const sections = Object.entries(groups).flatMap(([group, title]) => {
    const members = nodeTypes.filter((node) => node.group === group)
    return members.length === 0 ? [] : [`## ${title}`, ...members.map(nodeSection)]
  })
  const head = [
    '# Nodes',
    'Every node may also end with `error`. A node that could not see enough ends as `inconclusive`, never as `normal`.',
    'This page is generated from the catalogue: `npm test -- unit -u` writes it anew.',
  ]
  return `${[...head, ...sections].join('\n\n')}\n`
}

function nodeSection(node: NodeType): string {
  const version = node.version === 1 ? '' : `@${node.version}`
  return [
    `### ${node.title}`,
    `\`${node.type}${version}\`, ${effects[node.effect]}. ${node.description}`,
    table(
      ['ends as', 'when'],
      [
        ...(node.outcomesFrom === undefined
          ? []
          : [['the name of a case', `One outcome for each of \`${node.outcomesFrom}\`.`]]),
        ...node.outcomes.map(({ name, meaning }) => [`\`${name}\``, meaning]),
      ],
    ),
    fieldTable('input', node.inputSchema),
    fieldTable('output', node.outputSchema),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

const objectSchema = z.object({
  properties: z.record(z.string(), z.looseObject({})).default({}),
  required: z.array(z.string()).default([]),
})
const fieldSchema = z.looseObject({
  description: z.string().optional(),
  title: z.string().optional(),
  default: z.unknown().optional(),
})

function fieldTable(heading: string, schema: JsonSchema): string {
  const parsed = objectSchema.safeParse(schema)
  if (!parsed.success || Object.keys(parsed.data.properties).length === 0) return ''
  const rows = Object.entries(parsed.data.properties).map(([name, property]) => {
    const field = fieldSchema.parse(property)
    const meaning = field.description ?? field.title ?? ''
    const rest = field.default === undefined ? '' : `Default \`${JSON.stringify(field.default)}\`.`
    return [`\`${name}\``, typeText(property), [meaning, rest].filter((part) => part !== '').join(' ')]
  })
  return table([heading, 'is', ''], rows)
}
