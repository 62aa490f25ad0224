import type { Catalogue, NodeType } from '@tenon/runbook'
import * as z from 'zod'
import type { NodeDefinition } from './node.ts'
import { nodes } from './registry.ts'

/** All node types as plain JSON: what the palette, the forms, validation and the reference page read. */
export const catalogue: Catalogue = { nodeTypes: nodes.map(toNodeType) }

export function toNodeType(node: NodeDefinition): NodeType {
  const { type, version, title, description, group, icon, effect, idempotent, outcomes, mainInput, defaults } = node
  const { outcomesFrom, outputFrom, late = {} } = node
  return {
    type,
    version,
    title,
    description,
    group,
    icon,
    effect,
    idempotent,
    planned: node.effect === 'write' && node.plan !== undefined,
    outcomes,
    ...(outcomesFrom === undefined ? {} : { outcomesFrom }),
    ...(outputFrom === undefined ? {} : { outputFrom }),
    late: { ...late } as NodeType['late'],
    inputSchema: z.toJSONSchema(node.input, { io: 'input' }),
    outputSchema: z.toJSONSchema(node.output, { io: 'output' }),
    ...(mainInput === undefined ? {} : { mainInput }),
    defaults: { timeoutSeconds: defaults?.timeoutSeconds ?? 60, attempts: defaults?.attempts ?? 3 },
  }
}
